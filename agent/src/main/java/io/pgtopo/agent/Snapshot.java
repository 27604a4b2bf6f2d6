package io.pgtopo.agent;

import io.pgtopo.agent.history.Change;
import io.pgtopo.agent.judge.Judgement;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.observation.Window;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.agent.track.TrackedDrift;
import io.pgtopo.config.model.Inventory;
import io.pgtopo.config.model.Policy;
import java.util.Comparator;
import java.util.List;

/**
 * Everything that one cycle yields. All that a user sees is a function of this.
 *
 * @param window of the cycle, by the agent's clock
 * @param observations in order of their endpoints
 * @param drifts in order of kind and subject
 * @param judgement what the drifts amount to under the policy
 * @param changes what happened lately, oldest first, as far as it is remembered
 */
public record Snapshot(
    Window window,
    Inventory inventory,
    List<Observation> observations,
    Topology topology,
    List<TrackedDrift> drifts,
    Judgement judgement,
    List<Change> changes) {

  /** One where nothing is said of how drift is to be taken, nor of what happened. */
  public Snapshot(
      Window window,
      Inventory inventory,
      List<Observation> observations,
      Topology topology,
      List<TrackedDrift> drifts) {
    this(
        window,
        inventory,
        observations,
        topology,
        drifts,
        Judgement.of(Policy.NONE, inventory, topology, drifts, window.to()),
        List.of());
  }

  public Snapshot {
    observations =
        observations.stream().sorted(Comparator.comparing(Observation::endpoint)).toList();
    drifts = List.copyOf(drifts);
    changes = List.copyOf(changes);
  }
}
