package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.lab.Lab;
import io.pgtopo.lab.LabCluster;
import io.pgtopo.lab.Postgres;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Each way not to answer, by its true cause, in its own words and in time. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FailuresIT {
  private final Lab lab = Lab.open(Postgres.version(18), progress -> {});
  private final LabCluster cluster =
      lab.cluster("pg-test").primary(1).replica(2).replica(3).start();

  @AfterAll
  void close() {
    lab.close();
  }

  private static Failure failure(Observation observation) {
    assertThat(observation).isInstanceOf(Observation.Unreachable.class);
    return ((Observation.Unreachable) observation).failure();
  }

  @Test
  void a_wrong_password_is_told_in_the_words_of_the_server_and_never_shown() {
    try (var watch = Watch.of(lab, "locked", Optional.of("s3cret-canary"))) {
      var failure = failure(watch.look(1));

      assertThat(failure.kind()).isEqualTo(Failure.Kind.AUTHENTICATION);
      assertThat(failure.sqlState()).contains("28P01");
      assertThat(failure.message())
          .contains("password authentication failed for user \"locked\"")
          .doesNotContain("s3cret-canary");
    }
  }

  @Test
  void the_right_password_is_accepted() {
    try (var watch = Watch.of(lab, "locked", Optional.of("DBUser.Locked"))) {
      assertThat(watch.look(1)).isInstanceOf(Observation.Reachable.class);
    }
  }

  @Test
  void an_unknown_role_is_a_refused_login() {
    try (var watch = Watch.of(lab, "nobody_knows")) {
      var failure = failure(watch.look(1));

      assertThat(failure.kind()).isEqualTo(Failure.Kind.AUTHENTICATION);
      assertThat(failure.message()).contains("role \"nobody_knows\" does not exist");
    }
  }

  @Test
  void a_stopped_server_refuses_at_once_whether_or_not_it_was_seen_before() {
    cluster.instance(2).stop();
    try (var seenBefore = Watch.of(lab);
        var never = Watch.of(lab)) {
      cluster.instance(2).start();
      assertThat(seenBefore.look(2)).isInstanceOf(Observation.Reachable.class);
      cluster.instance(2).stop();

      for (var watch : new Watch[] {seenBefore, never}) {
        var observation = watch.look(2);

        assertThat(failure(observation).kind()).isEqualTo(Failure.Kind.REFUSED);
        assertThat(observation.window().length()).isLessThan(Duration.ofMillis(500));
      }
    } finally {
      cluster.instance(2).start();
      cluster.instance(2).awaitStreaming();
    }
  }

  @Test
  void a_frozen_server_hangs_but_the_look_ends_in_time_and_harms_no_other() {
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();
      cluster.instance(3).freeze();

      var snapshot = watch.cycle();

      assertThat(snapshot.topology().unreachable()).hasSize(1);
      assertThat(snapshot.topology().unreachable().values())
          .extracting(Failure::kind)
          .allMatch(kind -> kind == Failure.Kind.HUNG || kind == Failure.Kind.TIMEOUT);
      assertThat(snapshot.topology().instances()).hasSize(2);
      assertThat(snapshot.window().length()).isLessThan(Watch.DEADLINE.plusSeconds(1));
    } finally {
      cluster.instance(3).thaw();
    }
  }

  @Test
  void a_standby_that_takes_no_queries_is_alive_and_says_so() {
    var instance = cluster.instance(3);
    instance.set("hot_standby", "off");
    instance.restart();
    try (var watch = Watch.of(lab)) {
      var failure = failure(watch.look(3));

      assertThat(failure.kind()).isEqualTo(Failure.Kind.HOT_STANDBY_OFF);
      assertThat(failure.sqlState()).contains("57P03");
    } finally {
      instance.set("hot_standby", "on");
      instance.restart();
      instance.awaitStreaming();
    }
  }
}
