package io.pgtopo.agent.observation;

import java.util.List;

/**
 * Where a declared DNS name leads, as the name servers of the agent's machine have it.
 *
 * @param window when, by the agent's clock
 * @param addresses numeric, in the order of the answer; none if it has none, or no answer came
 */
public record NameReport(String name, Window window, List<String> addresses) {
  public NameReport {
    addresses = List.copyOf(addresses);
  }
}
