package io.pgtopo.agent.judge;

import io.pgtopo.agent.drift.ClusterDrift;
import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.Severity;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.agent.track.TrackedDrift;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.IgnoreRule;
import io.pgtopo.config.model.Inventory;
import io.pgtopo.config.model.Maintenance;
import io.pgtopo.config.model.Policy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What the open drifts amount to under a policy.
 *
 * @param policy by which they are judged
 * @param drifts in order of their keys
 * @param verdicts of each declared cluster, in order of their names
 */
public record Judgement(Policy policy, List<JudgedDrift> drifts, List<Verdict> verdicts) {

  public Judgement {
    drifts = List.copyOf(drifts);
    verdicts = List.copyOf(verdicts);
  }

  /** What is to be thought of the drifts that are open. */
  public static Judgement of(
      Policy policy, Inventory declared, Topology live, List<TrackedDrift> open, Instant now) {
    var causes =
        Causes.among(
            open.stream()
                .filter(tracked -> tracked.presence() != TrackedDrift.Presence.MISSED)
                .map(TrackedDrift::drift)
                .toList());
    var judged = new TreeMap<Drift.Key, JudgedDrift>();
    var rater = new Rater(policy, now);
    for (var tracked : open) {
      judged.put(
          tracked.drift().key(),
          rater.judge(tracked, Optional.ofNullable(causes.get(tracked.drift().key()))));
    }
    inherit(judged);
    combine(judged);
    var byCluster =
        judged.values().stream()
            .collect(Collectors.groupingBy(drift -> drift.drift().subject().cluster()));
    var verdicts =
        declared.clusters().stream()
            .map(
                cluster ->
                    new Diagnosis(cluster, live, byCluster.getOrDefault(cluster.name(), List.of()))
                        .verdict(rater.maintenance(cluster.name())))
            .toList();
    return new Judgement(policy, List.copyOf(judged.values()), verdicts);
  }

  /** The rules that do not work any more, each as a drift of the first cluster it speaks of. */
  public static List<Drift> expired(Policy policy, Inventory declared, Instant now) {
    var rules = new TreeMap<String, List<IgnoreRule>>();
    for (var rule : policy.ignored()) {
      if (rule.hasExpired(now)) {
        declared.clusters().stream()
            .map(Cluster::name)
            .filter(rule.where()::isIn)
            .findFirst()
            .ifPresent(name -> rules.computeIfAbsent(name, key -> new ArrayList<>()).add(rule));
      }
    }
    return declared.clusters().stream()
        .filter(cluster -> rules.containsKey(cluster.name()))
        .<Drift>map(
            cluster ->
                new ClusterDrift.IgnoreRuleExpired(
                    cluster, rules.getOrDefault(cluster.name(), List.of())))
        .toList();
  }

  /** All that is judged, by key. */
  public Map<Drift.Key, JudgedDrift> byKey() {
    return drifts.stream()
        .collect(
            Collectors.toMap(JudgedDrift::key, Function.identity(), (a, b) -> a, TreeMap::new));
  }

  /** A primary without a standby is accepted where all that leaves it without one is. */
  private static void combine(Map<Drift.Key, JudgedDrift> judged) {
    judged.replaceAll(
        (key, drift) ->
            drift.drift() instanceof ClusterDrift.NoStandby none
                    && drift.standing() instanceof Standing.Counts
                ? acceptance(none, judged).map(drift::with).orElse(drift)
                : drift);
  }

  private static Optional<Standing> acceptance(
      ClusterDrift.NoStandby none, Map<Drift.Key, JudgedDrift> judged) {
    var accepted =
        none.losses().stream()
            .flatMap(loss -> Optional.ofNullable(judged.get(loss.key())).stream())
            .map(JudgedDrift::standing)
            .filter(standing -> !(standing instanceof Standing.Counts))
            .toList();
    return accepted.size() == none.losses().size()
        ? Optional.of(accepted.getFirst())
        : Optional.empty();
  }

  /** What follows from a suspended drift is suspended with it, unless it is critical. */
  private static void inherit(Map<Drift.Key, JudgedDrift> judged) {
    judged.replaceAll(
        (key, drift) ->
            drift.counts() && drift.severity() != Severity.CRITICAL
                ? suspension(drift, judged).map(drift::with).orElse(drift)
                : drift);
  }

  /** Up the causes, which never lead back. */
  private static Optional<Standing> suspension(
      JudgedDrift drift, Map<Drift.Key, JudgedDrift> judged) {
    var cause = drift.cause().map(judged::get);
    while (cause.isPresent()) {
      if (cause.get().standing() instanceof Standing.Suspended suspended) {
        return Optional.of(suspended);
      }
      cause = cause.flatMap(JudgedDrift::cause).map(judged::get);
    }
    return Optional.empty();
  }

  /** What a policy says of single drifts at one moment. */
  private static final class Rater {
    private final Policy policy;
    private final List<IgnoreRule> rules;
    private final List<Maintenance> inForce;

    Rater(Policy policy, Instant now) {
      this.policy = policy;
      this.rules = policy.ignored().stream().filter(rule -> !rule.hasExpired(now)).toList();
      this.inForce = policy.maintenance().stream().filter(entry -> entry.isInForce(now)).toList();
    }

    JudgedDrift judge(TrackedDrift tracked, Optional<Drift.Key> cause) {
      var drift = tracked.drift();
      return new JudgedDrift(tracked, severity(drift), standing(drift), cause);
    }

    private Severity severity(Drift drift) {
      return drift instanceof Drift.Unverifiable
          ? Severity.UNKNOWN
          : policy
              .severity(drift.subject().cluster(), drift.kind().label())
              .map(Severity::of)
              .orElseGet(drift::severity);
    }

    private Standing standing(Drift drift) {
      var ignored = rules.stream().filter(rule -> isAbout(rule, drift)).findFirst();
      if (ignored.isPresent()) {
        return new Standing.Ignored(ignored.get());
      }
      return inForce.stream()
          .filter(entry -> isOf(entry, drift.subject()))
          .findFirst()
          .<Standing>map(Standing.Suspended::new)
          .orElseGet(Standing.Counts::new);
    }

    /** A rule about a kind is one about whether there is any. */
    private static boolean isAbout(IgnoreRule rule, Drift drift) {
      var subject = drift.subject();
      return rule.kind().equals(drift.topic().label())
          && rule.where().isIn(subject.cluster())
          && rule.where().isAt(subject.instance())
          && rule.where().isOf(subject.part().map(Subject.Part::name));
    }

    private static boolean isOf(Maintenance entry, Subject subject) {
      return entry.cluster().equals(subject.cluster())
          && (entry.instance().isEmpty() || entry.instance().equals(subject.instance()));
    }

    /** What is said of a cluster as a whole. */
    Optional<Maintenance> maintenance(String cluster) {
      return inForce.stream()
          .filter(entry -> entry.cluster().equals(cluster) && entry.instance().isEmpty())
          .findFirst();
    }
  }
}
