package io.pgtopo.agent.topology;

import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.ReplicationSlot;
import io.pgtopo.agent.observation.ReplicationView;
import io.pgtopo.agent.observation.WalSender;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What is behind a walsender. Its label is an API value.
 *
 * @param sender the row that tells of it
 */
public record ReplicationClient(WalSender sender, Kind kind) {

  /** The kinds of a client. */
  public enum Kind {
    /** Reports what it replays. */
    STANDBY,
    /** Copies a data directory, or streams the WAL that goes with such a copy. */
    BASE_BACKUP,
    /** Keeps WAL and replays none of it: pg_receivewal and the like. */
    WAL_ARCHIVER,
    /** Decodes changes: a subscription, or change data capture. */
    LOGICAL,
    /** pg_rewind. */
    REWIND,
    /** Starting or stopping: what it is does not show yet, and a client that fails looks so. */
    TRANSIENT,
    /** Its row is hidden. */
    UNKNOWN;

    /** Lower case, stable. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** All clients of a server, in order of their process ids. */
  public static List<ReplicationClient> of(ReplicationView replication) {
    return replication.walSenders().stream()
        .map(row -> new ReplicationClient(row, kindOf(row, replication.slotOf(row))))
        .toList();
  }

  static Kind kindOf(WalSender row, Optional<ReplicationSlot> slot) {
    if (slot.filter(it -> it.type() == ReplicationSlot.Type.LOGICAL).isPresent()) {
      return Kind.LOGICAL;
    }
    // pg_basebackup names the slot of its WAL stream so, and drops it at the end.
    if (slot.filter(it -> it.lifetime() == ReplicationSlot.Lifetime.TEMPORARY)
        .filter(it -> it.name().startsWith("pg_basebackup_"))
        .isPresent()) {
      return Kind.BASE_BACKUP;
    }
    return switch (row.stream()) {
      case Reading.Denied<WalSender.Stream> denied -> Kind.UNKNOWN;
      case Reading.Seen<WalSender.Stream>(var stream) -> kindOf(row, stream);
    };
  }

  private static Kind kindOf(WalSender row, WalSender.Stream stream) {
    return switch (stream.state()) {
      case BACKUP -> Kind.BASE_BACKUP;
      case STREAMING, CATCHUP ->
          stream.progress().replayed().isPresent()
              ? Kind.STANDBY
              : stream.state() == WalSender.State.CATCHUP ? Kind.TRANSIENT : Kind.WAL_ARCHIVER;
      case STARTUP, STOPPING, OTHER ->
          row.applicationName().equals("pg_rewind") ? Kind.REWIND : Kind.TRANSIENT;
    };
  }
}
