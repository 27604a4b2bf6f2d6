package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.lab.LabInstance;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Servers that go down and come back, by crashes of their processes and as a whole. */
abstract class RestartContract extends RealServers {
  private static final String LOOP = "restart_loop pg-test-1";

  private static final String WALWRITER =
      "SELECT pid FROM pg_stat_activity WHERE backend_type = 'walwriter'";

  RestartContract(int major) {
    super(major);
  }

  /** The postmaster stays: pg_postmaster_start_time() does not move. */
  @Test
  void a_primary_whose_processes_crash_again_and_again_is_in_a_loop() {
    var primary = lab.cluster("pg-test").primary(1).replica(2).start().instance(1);
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();
      var started = primary.value("SELECT pg_postmaster_start_time()::text");

      crash(primary, watch);
      crash(primary, watch);
      assertThat(Watch.drifts(watch.cycle())).doesNotContain(LOOP);
      var third = kill(primary);

      var snapshot = watch.toldTwoPollsAfter(() -> isBack(primary, third), LOOP);
      assertThat(watch.sentence(snapshot, LOOP))
          .contains(
              "live restarted 3 times within 10 minutes; crash recoveries, while the postmaster went on: 3");
      assertThat(primary.value("SELECT pg_postmaster_start_time()::text")).isEqualTo(started);
      watch.untilDriftsAre(LOOP);

      watch.skip(Duration.ofMinutes(10));
      watch.twoPollsAfter(() -> true);
      assertThat(watch.alarms()).isEmpty();
    }
  }

  @Test
  void a_replica_that_is_started_again_and_again_is_in_a_loop_and_a_promotion_is_no_restart() {
    var cluster = lab.cluster("pg-test").primary(1).replica(2).start();
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();

      var found = "restart_loop pg-test-2";
      for (var i = 0; i < 3; i++) {
        assertThat(Watch.drifts(watch.cycle())).doesNotContain(found);
        cluster.instance(2).kill();
        cluster.instance(2).start();
        cluster.instance(2).awaitStreaming();
      }

      var snapshot = watch.toldTwoPollsAfter(() -> true, found);
      assertThat(watch.sentence(snapshot, found))
          .contains("live restarted 3 times within 10 minutes; starts of the server: 3");
      watch.untilDriftsAre(found);
      watch.skip(Duration.ofMinutes(10));
      watch.twoPollsAfter(streams(cluster.instance(2), cluster.instance(1)));

      cluster.instance(1).stop();
      cluster.instance(2).promote();
      snapshot =
          watch.until(
              "a new primary", seen -> Watch.drifts(seen).contains("role_mismatch pg-test-2"));
      assertThat(watch.words(snapshot)).noneMatch(it -> it.contains("starts of the server: 4"));
      assertThat(watch.alarms()).isEmpty();
    }
  }

  @Test
  void a_login_without_pg_monitor_does_not_see_that_processes_crash() {
    var primary = lab.cluster("pg-test").primary(1).start().instance(1);
    try (var watch = Watch.of(lab, "plain")) {
      watch.cycle();
      for (var i = 0; i < 3; i++) {
        crash(primary, watch);
      }
      assertThat(Watch.drifts(watch.cycle())).noneMatch(drift -> drift.startsWith("restart_loop"));
    }
  }

  /** Kills a process other than the postmaster, and polls until that shows, if it can be seen. */
  private static void crash(LabInstance instance, Watch watch) {
    var earlier = checkpointer(watch.cycle(), instance);
    var killed = kill(instance);
    watch.until(
        "another walwriter and a poll that shows another checkpointer",
        seen ->
            instance.isRunning()
                && seen.topology().unreachable().isEmpty()
                && (earlier.isEmpty() || !earlier.equals(checkpointer(seen, instance)))
                && isBack(instance, killed));
  }

  private static Optional<Instant> checkpointer(Snapshot seen, LabInstance instance) {
    return seen.topology()
        .at(Polls.endpoint(instance))
        .flatMap(found -> found.facts().time().checkpointerStartedAt());
  }

  private static String kill(LabInstance instance) {
    var walwriter = instance.value(WALWRITER).orElseThrow();
    signal("KILL", Long.parseLong(walwriter));
    return walwriter;
  }

  private static boolean isBack(LabInstance instance, String killed) {
    try {
      return instance.value(WALWRITER).filter(pid -> !pid.equals(killed)).isPresent();
    } catch (RuntimeException inRecovery) {
      return false;
    }
  }
}
