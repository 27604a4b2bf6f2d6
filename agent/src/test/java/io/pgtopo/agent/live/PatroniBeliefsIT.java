package io.pgtopo.agent.live;

import static io.pgtopo.agent.service.CheckedRole.ASYNC_STANDBY;
import static io.pgtopo.agent.service.CheckedRole.PRIMARY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.fetch.Fetcher;
import io.pgtopo.agent.observation.ManagerReport.Flag;
import io.pgtopo.agent.observation.ManagerReport.Word;
import io.pgtopo.agent.patroni.PatroniReader;
import io.pgtopo.agent.service.CheckResult;
import io.pgtopo.agent.service.CheckedRole;
import io.pgtopo.agent.service.HealthCheck;
import io.pgtopo.agent.service.Managers;
import io.pgtopo.config.model.Endpoint;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a real Patroni believes, beside what its servers report. */
@DisplayName("PatroniBeliefsIT (skipped where Patroni, etcd or PostgreSQL is not installed)")
class PatroniBeliefsIT {
  private static final String DISAGREES = "manager_disagrees pg-test-";
  private static final String NO_PRIMARY = "no_primary pg-test";

  private final PatroniCluster cluster = PatroniCluster.start();
  private final Fetcher fetcher = new Fetcher(Watch.DEADLINE, 1 << 20, Optional.empty());
  private final PatroniReader reader = new PatroniReader(fetcher, InstantSource.system()::instant);
  private final Watch watch = Watch.withPatroni(cluster.inventory(), reader);

  @BeforeAll
  static void needsPatroni() {
    assumeTrue(PatroniCluster.isInstalled(), "Patroni, etcd or PostgreSQL is not installed");
  }

  @AfterEach
  void close() {
    watch.close();
    fetcher.close();
    cluster.close();
  }

  @Test
  void a_belief_is_shown_with_its_age_and_changes_nothing_of_what_is_true() {
    until(
        "all managers answer, and health checks as HAProxy gets them",
        snapshot ->
            speaking(snapshot) == 3
                && checks(snapshot, 1).equals(Map.of("/primary", 200, "/read-only", 200))
                && checks(snapshot, 3)
                    .equals(Map.of("/primary", 503, "/read-only", 200, "/replica", 200)));
    watch.untilDriftsAre();

    // Patroni of a living replica is killed: what it believed is stale, not wrong.
    cluster.killManager(3);
    var silent =
        until(
            "Patroni of pg-test-3 is silent, and nothing is wrong",
            snapshot ->
                opinion(snapshot, 3).flatMap(Managers.Opinion::now).isEmpty()
                    && Watch.drifts(snapshot).isEmpty());
    assertThat(opinion(silent, 3).orElseThrow().spoken()).isPresent();
    cluster.manage(3);
    until("all managers answer", snapshot -> speaking(snapshot) == 3 && cluster.isSettled(1));
    watch.untilDriftsAre();

    // Paused, and a promotion by hand: Patroni keeps calling it a replica.
    cluster.pause(true);
    until(
        "Patroni is paused",
        snapshot ->
            opinion(snapshot, 2)
                .flatMap(Managers.Opinion::now)
                .filter(it -> it.flags().contains(Flag.PAUSED))
                .isPresent());
    cluster.execute(2, "SELECT pg_promote(false)");
    var promoted =
        until(
            "Patroni does not see the promotion",
            snapshot ->
                Watch.drifts(snapshot)
                        .containsAll(List.of(DISAGREES + 2, "multiple_primaries pg-test"))
                    && watch
                        .sentence(snapshot, DISAGREES + 2)
                        .contains("older than what PostgreSQL reports"));
    assertThat(watch.sentence(promoted, DISAGREES + 2))
        .contains("PostgreSQL is in production", "replica, ");
    watch.words(promoted).forEach(words -> System.out.println("  " + words));
    cluster.pause(false);
    until("Patroni demotes it", snapshot -> cluster.isSettled(1));
    until(
        "belief and truth agree",
        snapshot -> Watch.drifts(snapshot).stream().noneMatch(it -> it.startsWith("manager_")));

    // The leader and its Patroni are killed: the others have it as running for some time.
    cluster.kill(1);
    var killed =
        until(
            "Patroni of another node has a killed leader as running",
            snapshot ->
                Watch.drifts(snapshot).contains(DISAGREES + 1)
                    && watch
                        .sentence(snapshot, DISAGREES + 1)
                        .contains("read on " + cluster.address(2)));
    assertThat(watch.sentence(killed, DISAGREES + 1))
        .contains("PostgreSQL refuses connections", "leader, running")
        .contains("Patroni's configuration store, read on " + cluster.address(2));
    System.out.println("  " + watch.sentence(killed, DISAGREES + 1));
    until(
        "Patroni has noticed it",
        snapshot ->
            (cluster.leads(2) || cluster.leads(3))
                && Watch.drifts(snapshot).stream().noneMatch(it -> it.startsWith("manager_")));
  }

  /** Of the roles that three servers have; Patroni 3.0 knows nothing of a quorum. */
  @Test
  void a_real_patroni_answers_health_checks_as_they_are_computed() {
    until("all managers answer", snapshot -> speaking(snapshot) == 3);

    for (var path :
        List.of(
            "/",
            "/primary",
            "/master",
            "/read-write",
            "/leader",
            "/standby-leader",
            "/standby_leader",
            "/replica",
            "/read-only",
            "/sync",
            "/synchronous",
            "/read-only-sync",
            "/read-only-synchronous",
            "/async",
            "/asynchronous",
            "/health",
            "/primary?lag=1MB",
            "/leader?tag_dc=a")) {
      assertThat(answer(1, path)).as(path + " of the primary").isEqualTo(computed(path, PRIMARY));
      assertThat(answer(2, path))
          .as(path + " of a replica")
          .isEqualTo(computed(path, ASYNC_STANDBY));
    }
  }

