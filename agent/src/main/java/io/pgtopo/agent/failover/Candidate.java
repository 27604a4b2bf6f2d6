package io.pgtopo.agent.failover;

import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.ReplayRates;
import io.pgtopo.config.model.Instance;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A replica that could be promoted.
 *
 * @param lost WAL of the primary that it has not flushed; empty if that is unknown
 * @param toReplay bytes of WAL that it has and must replay before it accepts writes; empty if that
 *     is unknown
 * @param replayTime how long that takes, by the rates that were measured; empty if none was
 */
public record Candidate(
    Instance member,
    LiveInstance live,
    Optional<LostWal> lost,
    Optional<Long> toReplay,
    Optional<ReplayRates.Range> replayTime,
    List<Finding> findings) {

  /** The best first. */
  static final Comparator<Candidate> ORDER =
      Comparator.comparingInt((Candidate it) -> rank(it.failover()))
          .thenComparingInt(it -> rank(it.switchover()))
          .thenComparingLong(it -> it.lost.map(LostWal::most).orElse(Long.MAX_VALUE))
          .thenComparingInt(it -> it.member.seq());

  public Candidate {
    findings = List.copyOf(findings);
  }

  /** If the primary stops for good without warning, and this one is promoted. */
  public Safety failover() {
    return Safety.worst(findings.stream().map(Finding::failover).toList());
  }

  /** If the primary is shut down cleanly, and this one is promoted then. */
  public Safety switchover() {
    return Safety.worst(findings.stream().map(Finding::switchover).toList());
  }

  /** Whether it has WAL to replay, and another poll may show how fast it does. */
  boolean hasUnknownReplayTime() {
    return replayTime.isEmpty() && toReplay.filter(bytes -> bytes > 0).isPresent();
  }

  /** Whether it is safe but for that another standby of the quorum may have more WAL. */
  boolean isSafeIfMostAdvanced() {
    var decisive = findings.stream().filter(it -> it.failover() != Safety.YES).toList();
    return !decisive.isEmpty()
        && decisive.stream().allMatch(it -> it.concern() instanceof Concern.QuorumOfOthers);
  }

  private static int rank(Safety answer) {
    return switch (answer) {
      case YES -> 0;
      case UNKNOWN -> 1;
      case NO -> 2;
    };
  }
}
