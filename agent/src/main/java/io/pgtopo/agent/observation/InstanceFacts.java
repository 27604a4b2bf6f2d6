package io.pgtopo.agent.observation;

/**
 * What one server says of itself in one answer. The functions of one query are not an atomic
 * snapshot: a position read later may be ahead of one read before.
 */
public record InstanceFacts(
    Identity identity,
    Timeline timeline,
    ServerState state,
    ReplicationView replication,
    Reading<RecoverySettings> recovery) {}
