package io.pgtopo.agent.observation;

import io.pgtopo.config.model.Endpoint;

/**
 * What one server says of itself in one answer. The functions of one query are not an atomic
 * snapshot: a position read later may be ahead of one read before.
 *
 * @param survey what changes rarely, as it was read last: denied if it could not be read
 */
public record InstanceFacts(
    Identity identity,
    ServerTime time,
    Timeline timeline,
    ServerState state,
    ReplicationView replication,
    Reading<RecoverySettings> recovery,
    Reading<Survey> survey) {

  /** The same facts with another full reading. */
  public InstanceFacts with(Reading<Survey> other) {
    return new InstanceFacts(identity, time, timeline, state, replication, recovery, other);
  }

  /** These facts with the address that the server listens on. */
  public InstanceFacts serverAddress(Endpoint address) {
    return new InstanceFacts(
        identity.serverAddress(address), time, timeline, state, replication, recovery, survey);
  }
}
