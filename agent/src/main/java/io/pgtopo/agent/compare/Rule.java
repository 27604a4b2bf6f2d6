package io.pgtopo.agent.compare;

/**
 * What may be wrong with a cluster in one respect. Rules know nothing of each other, so their order
 * does not matter; no two find a drift of the same kind about the same subject.
 */
@FunctionalInterface
interface Rule {
  /** The drifts, and the kinds that could be evaluated; a kind that could not is left out. */
  Evaluation evaluate(ClusterContext cluster);
}
