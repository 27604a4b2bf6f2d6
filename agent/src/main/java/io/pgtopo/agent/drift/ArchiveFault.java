package io.pgtopo.agent.drift;

import io.pgtopo.agent.observation.Lsn;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Why a primary archives no WAL. */
public sealed interface ArchiveFault {

  /**
   * Its last attempt failed.
   *
   * @param at by the server's clock
   */
  record Failed(Instant at) implements ArchiveFault {}

  /**
   * A file of WAL is complete, and since then no attempt succeeded or failed.
   *
   * @param file the first position of that file
   * @param writing that of the file that is written
   * @param lasted since a poll that saw that the file is complete
   * @param lastArchived by the server's clock; empty if nothing was archived since its statistics
   *     were reset
   */
  record StandsStill(Lsn file, Lsn writing, Duration lasted, Optional<Instant> lastArchived)
      implements ArchiveFault {}
}
