package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.observation.HaManager;
import io.pgtopo.agent.service.Managers;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Instance;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What the monitor of a real pg_auto_failover has, beside what the servers report. */
@DisplayName("AutoFailoverIT (skipped where pg_auto_failover or PostgreSQL is not installed)")
class AutoFailoverIT {
  private static final String DISAGREES = "manager_disagrees pg-test-2";

  /** A table counts a minute after what it is wrong about. */
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  private final AutoFailoverCluster cluster = AutoFailoverCluster.start();
  private final Watch watch = Watch.withTables(cluster.inventory(), HaManager.PG_AUTO_FAILOVER);

  @BeforeAll
  static void needsPgAutoFailover() {
    assumeTrue(
        AutoFailoverCluster.isInstalled(), "pg_auto_failover or PostgreSQL is not installed");
  }

  @AfterEach
  void close() {
    watch.close();
    cluster.close();
  }

  @Test
  void what_a_monitor_has_is_compared_with_what_postgresql_reports() {
    var read = until("the monitor's table is read", snapshot -> said(snapshot, 2).isPresent());
    assertThat(said(read, 1)).contains("primary running");
    assertThat(said(read, 2)).contains("secondary running");
    watch.untilDriftsAre();

    // The monitor is told nothing of a node without its keeper, and promotes none by itself.
    cluster.killKeeper(2);
    cluster.promoteByHand(2);
    var promoted = until("the monitor has a standby", it -> Watch.drifts(it).contains(DISAGREES));
    assertThat(Watch.drifts(promoted))
        .contains("multiple_primaries pg-test")
        .doesNotContain("manager_disagrees pg-test-1");
    assertThat(watch.sentence(promoted, DISAGREES))
        .contains("pg_auto_failover says secondary, running; PostgreSQL is in production")
        .contains("the table of pg_auto_failover on " + cluster.monitor() + " has the wrong role")
        .contains("older than what PostgreSQL reports");
    watch.words(promoted).forEach(words -> System.out.println("  " + words));

    // A keeper that is started starts the server as what the monitor has.
    cluster.restartAsStandby(2);
    until(
        "belief and truth agree",
        snapshot ->
            being(snapshot, 2).equals(Optional.of(Managers.Being.REPLICA))
                && Watch.drifts(snapshot).stream().noneMatch(it -> it.startsWith("manager_")));
  }

  private Cluster declared() {
    return watch.inventory().clusters().stream()
        .filter(it -> it.name().equals("pg-test"))
        .findFirst()
        .orElseThrow();
  }

  private Instance member(int seq) {
    return declared().instances().stream().filter(it -> it.seq() == seq).findFirst().orElseThrow();
  }

  private Optional<Managers.Being> being(Snapshot snapshot, int seq) {
    return Managers.being(snapshot.topology(), member(seq).endpoint());
  }

  private Optional<String> said(Snapshot snapshot, int seq) {
    return snapshot.others().managers().tables(declared()).stream()
        .flatMap(table -> table.of(declared(), member(seq)).stream())
        .map(server -> server.role() + " " + server.state())
        .findFirst();
  }

  private Snapshot until(String what, Predicate<Snapshot> condition) {
    return watch.until(what, PATIENCE, condition);
  }
}
