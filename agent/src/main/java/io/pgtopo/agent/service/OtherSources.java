package io.pgtopo.agent.service;

/**
 * What shows where clients get, besides the servers that were polled.
 *
 * @param dials the last connections through services
 * @param balancers what load balancers report
 * @param managers what HA managers report
 */
public record OtherSources(Dials dials, Balancers balancers, Managers managers) {
  /** There is none. */
  public static final OtherSources NONE =
      new OtherSources(Dials.NONE, Balancers.NONE, Managers.NONE);
}
