package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.postgres.JdbcProbe;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.settings.Connection;
import io.pgtopo.config.settings.Connection.SslMode;
import io.pgtopo.lab.LabInstance;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Single polls, without an agent that would end them. */
final class Polls {
  static final Connection LOGIN =
      new Connection("dbuser_monitor", "postgres", Optional.empty(), SslMode.PREFER);

  /** What a machine that is busy with a whole build may add to the deadline. */
  static final Duration SLACK = MachineLoad.allowed(Duration.ofSeconds(3));

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private Polls() {}

  static JdbcProbe probe(Connection login) {
    return new JdbcProbe(login, Watch.DEADLINE, InstantSource.system()::instant);
  }

  static Endpoint endpoint(LabInstance instance) {
    return new Endpoint(instance.host(), instance.port());
  }

  /** The failure of a first poll. */
  static Failure failure(Endpoint endpoint) {
    return failure(LOGIN, endpoint);
  }

  static Failure failure(Connection login, Endpoint endpoint) {
    try (var probe = probe(login)) {
      return failure(probe.observe(endpoint));
    }
  }

  /** The failure of a poll, within its deadline. */
  static Failure failure(Observation observation) {
    assertThat(observation).isInstanceOf(Observation.Unreachable.class);
    assertThat(observation.window().length()).isLessThan(Watch.DEADLINE.plus(SLACK));
    return ((Observation.Unreachable) observation).failure();
  }

  /** Polls until a poll fails in this way. */
  static void untilFailed(Supplier<Observation> poll, Failure.Kind kind) {
    until(
        poll,
        seen -> seen instanceof Observation.Unreachable it && it.failure().kind() == kind,
        kind.label());
  }

  /** Polls until a poll succeeds. */
  static void untilReachable(Supplier<Observation> poll) {
    until(poll, seen -> seen instanceof Observation.Reachable, "reachable");
  }

  static void until(Supplier<Observation> poll, Predicate<Observation> condition, String wanted) {
    var end = Instant.now().plus(PATIENCE);
    var seen = poll.get();
    while (!condition.test(seen)) {
      if (Instant.now().isAfter(end)) {
        throw new AssertionError("not " + wanted + " within " + PATIENCE + ", but " + seen);
      }
      seen = poll.get();
    }
  }
}
