package io.pgtopo.exporter.view;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.failover.Candidate;
import io.pgtopo.agent.failover.FailoverRules;
import io.pgtopo.agent.failover.Finding;
import io.pgtopo.agent.failover.LostWal;
import io.pgtopo.agent.failover.NodeLoss;
import io.pgtopo.agent.failover.Safety;
import io.pgtopo.agent.failover.Scenario;
import io.pgtopo.agent.topology.ReplayRates;
import io.pgtopo.agent.words.DriftText;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Instance;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Whether the primaries of clusters can be replaced, and what the loss of a node costs. */
public record SafetyReport(
    @JsonPropertyDescription("when the cycle ended that this follows from") Instant at,
    List<ClusterSafety> clusters) {

  /** One cluster. */
  public record ClusterSafety(
      String cls,
      @JsonPropertyDescription("null unless exactly one member accepts writes")
          Optional<String> primary,
      @JsonPropertyDescription(
              "whether it is safe if the primary stops for good without warning, by the best"
                  + " candidate")
          @OneOf(Safety.class)
          String failover,
      @JsonPropertyDescription("whether it is safe if the primary is shut down cleanly first")
          @OneOf(Safety.class)
          String switchover,
      @JsonPropertyDescription(
              "whether a quorum guarantees every acknowledged commit to the candidate that has the"
                  + " most WAL then, whichever that is")
          boolean mostAdvancedIsSafe,
      @JsonPropertyDescription("about the cluster as a whole") List<SafetyConcern> concerns,
      @JsonPropertyDescription("the best first") List<CandidateSafety> candidates,
      @JsonPropertyDescription("of the instances that are asked about; null if none are")
          Optional<NodeSafety> loss,
      @JsonPropertyDescription("the node whose loss costs most first; empty if one is asked about")
          List<NodeSafety> nodes) {

    /** The name of the best candidate; empty if it is known of all that they are none. */
    public Optional<String> best() {
      return candidates.stream()
          .limit(1)
          .filter(it -> !it.failover().equals("no") || !it.switchover().equals("no"))
          .map(CandidateSafety::ins)
          .findFirst();
    }
  }

  /** A replica that could be promoted. */
  public record CandidateSafety(
      String ins,
      String ip,
      @OneOf(Safety.class) String failover,
      @OneOf(Safety.class) String switchover,
      @JsonPropertyDescription(
              "bytes of WAL that the primary wrote and it has not flushed, at least; null if"
                  + " unknown")
          Optional<Long> lostBytesLeast,
      @JsonPropertyDescription("the same at most, in the cycle") Optional<Long> lostBytesMost,
      @JsonPropertyDescription("bytes of WAL that it has and has not replayed; null if unknown")
          Optional<Long> toReplayBytes,
      @JsonPropertyDescription(
              "seconds that takes at least, by the rates at which it replayed between polls at which"
                  + " it had WAL left; null if none was measured")
          Optional<Double> replaySecondsLeast,
      @JsonPropertyDescription("the same at most") Optional<Double> replaySecondsMost,
      List<SafetyConcern> concerns) {

    private static CandidateSafety of(Candidate candidate, DriftText words) {
      return new CandidateSafety(
          candidate.member().name(),
          candidate.member().endpoint().host(),
          candidate.failover().label(),
          candidate.switchover().label(),
          candidate.lost().map(LostWal::least),
          candidate.lost().map(LostWal::most),
          candidate.toReplay(),
          candidate.replayTime().map(ReplayRates.Range::least).map(CandidateSafety::seconds),
          candidate.replayTime().map(ReplayRates.Range::most).map(CandidateSafety::seconds),
          SafetyConcern.all(candidate.findings(), words));
    }

    private static double seconds(Duration duration) {
      return duration.toMillis() / 1_000.0;
    }
  }

  /** Something that decides, or is to be noted. */
  public record SafetyConcern(
      String text,
      @JsonPropertyDescription("what follows from it alone; yes for what is only to be noted")
          @OneOf(Safety.class)
          String failover,
      @OneOf(Safety.class) String switchover) {

    private static List<SafetyConcern> all(List<Finding> findings, DriftText words) {
      return findings.stream().distinct().map(finding -> of(finding, words)).toList();
    }

    private static SafetyConcern of(Finding finding, DriftText words) {
      return new SafetyConcern(
          words.concern(finding.concern()),
          finding.failover().label(),
          finding.switchover().label());
    }
  }

  /** The loss of a node or a zone. */
  public record NodeSafety(
      @JsonPropertyDescription("its address, or the name of a zone after \"zone \"") String node,
      List<String> instances,
      @JsonPropertyDescription("whether the cluster bears its loss") @OneOf(Safety.class)
          String safe,
      @JsonPropertyDescription("what it costs, the worst first") List<String> effects) {

    private static NodeSafety of(NodeLoss loss, DriftText words) {
      return new NodeSafety(
          loss.node(),
          loss.instances().stream().map(Instance::name).toList(),
          loss.safety().label(),
          loss.effects().stream().map(words::effect).toList());
    }
  }

  /**
   * Of some clusters, as far as the question is about them.
   *
   * @param age of the snapshot: what is too old answers nothing
   */
  public static SafetyReport of(
      Snapshot snapshot, Predicate<String> cluster, SafetyQuestion question, Duration age) {
    var rules = rules(snapshot, age);
    var words = new DriftText(snapshot.addresses());
    return new SafetyReport(
        snapshot.window().to(),
        snapshot.inventory().clusters().stream()
            .filter(it -> cluster.test(it.name()))
            .filter(it -> question.concerns(it, snapshot.inventory()))
            .map(it -> of(it, question.lost(it, snapshot.inventory()), question, rules, words))
            .toList());
  }

  /**
   * Whether positions of another poll may prove that a standby has what was acknowledged before
   * commits waited for it.
   */
  public static boolean needsAnotherPoll(Snapshot snapshot) {
    var rules = rules(snapshot, Duration.ZERO);
    return snapshot.inventory().clusters().stream()
        .anyMatch(it -> rules.of(it, Scenario.PRIMARY_LOST).needsAnotherPoll());
  }

  private static FailoverRules rules(Snapshot snapshot, Duration age) {
    return new FailoverRules(
        snapshot.inventory(),
        snapshot.topology(),
        snapshot.compared(),
        snapshot.others().managers(),
        snapshot.written(),
        age);
  }

  private static ClusterSafety of(
      Cluster cluster,
      List<Instance> lost,
      SafetyQuestion question,
      FailoverRules rules,
      DriftText words) {
    var endpoints = lost.stream().map(Instance::endpoint).collect(Collectors.toSet());
    var readiness = rules.of(cluster, new Scenario(question.promoted(cluster), endpoints));
    return new ClusterSafety(
        cluster.name(),
        readiness.primary().map(it -> words.nameOf(it.endpoint())),
        readiness.failover().label(),
        readiness.switchover().label(),
        readiness.isSafeForMostAdvanced(),
        SafetyConcern.all(readiness.findings(), words),
        readiness.candidates().stream().map(it -> CandidateSafety.of(it, words)).toList(),
        question.lose().map(node -> NodeSafety.of(rules.loss(cluster, node, lost), words)),
        question.lose().isPresent() || question.promote().isPresent()
            ? List.of()
            : rules.nodes(cluster).stream().map(it -> NodeSafety.of(it, words)).toList());
  }
}
