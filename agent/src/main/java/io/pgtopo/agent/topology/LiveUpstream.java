package io.pgtopo.agent.topology;

import io.pgtopo.agent.observation.SystemId;

/** The upstream of a running instance. */
public sealed interface LiveUpstream {

  /** It is in production. */
  record NotNeeded() implements LiveUpstream {}

  /** It receives WAL from this peer; {@link LiveCluster#links} has the evidence. */
  record Follows(Peer upstream) implements LiveUpstream {}

  /** It is in recovery and reports no walreceiver. */
  record Detached(Detachment why) implements LiveUpstream {}

  /** Its walreceiver points to a server with another system identifier: it can never stream. */
  record Foreign(Peer upstream, SystemId theirs) implements LiveUpstream {}

  /** It has a walreceiver, but missing privileges hide its upstream at both ends. */
  record Hidden(String reason) implements LiveUpstream {}
}
