package io.pgtopo.agent;

import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.topology.Topology;
import java.util.Comparator;
import java.util.List;

/**
 * What was polled in one cycle, and what follows from it.
 *
 * @param observations in order of their endpoints
 */
public record PollResult(List<Observation> observations, Topology topology) {
  public PollResult {
    observations =
        observations.stream().sorted(Comparator.comparing(Observation::endpoint)).toList();
  }
}
