package io.pgtopo.agent.topology;

import io.pgtopo.agent.observation.SystemId;

/** Whom an instance really follows. */
public sealed interface LiveUpstream {

  /** Nobody, since it is in production. */
  record NotNeeded() implements LiveUpstream {}

  /** A link joins it to this peer; {@link LiveCluster#links} has the evidence. */
  record Follows(Peer upstream) implements LiveUpstream {}

  /** It is in recovery and has no walreceiver, by its own word. */
  record Detached(Detachment why) implements LiveUpstream {}

  /** Its walreceiver points to a server of another family, from which it can never replicate. */
  record Foreign(Peer upstream, SystemId theirs) implements LiveUpstream {}

  /** It has a walreceiver, but neither end may be read closely enough to tell where to. */
  record Hidden(String reason) implements LiveUpstream {}
}
