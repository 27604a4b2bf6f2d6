package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.HaManager;
import io.pgtopo.agent.observation.ManagerReport.ManagedServer;
import io.pgtopo.agent.observation.ManagerReport.Word;
import io.pgtopo.agent.service.Managers.Opinion;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.lab.LabCluster;
import io.pgtopo.lab.LabInstance;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** The table of repmgr 5.3 on real servers, written as repmgr would, or as it would not. */
abstract class ManagerTablesContract extends RealServers {
  private static final String DISAGREES = "manager_disagrees pg-test-";

  /** A table counts a minute after what it is wrong about. */
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  ManagerTablesContract(int major) {
    super(major);
  }

  @Test
  void what_a_table_has_is_compared_with_what_postgresql_reports() throws SQLException {
    var cluster = lab.cluster("pg-test").primary(1).replica(2).replica(3).start();
    var primary = cluster.instance(1);
    try (var watch = Watch.withTables(lab.inventory(), HaManager.REPMGR)) {
      watch.untilDriftsAre();
      assertThat(watch.cycle().others().managers().isEmpty()).as("there is none").isTrue();

      primary.execute("CREATE DATABASE repmgr");
      create(cluster);
      until(
          watch,
          "the table is refused",
          snapshot ->
              table(watch, snapshot, 1)
                  .filter(
                      it ->
                          it.last().word() instanceof Word.Mute(var failure)
                              && failure.kind() == Failure.Kind.PERMISSION
                              && failure.message().contains("GRANT USAGE ON SCHEMA repmgr"))
                  .isPresent());

      inRepmgr(
          primary,
          "GRANT USAGE ON SCHEMA repmgr TO dbuser_monitor",
          "GRANT SELECT (node_id, upstream_node_id, active, node_name, type) ON repmgr.nodes"
              + " TO dbuser_monitor");
      var named =
          until(watch, "it is read without addresses", it -> members(watch, it, 1).size() == 3);
      assertThat(members(watch, named, 1)).allMatch(it -> it.endpoint().isEmpty());

      inRepmgr(primary, "GRANT SELECT ON repmgr.nodes TO dbuser_monitor");
      var read =
          until(
              watch,
              "it is read with addresses, and as a copy on a standby",
              snapshot ->
                  members(watch, snapshot, 1).stream().allMatch(it -> it.endpoint().isPresent())
                      && table(watch, snapshot, 3).filter(Opinion::isCopy).isPresent());
      assertThat(members(watch, read, 1))
          .contains(
              new ManagedServer(
                  Optional.of("pg-test-2"),
                  "standby",
                  "active",
                  Optional.of(new Endpoint(cluster.instance(2).host(), cluster.instance(2).port())),
                  Optional.empty(),
                  Optional.of("pg-test-1")));
      assertThat(read.others().managers().toString()).doesNotContain("opensesame");
      watch.untilDriftsAre();

      // repmgr knows nothing of a promotion by hand.
      cluster.instance(2).promote();
      var promoted =
          until(
              watch,
              "the tables of both have a standby",
              snapshot -> Watch.drifts(snapshot).contains(DISAGREES + 2));
      assertThat(Watch.drifts(promoted))
          .contains("multiple_primaries pg-test")
          .doesNotContain(DISAGREES + 1);
      assertThat(watch.sentence(promoted, DISAGREES + 2))
          .contains("repmgr says standby, active; PostgreSQL is in production")
          .contains("the table of repmgr on " + address(primary) + " has the wrong role")
          .contains(
              "the table of repmgr on " + address(cluster.instance(2)) + " has the wrong role");

      // As by repmgr standby promote: each of two primaries has an opinion of its own.
      inRepmgr(
          cluster.instance(2),
          "UPDATE repmgr.nodes SET active = false WHERE node_id = 1",
          "UPDATE repmgr.nodes SET type = 'primary', upstream_node_id = NULL WHERE node_id = 2",
          "UPDATE repmgr.nodes SET upstream_node_id = 2 WHERE node_id = 3");
      var two =
          until(
              watch,
              "two nodes name two primaries",
              snapshot ->
                  Watch.drifts(snapshot)
                      .containsAll(List.of(DISAGREES + 1, DISAGREES + 2, DISAGREES + 3)));
      assertThat(watch.sentence(two, DISAGREES + 1))
          .contains(
              "on " + address(cluster.instance(2)) + " has the wrong state: primary, inactive")
          .contains("on " + address(primary) + " has it right: primary, active");
      assertThat(watch.sentence(two, DISAGREES + 2))
          .contains("on " + address(primary) + " has the wrong role: standby, active")
          .contains("on " + address(cluster.instance(2)) + " has it right: primary, active");
      assertThat(watch.sentence(two, DISAGREES + 3))
          .contains("repmgr says follows pg-test-2; PostgreSQL is in recovery, follows pg-test-1");
      watch.words(two).forEach(words -> System.out.println("  " + words));

      // The old primary becomes a standby, and is registered as one.
      cluster.instance(1).rejoin(cluster.instance(2));
      cluster.instance(3).rejoin(cluster.instance(2));
      inRepmgr(
          cluster.instance(2),
          "UPDATE repmgr.nodes SET type = 'standby', active = true, upstream_node_id = 2"
              + " WHERE node_id = 1");
      watch.untilDriftsAre("role_swapped pg-test");
    }
  }

