package io.pgtopo.agent.failover;

import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.config.model.Cluster;
import java.util.List;
import java.util.Optional;

/**
 * Whether the primary of a cluster can be replaced now.
 *
 * @param primary empty if not exactly one is seen
 * @param findings about the cluster as a whole
 * @param candidates the best first; none is an answer
 */
public record Readiness(
    Cluster cluster,
    Optional<LiveInstance> primary,
    List<Finding> findings,
    List<Candidate> candidates) {

  public Readiness {
    findings = List.copyOf(findings);
    candidates = List.copyOf(candidates);
  }

  /** If the primary stops for good without warning. */
  public Safety failover() {
    var ofCluster = Safety.worst(findings.stream().map(Finding::failover).toList());
    return isSafeForMostAdvanced()
        ? ofCluster
        : together(ofCluster, candidates.stream().map(Candidate::failover).toList());
  }

  /** If the primary is shut down cleanly, and a candidate is promoted then. */
  public Safety switchover() {
    return together(
        Safety.worst(findings.stream().map(Finding::switchover).toList()),
        candidates.stream().map(Candidate::switchover).toList());
  }

  /**
   * Whether a quorum guarantees that one of the candidates has every acknowledged commit: the one
   * that has the most WAL then.
   */
  public boolean isSafeForMostAdvanced() {
    var ofQuorum =
        candidates.stream()
            .filter(Candidate::isSafeIfMostAdvanced)
            .map(
                it ->
                    (Concern.QuorumOfOthers)
                        it.findings().stream()
                            .map(Finding::concern)
                            .filter(Concern.QuorumOfOthers.class::isInstance)
                            .findFirst()
                            .orElseThrow())
            .toList();
    return !ofQuorum.isEmpty()
        && candidates.stream().noneMatch(it -> it.failover() == Safety.YES)
        && ofQuorum.getFirst().listed() == ofQuorum.size()
        && ofQuorum.stream().anyMatch(Concern.QuorumOfOthers::hasEarlier);
  }

  /** Whether positions of another poll may prove what those of this one do not. */
  public boolean needsAnotherPoll() {
    return candidates.stream().anyMatch(Candidate::hasUnknownReplayTime) || mayBeProven();
  }

  private boolean mayBeProven() {
    return candidates.stream()
        .flatMap(it -> it.findings().stream())
        .map(Finding::concern)
        .anyMatch(
            it ->
                it instanceof Concern.RecentlySynchronous
                    || (it instanceof Concern.QuorumOfOthers quorum && !quorum.hasEarlier()));
  }

  /**
   * One good candidate is enough. None of those that are seen may be, and one that is not. Without
   * a primary no candidate is judged.
   */
  private Safety together(Safety ofCluster, List<Safety> ofCandidates) {
    if (ofCandidates.contains(Safety.YES)) {
      return ofCluster;
    }
    var mayBeUnseen =
        findings.stream().anyMatch(it -> it.concern() instanceof Concern.UnseenMembers);
    var best =
        ofCandidates.contains(Safety.UNKNOWN) || mayBeUnseen || primary.isEmpty()
            ? Safety.UNKNOWN
            : Safety.NO;
    return Safety.worst(List.of(ofCluster, best));
  }
}
