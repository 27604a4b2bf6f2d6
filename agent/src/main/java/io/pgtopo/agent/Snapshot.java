package io.pgtopo.agent;

import io.pgtopo.agent.compare.ComparisonResult;
import io.pgtopo.agent.history.Change;
import io.pgtopo.agent.judge.JudgedDrift;
import io.pgtopo.agent.judge.Judgement;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.observation.Window;
import io.pgtopo.agent.service.OtherSources;
import io.pgtopo.agent.topology.AddressBook;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.agent.topology.WrittenTimes;
import io.pgtopo.agent.track.TrackedDrift;
import io.pgtopo.config.model.Inventory;
import java.util.List;

/**
 * Everything that one cycle yields. All that a user sees is a function of this.
 *
 * @param window of the cycle, by the agent's clock
 * @param addresses the names of what is declared
 * @param others what other sources than the polled servers show
 * @param compared what is otherwise than declared in this cycle, and what could be evaluated
 * @param written when the upstreams had written what, for the age of a lag
 * @param judgement what the drifts that are open amount to under the policy
 * @param changes what happened lately, oldest first, as far as it is remembered
 */
public record Snapshot(
    Window window,
    Inventory inventory,
    AddressBook addresses,
    PollResult polled,
    OtherSources others,
    ComparisonResult compared,
    WrittenTimes written,
    Judgement judgement,
    List<Change> changes) {

  public Snapshot {
    changes = List.copyOf(changes);
  }

  /** In order of their endpoints. */
  public List<Observation> observations() {
    return polled.observations();
  }

  /** How many endpoints this agent was too slow to poll. */
  public long missed() {
    return topology().unreachable().values().stream()
        .filter(failure -> failure.kind() == Failure.Kind.AGENT_SLOW)
        .count();
  }

  /** What is really there. */
  public Topology topology() {
    return polled.topology();
  }

  /** The drifts that are open, in order of kind and subject. */
  public List<TrackedDrift> drifts() {
    return judgement.drifts().stream().map(JudgedDrift::tracked).toList();
  }
}
