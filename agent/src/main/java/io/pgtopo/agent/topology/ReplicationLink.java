package io.pgtopo.agent.topology;

import io.pgtopo.agent.observation.WalReceiver;
import io.pgtopo.agent.observation.WalSender;
import io.pgtopo.config.model.Labelled;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * One standby that receives WAL from one upstream, as reported by one end or both.
 *
 * @param sender the upstream's row of {@code pg_stat_replication}
 * @param receiver the downstream's row of {@code pg_stat_wal_receiver}
 * @param reasons in which both ends agree, or which identify the other end, in order
 */
public record ReplicationLink(
    Peer upstream,
    Peer downstream,
    Optional<WalSender> sender,
    Optional<WalReceiver> receiver,
    List<Evidence> reasons)
    implements Comparable<ReplicationLink> {

  private static final Comparator<ReplicationLink> ORDER =
      Comparator.comparing(ReplicationLink::upstream)
          .thenComparing(ReplicationLink::downstream)
          .thenComparingInt(link -> link.sender.map(sender -> sender.backend().pid()).orElse(0));

  /** A piece of evidence for a link. Its label is an API value. */
  public enum Evidence implements Labelled {
    /** The downstream connected to an address of the upstream. */
    UPSTREAM_ADDRESS,
    /** The upstream was connected to from an address of the downstream. */
    CLIENT_ADDRESS,
    /** The upstream shows the downstream's application_name, or its instance name. */
    APPLICATION_NAME,
    /** The walsender holds the slot that the walreceiver names. */
    SLOT,
    /** Walsender and walreceiver started within two seconds. */
    SAME_START
  }

  /** How well a link is proved. Its label is a metric label and an API value. */
  public enum Grade implements Labelled {
    /** Each end names the other. */
    BOTH_ENDS,
    /** Reported by the downstream alone: the upstream did not answer, or shows no walsender. */
    DOWNSTREAM_ONLY,
    /** Reported by the upstream alone: the downstream did not answer, or hides it. */
    UPSTREAM_ONLY
  }

  public ReplicationLink {
    reasons = reasons.stream().distinct().sorted().toList();
    if (sender.isEmpty() && receiver.isEmpty()) {
      throw new IllegalArgumentException(
          "no walsender or walreceiver for the link " + upstream + " -> " + downstream);
    }
  }

  /** How well it is proved. */
  public Grade grade() {
    if (receiver.isEmpty()) {
      return Grade.UPSTREAM_ONLY;
    }
    return sender.isEmpty() ? Grade.DOWNSTREAM_ONLY : Grade.BOTH_ENDS;
  }

  /** Whether both ends name each other and report that they are streaming. */
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
