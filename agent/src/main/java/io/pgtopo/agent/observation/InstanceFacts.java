package io.pgtopo.agent.observation;

import io.pgtopo.config.model.Endpoint;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * What one server reports in one poll. The functions of one query are not an atomic snapshot: a
 * position read later may be ahead of one read before.
 *
 * @param survey the last full reading, of what changes rarely: denied if it could not be read
 */
public record InstanceFacts(
    Identity identity,
    ServerTime time,
    Timeline timeline,
    ServerState state,
    ReplicationView replication,
    Reading<RecoverySettings> recovery,
    Reading<Survey> survey) {

  /** The walreceiver; empty if there is none, or it is hidden, or the server is in production. */
  public Optional<WalReceiver> walReceiver() {
    return state instanceof ServerState.InRecovery standby
        ? standby.receiver().ifSeen().flatMap(row -> row)
        : Optional.empty();
  }

  /** Host and port of {@code primary_conninfo}; empty if unset or hidden. */
  public Optional<HostPort> configuredUpstream() {
    return recovery
        .ifSeen()
        .flatMap(settings -> settings.configuredUpstream().ifSeen())
        .flatMap(address -> address);
  }

  /** The settings, which are hidden with the whole full reading or alone. */
  public Reading<SortedMap<String, String>> settings() {
    return switch (survey) {
      case Reading.Seen<Survey>(var seen) -> seen.settings();
      case Reading.Denied<Survey>(var reason) -> Reading.denied(reason);
    };
  }

  /** Whether {@code restore_command} is known to be set. */
  public boolean restoresFromArchive() {
    return recovery
        .ifSeen()
        .filter(settings -> settings.archive() == RecoverySettings.Archive.RESTORES)
        .isPresent();
  }

  /** The same facts with another full reading. */
  public InstanceFacts with(Reading<Survey> other) {
    return new InstanceFacts(identity, time, timeline, state, replication, recovery, other);
  }

  /** The same facts with the subscriptions that the server runs. */
  public InstanceFacts running(Reading<List<Subscription>> subscriptions) {
    return new InstanceFacts(
        identity, time, timeline, state, replication.with(subscriptions), recovery, survey);
  }

  /** These facts with the address that the server listens on. */
  public InstanceFacts serverAddress(Endpoint address) {
    return new InstanceFacts(
        identity.serverAddress(address), time, timeline, state, replication, recovery, survey);
  }
}
