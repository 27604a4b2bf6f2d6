package io.pgtopo.agent.compare;

import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.service.OtherSources;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.config.model.Endpoint;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * What was polled before the topology that is compared.
 *
 * @param topology of the cycle before, or of the first poll of this cycle if something was polled
 *     twice; empty if nothing was polled before
 * @param steady endpoints that were in production at the first poll of this cycle, and whose server
 *     has not restarted since; empty if nothing was polled twice
 * @param past up to the topology that is compared
 * @param forgotten drifts that fired before the agent was restarted, and whose facts it has not
 * @param others what other sources than polled servers show
 */
public record EarlierPoll(
    Optional<Topology> topology,
    Set<Endpoint> steady,
    Past past,
    Set<Drift.Key> forgotten,
    OtherSources others) {
  /** Less time between two polls proves nothing of a position that has not moved. */
  static final Duration LONG_ENOUGH = Duration.ofMillis(500);

  /** Nothing was polled before. */
  public static final EarlierPoll NONE =
      new EarlierPoll(Optional.empty(), Set.of(), Past.NONE, Set.of(), OtherSources.NONE);

  public EarlierPoll {
    steady = Set.copyOf(steady);
    forgotten = Set.copyOf(forgotten);
  }

  /** A cycle that comes after another one; nothing was polled twice in it. */
  public static EarlierPoll of(Optional<Topology> before, Past past, Set<Drift.Key> forgotten) {
    return new EarlierPoll(before, Set.of(), past, forgotten, OtherSources.NONE);
  }

  /** This with what other sources show. */
  public EarlierPoll with(OtherSources others) {
    return new EarlierPoll(topology, steady, past, forgotten, others);
  }
}
