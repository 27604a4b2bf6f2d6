package io.pgtopo.agent.service;

/**
 * What shows where clients get, besides the servers that were polled.
 *
 * @param dials the last connections through services
 * @param balancers what load balancers report
 * @param managers what HA managers report
 * @param names where DNS names lead
 */
public record OtherSources(Dials dials, Balancers balancers, Managers managers, DnsNames names) {
  /** There is none. */
  public static final OtherSources NONE =
      new OtherSources(Dials.NONE, Balancers.NONE, Managers.NONE);

  /** Those without names. */
  public OtherSources(Dials dials, Balancers balancers, Managers managers) {
    this(dials, balancers, managers, DnsNames.NONE);
  }
}