  private CheckResult answer(int node, String path) {
    var address = new Endpoint(cluster.address(node), PatroniCluster.REST_PORT);
    var word = reader.read("http", address, List.of(path)).word();
    var status = word instanceof Word.Spoken spoken ? spoken.checks().getOrDefault(path, 0) : 0;
    return status == 200 ? CheckResult.PASSES : CheckResult.FAILS;
  }

  private static CheckResult computed(String path, CheckedRole role) {
    return new HealthCheck(path).of(role);
  }

  @Test
  void a_primary_whose_patroni_is_killed_is_what_postgresql_reports() {
    until("all managers answer", snapshot -> speaking(snapshot) == 3);
    watch.untilDriftsAre();

    // What Patroni believed is stale. The configuration store has it as the leader, rightly.
    cluster.killManager(1);
    var silent =
        until(
            "Patroni of the primary is silent, and nothing is wrong",
            snapshot ->
                opinion(snapshot, 1).flatMap(Managers.Opinion::now).isEmpty()
                    && being(snapshot, 1).equals(Optional.of(Managers.Being.PRIMARY))
                    && Watch.drifts(snapshot).isEmpty());
    assertThat(opinion(silent, 1).flatMap(Managers.Opinion::spoken)).isPresent();

    // Its lock expires, and nobody stops it: Patroni promotes another one.
    var split =
        until(
            "two servers accept writes, and no Patroni that answers is wrong",
            snapshot ->
                Watch.drifts(snapshot).contains("multiple_primaries pg-test")
                    && (cluster.leads(2) || cluster.leads(3))
                    && being(snapshot, 1).equals(Optional.of(Managers.Being.PRIMARY))
                    && opinion(snapshot, 1).flatMap(Managers.Opinion::now).isEmpty()
                    && Watch.drifts(snapshot).stream().noneMatch(it -> it.startsWith("manager_")));
    watch.words(split).forEach(words -> System.out.println("  " + words));

    cluster.manage(1);
    until(
        "Patroni makes a standby of it",
        snapshot ->
            (cluster.isSettled(2) || cluster.isSettled(3))
                && being(snapshot, 1).equals(Optional.of(Managers.Being.REPLICA))
                && Watch.drifts(snapshot).stream().noneMatch(it -> it.startsWith("manager_")));
  }

  @Test
  void a_lost_configuration_store_comes_before_a_promotion_that_needs_it() {
    until("all managers answer", snapshot -> speaking(snapshot) == 3);
    watch.untilDriftsAre();

    // Patroni demotes its leader, and patronictl failover would wait for the store in vain.
    cluster.freezeStore();
    var without =
        until(
            "no primary, and no Patroni reads its store",
            snapshot ->
                isWithoutStore(snapshot)
                    && Watch.drifts(snapshot).contains(NO_PRIMARY)
                    && watch
                        .advice(snapshot, NO_PRIMARY)
                        .contains("pg-test-1, pg-test-2, pg-test-3")
                    && Watch.drifts(snapshot).stream().noneMatch(it -> it.startsWith("manager_")));
    System.out.println("  " + watch.advice(without, NO_PRIMARY));
    assertThat(watch.advice(without, NO_PRIMARY))
        .contains("bring the store back first", "Promote none by hand")
        .doesNotContain("failover", "pg_promote");

    // As it was said: Patroni promotes one itself.
    cluster.thawStore();
    until(
        "one leads, and all managers answer",
        snapshot ->
            speaking(snapshot) == 3
                && PatroniCluster.NODES.stream().anyMatch(cluster::isSettled)
                && !isWithoutStore(snapshot)
                && !Watch.drifts(snapshot).contains(NO_PRIMARY)
                && Watch.drifts(snapshot).stream().noneMatch(it -> it.startsWith("manager_")));
    assertThat(watch.alarms()).containsExactly(NO_PRIMARY);
  }

  private Map<String, Integer> checks(Snapshot snapshot, int seq) {
    return opinion(snapshot, seq)
        .flatMap(Managers.Opinion::now)
        .map(Word.Spoken::checks)
        .orElse(Collections.emptySortedMap());
  }

  private Optional<Managers.Being> being(Snapshot snapshot, int seq) {
    return watch.inventory().clusters().getFirst().instances().stream()
        .filter(it -> it.seq() == seq)
        .findFirst()
        .flatMap(it -> Managers.being(snapshot.topology(), it.endpoint()));
  }

  private Snapshot until(String what, Predicate<Snapshot> condition) {
    return watch.until(what, PatroniCluster.TTL.multipliedBy(3), condition);
  }

  private Optional<Managers.Opinion> opinion(Snapshot snapshot, int seq) {
    var declared = watch.inventory().clusters().getFirst();
    return declared.instances().stream()
        .filter(it -> it.seq() == seq)
        .findFirst()
        .flatMap(it -> snapshot.others().managers().of(declared, it));
  }

  /** Each Patroni answers and says so. */
  private boolean isWithoutStore(Snapshot snapshot) {
    var managers = snapshot.others().managers();
    return managers.withoutStore(watch.inventory().clusters().getFirst()).size() == 3;
  }

  private long speaking(Snapshot snapshot) {
    return snapshot.others().managers().byAddress().values().stream()
        .filter(it -> it.last().word() instanceof Word.Spoken)
        .count();
  }
}
