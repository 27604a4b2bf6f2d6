package io.pgtopo.agent.topology;

import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.ReplicationSlot;
import io.pgtopo.agent.observation.ReplicationView;
import io.pgtopo.agent.observation.WalSender;
import io.pgtopo.config.model.Labelled;
import java.util.List;
import java.util.Optional;

/** The client of a walsender. */
public record ReplicationClient(WalSender sender, Kind kind) {

  /** What a client is. Its label is an API value. */
  public enum Kind implements Labelled {
    /** It reports a replay position. */
    STANDBY,
    /** pg_basebackup and the like, and the WAL stream that goes with it. */
    BASE_BACKUP,
    /** pg_receivewal and the like: it replays nothing. */
    WAL_ARCHIVER,
    /** A subscription, or change data capture. */
    LOGICAL,
    /** pg_rewind. */
    REWIND,
    /** Starting or stopping, so that its kind does not show, as with a client that fails. */
    TRANSIENT,
    /** Its row is hidden. */
    UNKNOWN
  }

  /** All clients of a server, in order of their process ids. */
  public static List<ReplicationClient> of(ReplicationView replication) {
    return replication.walSenders().stream()
        .map(row -> new ReplicationClient(row, kindOf(row, replication.slotOf(row))))
        .toList();
  }

  static Kind kindOf(WalSender row, Optional<ReplicationSlot> slot) {
    // One that connects or ends has no slot for a moment, but a standby never has a database.
    if (slot.map(it -> it.type() == ReplicationSlot.Type.LOGICAL)
        .orElseGet(() -> row.databaseId().isPresent())) {
      return Kind.LOGICAL;
    }
    // The temporary slot of pg_basebackup's WAL stream.
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
