package io.pgtopo.agent.compare;

import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.config.model.Inventory;
import io.pgtopo.config.model.Policy;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * What is declared against what is there. Silence is not agreement: what could not be evaluated
 * becomes {@link Drift.Unverifiable}, or is missing in {@link ComparisonResult#evaluated}.
 */
public final class Comparison {

  /**
   * What may be wrong with a cluster in one respect. Rules know nothing of each other, so their
   * order does not matter; no two find a drift of the same kind about the same subject.
   */
  @FunctionalInterface
  interface Rule {
    /** The drifts, and the kinds that could be evaluated; a kind that could not is left out. */
    Evaluation evaluate(ClusterContext cluster);
  }

  /** In no particular order. */
  static final List<Rule> RULES =
      List.of(
          ReachabilityComparison::evaluate,
          SystemIdComparison::evaluate,
          LeadershipComparison::evaluate,
          RoleComparison::evaluate,
          UpstreamComparison::evaluate,
          StreamingComparison::evaluate,
          DivergenceComparison::evaluate,
          ForkComparison::evaluate,
          RootComparison::evaluate,
          ReplayComparison::evaluate,
          ServerComparison::evaluate,
          VersionComparison::evaluate,
          ClockComparison::evaluate,
          LagComparison::evaluate,
          SynchronyComparison::evaluate,
          SlotComparison::evaluate,
          SlotSyncComparison::evaluate,
          SubscriptionComparison::evaluate,
          VirtualAddressComparison::evaluate,
          ServiceComparison::evaluate,
          ManagerComparison::evaluate,
          UndeclaredComparison::evaluate,
          ObjectComparison::evaluate);

  private Comparison() {}

  /** The result under no policy. */
  public static ComparisonResult compare(Inventory declared, Topology live) {
    return compare(declared, live, Policy.NONE, EarlierPoll.NONE);
  }

  /** The result under a policy. */
  public static ComparisonResult compare(
      Inventory declared, Topology live, Policy policy, EarlierPoll earlier) {
    return compare(declared, live, FleetContext.of(declared, live, policy, earlier), RULES);
  }

  static ComparisonResult compare(
      Inventory declared, Topology live, FleetContext fleet, List<Rule> rules) {
    var drifts = new TreeMap<Drift.Key, Drift>();
    var evaluated = new TreeMap<Subject, Set<DriftKind>>();
    for (var cluster : declared.clusters()) {
      var context = ClusterContext.of(cluster, live, fleet);
      var found =
          Redundancy.explain(
              context,
              RoleSwap.explain(
                  context, Evaluation.merged(rules.stream().map(rule -> rule.evaluate(context)))));
      found.drifts().forEach(drift -> drifts.putIfAbsent(drift.key(), drift));
      evaluated.putAll(found.evaluated());
    }
    return new ComparisonResult(List.copyOf(drifts.values()), evaluated, fleet.undeclared());
  }
}
