package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.observation.HaManager;
import io.pgtopo.agent.observation.ManagerReport.Word;
import io.pgtopo.agent.service.Managers.Opinion;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What the tables of a real repmgr have, beside what its servers report. */
@DisplayName("RepmgrIT (skipped where repmgr or PostgreSQL is not installed)")
class RepmgrIT {
  private static final String DISAGREES = "manager_disagrees pg-test-";

  /** A table counts a minute after what it is wrong about. */
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  private final RepmgrCluster cluster = RepmgrCluster.start();
  private final Watch watch = Watch.withTables(cluster.inventory(), HaManager.REPMGR);

  @BeforeAll
  static void needsRepmgr() {
    assumeTrue(RepmgrCluster.isInstalled(), "repmgr or PostgreSQL is not installed");
  }

  @AfterEach
  void close() {
    watch.close();
    cluster.close();
  }

  @Test
  void tables_that_name_two_primaries_are_compared_with_what_postgresql_reports() {
    until("the tables of all are read", snapshot -> tables(snapshot).size() == 3);
    watch.untilDriftsAre();
    assertThat(tables(watch.cycle()).stream().filter(Opinion::isCopy)).hasSize(2);

    // Neither repmgr nor its daemons take notice of a promotion by hand.
    cluster.promoteByHand(2);
    var promoted =
        until("the tables of both have a standby", it -> disagreements(it).equals(List.of(2)));
    assertThat(Watch.drifts(promoted)).contains("multiple_primaries pg-test");
    assertThat(watch.sentence(promoted, DISAGREES + 2))
        .contains("repmgr says standby, active; PostgreSQL is in production")
        .contains("the table of repmgr on " + at(1) + " has the wrong role")
        .contains("the table of repmgr on " + at(2) + " has the wrong role")
        .contains("older than what PostgreSQL reports");
    watch.words(promoted).forEach(words -> System.out.println("  " + words));
    cluster.rejoin(2, 1);
    watch.untilDriftsAre();

    // repmgrd promotes another one than the one that is killed, and its table is right.
    cluster.kill(1);
    until(
        "pg-test-2 leads by the table of its own",
        snapshot ->
            cluster.names(2, 2) && Watch.drifts(snapshot).contains("role_mismatch pg-test-2"));

    // The old primary is started, and its table is what it was.
    cluster.startByHand(1);
    var two =
        until("two nodes name two primaries", it -> disagreements(it).equals(List.of(1, 2, 3)));
    assertThat(cluster.names(1, 1) && cluster.names(2, 2)).isTrue();
    assertThat(watch.sentence(two, DISAGREES + 1))
        .contains("on " + at(2) + " has the wrong state: primary, inactive")
        .contains("on " + at(1) + " has it right: primary, active");
    assertThat(watch.sentence(two, DISAGREES + 2))
        .contains("on " + at(1) + " has the wrong role: standby, active")
        .contains("on " + at(2) + " has it right: primary, active");
    assertThat(watch.sentence(two, DISAGREES + 3))
        .contains("repmgr says follows pg-test-1; PostgreSQL is in recovery, follows pg-test-2");
    watch.words(two).forEach(words -> System.out.println("  " + words));

    cluster.rejoin(1, 2);
    watch.untilDriftsAre("role_swapped pg-test");
  }

  private String at(int node) {
    return cluster.address(node) + ":" + RepmgrCluster.PORT;
  }

  /** The members about which a manager is wrong. */
  private static List<Integer> disagreements(Snapshot snapshot) {
    return Watch.drifts(snapshot).stream()
        .filter(it -> it.startsWith(DISAGREES))
        .map(it -> Integer.valueOf(it.substring(DISAGREES.length())))
        .toList();
  }

  /** Those that were read. */
  private List<Opinion> tables(Snapshot snapshot) {
    return snapshot.others().managers().tables(watch.inventory().clusters().getFirst()).stream()
        .filter(
            it -> it.last().word() instanceof Word.Spoken spoken && spoken.members().size() == 3)
        .toList();
  }

  private Snapshot until(String what, Predicate<Snapshot> condition) {
    return watch.until(what, PATIENCE, condition);
  }
}