  /** As {@code repmgr--5.3.sql} and {@code repmgr primary register} do, without the extension. */
  private static void create(LabCluster cluster) throws SQLException {
    inRepmgr(
        cluster.instance(1),
        """
        CREATE SCHEMA repmgr
          CREATE TABLE nodes (
            node_id integer PRIMARY KEY,
            upstream_node_id integer NULL REFERENCES nodes (node_id) DEFERRABLE,
            active boolean NOT NULL DEFAULT true,
            node_name text NOT NULL,
            type text NOT NULL CHECK (type IN ('primary', 'standby', 'witness', 'bdr')),
            location text NOT NULL DEFAULT 'default',
            priority int NOT NULL DEFAULT 100,
            conninfo text NOT NULL,
            repluser varchar(63) NOT NULL,
            slot_name text NULL,
            config_file text NOT NULL)""");
    for (var instance : cluster.instances()) {
      inRepmgr(
          cluster.instance(1),
          "INSERT INTO repmgr.nodes VALUES (%d, %s, true, '%s', '%s', 'default', 100, '%s', 'r', NULL, 'c')"
              .formatted(
                  instance.seq(),
                  instance.seq() == 1 ? "NULL" : "1",
                  instance.name(),
                  instance.seq() == 1 ? "primary" : "standby",
                  "host=%s port=%d user=repmgr password=opensesame dbname=repmgr"
                      .formatted(instance.host(), instance.port())));
    }
  }

  private static void inRepmgr(LabInstance server, String... statements) throws SQLException {
    var url = server.jdbcUrl().replaceFirst("/postgres(?=$|[?])", "/repmgr");
    try (var connection = DriverManager.getConnection(url);
        var statement = connection.createStatement()) {
      for (var sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private static String address(LabInstance instance) {
    return instance.host() + ":" + instance.port();
  }

  private static Snapshot until(Watch watch, String what, Predicate<Snapshot> condition) {
    return watch.until(what, PATIENCE, condition);
  }

  private static List<ManagedServer> members(Watch watch, Snapshot snapshot, int seq) {
    return table(watch, snapshot, seq)
        .flatMap(Opinion::now)
        .map(Word.Spoken::members)
        .orElse(List.of());
  }

  private static Optional<Opinion> table(Watch watch, Snapshot snapshot, int seq) {
    var declared = watch.inventory().clusters().getFirst();
    return snapshot.others().managers().tables(declared).stream()
        .filter(
            it ->
                declared.instances().stream()
                    .anyMatch(
                        one -> one.seq() == seq && one.endpoint().equals(it.last().address())))
        .findFirst();
  }
}
