package io.pgtopo.agent.topology;

import io.pgtopo.agent.observation.WalReceiver;
import io.pgtopo.agent.observation.WalSender;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One standby that follows one upstream, with the word of each end for it.
 *
 * @param sender the upstream's word: its row of {@code pg_stat_replication}
 * @param receiver the downstream's word: its row of {@code pg_stat_wal_receiver}
 * @param reasons what the ends agree in, or what tells who the other end is, in order
 */
public record ReplicationLink(
    Peer upstream,
    Peer downstream,
    Optional<WalSender> sender,
    Optional<WalReceiver> receiver,
    List<Reason> reasons)
    implements Comparable<ReplicationLink> {

  private static final Comparator<ReplicationLink> ORDER =
      Comparator.comparing(ReplicationLink::upstream)
          .thenComparing(ReplicationLink::downstream)
          .thenComparingInt(link -> link.sender.map(sender -> sender.backend().pid()).orElse(0));

  /** What speaks for a link. Its label is an API value. */
  public enum Reason {
    /** The downstream dialled an address of the upstream's server. */
    DIALLED_ADDRESS,
    /** The upstream was dialled from an address of the downstream. */
    CLIENT_ADDRESS,
    /** The upstream hears the name that the downstream announces, or that is its own. */
    APPLICATION_NAME,
    /** The walsender holds the slot that the walreceiver names. */
    SLOT,
    /** Walsender and walreceiver started within two seconds. */
    SAME_START;

    /** Lower case, stable. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How well a link is proved. Its label is a metric label and an API value. */
  public enum Grade {
    /** Each end names the other. */
    BOTH_ENDS,
    /** Only the downstream says so: the upstream did not answer, or does not confirm it. */
    DOWNSTREAM_ONLY,
    /** Only the upstream says so: the downstream did not answer, or may not be read. */
    UPSTREAM_ONLY;

    /** Lower case, stable. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public ReplicationLink {
    reasons = reasons.stream().distinct().sorted().toList();
    if (sender.isEmpty() && receiver.isEmpty()) {
      throw new IllegalArgumentException(
          "nobody witnesses the link " + upstream + " -> " + downstream);
    }
  }

  /** How well it is proved. */
  public Grade grade() {
    if (receiver.isEmpty()) {
      return Grade.UPSTREAM_ONLY;
    }
    return sender.isEmpty() ? Grade.DOWNSTREAM_ONLY : Grade.BOTH_ENDS;
  }

  /** Whether both ends name each other and both say that WAL streams. */
  public boolean isStreaming() {
    var sends =
        sender
            .flatMap(row -> row.stream().ifSeen())
            .filter(stream -> stream.state() == WalSender.State.STREAMING);
    var receives = receiver.filter(row -> row.status() == WalReceiver.Status.STREAMING);
    return sends.isPresent() && receives.isPresent();
  }

  @Override
  public int compareTo(ReplicationLink other) {
    return ORDER.compare(this, other);
  }
}
