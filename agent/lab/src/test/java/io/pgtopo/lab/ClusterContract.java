package io.pgtopo.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What holds for clusters of every major version. */
@SuppressWarnings("NullAway.Init")
abstract class ClusterContract {
  private static final String SYSTEM_IDENTIFIER =
      "SELECT system_identifier FROM pg_control_system()";
  private static final String STANDBYS =
      "SELECT string_agg(application_name, ' ' ORDER BY application_name) FROM pg_stat_replication"
          + " WHERE state = 'streaming'";

  private final int version;
  private Lab lab;

  ClusterContract(int version) {
    this.version = version;
  }

  @BeforeEach
  void open() {
    lab = Lab.open(Postgres.version(version), message -> {});
  }

  @AfterEach
  void close() {
    lab.close();
  }

  @Test
  void a_started_cluster_streams_along_its_declared_links() {
    LabCluster shop =
        lab.cluster("pg-test")
            .primary(1)
            .replica(2)
            .replica(3)
            .replica(4, r -> r.follows(2))
            .start();

    assertThat(shop.instance(1).value(STANDBYS)).contains("pg-test-2 pg-test-3");
    assertThat(shop.instance(2).value(STANDBYS)).contains("pg-test-4");
    assertThat(shop.instance(3).value(STANDBYS)).isEmpty();
    assertThat(shop.instance(4).value("SHOW server_version_num"))
        .get()
        .asString()
        .startsWith(Integer.toString(version));
    assertThat(shop.instance(4).value("SHOW cluster_name")).contains("pg-test");
    assertThat(shop.instance(1).value(SYSTEM_IDENTIFIER))
        .isEqualTo(shop.instance(4).value(SYSTEM_IDENTIFIER));
  }

  @Test
  void writes_of_the_primary_arrive_at_the_end_of_a_cascade() {
    LabCluster shop =
        lab.cluster("pg-test").primary(1).replica(2).replica(3, r -> r.follows(2)).start();

    shop.instance(1).execute("CREATE TABLE t AS SELECT 42 AS answer");

    awaitAnswer(shop.instance(3));
  }

  @Test
  void a_promoted_replica_is_in_production_and_another_follows_it() {
    LabCluster shop = lab.cluster("pg-test").primary(1).replica(2).replica(3).start();
    LabInstance two = shop.instance(2);

    shop.instance(1).stop();
    two.promote();
    shop.instance(3).follow(two);
    shop.instance(3).awaitStreaming();
    shop.instance(1).demote(two);
    shop.instance(1).awaitStreaming();

    assertThat(two.value("SELECT pg_is_in_recovery()")).contains("f");
    assertThat(two.value(STANDBYS)).contains("pg-test-1 pg-test-3");
    assertThat(shop.instance(1).value("SELECT pg_is_in_recovery()")).contains("t");
  }

  @Test
  void a_standby_that_is_started_unpromoted_is_in_production_on_its_old_timeline() {
    LabCluster shop = lab.cluster("pg-test").primary(1).replica(2).start();
    LabInstance two = shop.instance(2);

    two.startUnpromoted();

    assertThat(two.value("SELECT pg_is_in_recovery()")).contains("f");
    assertThat(two.value("SELECT substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)"))
        .contains("00000001");
    assertThat(shop.instance(1).value(STANDBYS)).isEmpty();
  }

  @Test
  void a_diverged_primary_rejoins_its_successor() {
    LabCluster shop = lab.cluster("pg-test").primary(1).replica(2).start();
    LabInstance one = shop.instance(1);
    LabInstance two = shop.instance(2);
    two.promote();
    one.execute("CREATE TABLE lost AS SELECT 1");
    two.execute("CREATE TABLE t AS SELECT 42 AS answer");

    RejoinMethod how = one.rejoin(two);
    one.awaitStreaming();

    assertThat(how).isEqualTo(isRewindInstalled() ? RejoinMethod.REWOUND : RejoinMethod.CLONED);
    awaitAnswer(one);
    assertThat(one.value("SELECT to_regclass('lost')")).isEmpty();
  }

  @Test
  void a_killed_server_leaves_no_backend_and_recovers_at_its_next_start() {
    LabCluster shop = lab.cluster("pg-test").primary(1).replica(2).start();
    LabInstance one = shop.instance(1);
    List<ProcessHandle> processes = Traces.processes(one).toList();

    one.kill();

    assertThat(one.isRunning()).isFalse();
    assertThat(processes).hasSizeGreaterThan(3).noneMatch(ProcessHandle::isAlive);

    one.start();
    shop.instance(2).awaitStreaming();

    assertThat(one.lastLogLines()).contains("database system was not properly shut down");
  }

  @Test
  void a_frozen_server_takes_connections_and_answers_after_the_thaw() {
    LabInstance one = lab.cluster("pg-test").primary(1).start().instance(1);

    one.freeze();

    assertThat(one.isRunning()).isTrue();
    assertThatThrownBy(
            () -> DriverManager.getConnection(one.jdbcUrl() + "&socketTimeout=1&loginTimeout=1"))
        .isInstanceOf(SQLException.class);

    one.thaw();

    assertThat(one.value("SELECT 1")).contains("1");
  }

  @Test
  void a_restarted_server_has_its_new_settings() {
    LabInstance one = lab.cluster("pg-test").primary(1).start().instance(1);

    one.set("work_mem", "5MB");
    one.reload();
    one.set("max_connections", "200");
    one.restart();

    assertThat(one.value("SHOW work_mem")).contains("5MB");
    assertThat(one.value("SHOW max_connections")).contains("200");
  }

  @Test
  void a_standby_cluster_has_the_system_identifier_of_its_source_and_others_do_not() {
    LabCluster shop = lab.cluster("pg-test").primary(1).start();
    shop.instance(1).execute("CREATE TABLE t AS SELECT 42 AS answer");

    LabCluster standby =
        lab.cluster("pg-dr").standbyOf(shop.instance(1)).primary(1).replica(2).start();
    LabCluster other = lab.cluster("pg-other").primary(1).start();

    assertThat(standby.instance(2).value(SYSTEM_IDENTIFIER))
        .isEqualTo(shop.instance(1).value(SYSTEM_IDENTIFIER))
        .isNotEqualTo(other.instance(1).value(SYSTEM_IDENTIFIER));
    assertThat(shop.instance(1).value(STANDBYS)).contains("pg-dr-1");
    assertThat(standby.instance(1).value(STANDBYS)).contains("pg-dr-2");
    awaitAnswer(standby.instance(2));
  }

  @Test
  void members_of_a_standby_cluster_begin_at_the_same_wal_position() {
    LabCluster shop = lab.cluster("pg-test").primary(1).start();

    LabCluster standby =
        lab.cluster("pg-dr").standbyOf(shop.instance(1)).primary(1).replica(2).start();

    assertThat(standby.instance(2).dataDirectory().resolve("backup_label.old"))
        .hasSameTextualContentAs(standby.instance(1).dataDirectory().resolve("backup_label.old"));
  }

  @Test
  void slot_delay_and_application_name_are_as_planned() {
    LabCluster shop =
        lab.cluster("pg-test")
            .primary(1)
            .replica(2, r -> r.slot().delay(Duration.ofHours(1)))
            .replica(3, r -> r.applicationName("walreceiver"))
            .start();

    assertThat(shop.instance(1).value("SELECT slot_name FROM pg_replication_slots WHERE active"))
        .contains("pg_test_2");
    assertThat(shop.instance(1).value(STANDBYS)).contains("pg-test-2 walreceiver");
    shop.instance(1).execute("CREATE TABLE t AS SELECT 42 AS answer");
    awaitAnswer(shop.instance(3));
    assertThat(shop.instance(2).value("SELECT to_regclass('t')")).isEmpty();
  }

  @Test
  void replay_pauses_and_resumes() {
    LabCluster shop = lab.cluster("pg-test").primary(1).replica(2).start();
    LabInstance two = shop.instance(2);

    two.pauseReplay();
    shop.instance(1).execute("CREATE TABLE t AS SELECT 42 AS answer");

    assertThat(two.value("SELECT pg_is_wal_replay_paused()")).contains("t");
    two.resumeReplay();
    awaitAnswer(two);
  }

  @Test
  void an_undeclared_replica_streams_from_primary_or_standby_and_is_not_in_the_inventory() {
    LabCluster shop = lab.cluster("pg-test").primary(1).replica(2).start();
    String declared = lab.inventory();

    LabInstance ofPrimary = shop.addUndeclared(8, shop.instance(1));
    LabInstance ofStandby = shop.addUndeclared(9, shop.instance(2));

    assertThat(shop.instance(1).value(STANDBYS)).contains("pg-test-2 pg-test-8");
    assertThat(shop.instance(2).value(STANDBYS)).contains("pg-test-9");
    assertThat(lab.inventory())
        .isEqualTo(declared)
        .doesNotContain(ofPrimary.host(), ofStandby.host());
  }

  @Test
  void a_standby_of_another_cluster_does_not_stream() {
    LabCluster shop = lab.cluster("pg-test").primary(1).replica(2).start();
    LabCluster other = lab.cluster("pg-other").primary(1).start();
    LabInstance two = shop.instance(2);

    two.follow(other.instance(1));

    Await.until(
        "the standby notices",
        () -> two.lastLogLines().contains("database system identifier differs"));
    assertThat(shop.instance(1).value(STANDBYS)).isEmpty();
    assertThat(other.instance(1).value(STANDBYS)).isEmpty();
  }

  @Test
  void a_standby_without_hot_standby_streams_and_takes_no_connections() {
    LabCluster shop =
        lab.cluster("pg-test").primary(1).replica(2, r -> r.set("hot_standby", "off")).start();

    assertThat(shop.instance(1).value(STANDBYS)).contains("pg-test-2");
    assertThatThrownBy(() -> shop.instance(2).value("SELECT 1"))
        .isInstanceOf(LabException.class)
        .hasMessageStartingWith("pg-test-2 accepted no connection: FATAL: the database system is");
    shop.instance(2).promote();
    assertThat(shop.instance(2).value("SELECT pg_is_in_recovery()")).contains("f");
  }

  @Test
  void roles_see_what_their_privileges_allow_and_one_needs_its_password() throws SQLException {
    LabInstance one = lab.cluster("pg-test").primary(1).start().instance(1);

    assertThat(query(one.jdbcUrl("plain"), "SELECT pg_has_role('pg_monitor', 'member')"))
        .contains("f");
    assertThat(query(one.jdbcUrl("dbuser_monitor"), "SELECT pg_has_role('pg_monitor', 'member')"))
        .contains("t");
    assertThat(query(one.jdbcUrl("locked") + "&password=DBUser.Locked", "SELECT current_user"))
        .contains("locked");
    assertThatThrownBy(() -> query(one.jdbcUrl("locked") + "&password=wrong", "SELECT 1"))
        .isInstanceOf(SQLException.class)
        .extracting(failure -> ((SQLException) failure).getSQLState())
        .isEqualTo("28P01");
  }

  @Test
  void the_inventory_is_what_was_declared() {
    LabCluster shop =
        lab.cluster("pg-test")
            .primary(1)
            .replica(2)
            .replica(3, r -> r.follows(2).delay(Duration.ofHours(1)))
            .replica(4, InstancePlan::offline)
            .start();
    lab.cluster("pg-dr").standbyOf(shop.instance(1)).primary(1).start();
    String block = shop.instance(1).host().replaceFirst("\\.1$", "");
    int port = shop.instance(1).port();

    assertThat(lab.inventory())
        .isEqualTo(
            """
            all:
              children:
                pg-test:
                  hosts:
                    BLOCK.1: { pg_seq: 1, pg_role: primary }
                    BLOCK.2: { pg_seq: 2, pg_role: replica }
                    BLOCK.3: { pg_seq: 3, pg_role: replica, pg_upstream: BLOCK.2, pg_delay: 1h }
                    BLOCK.4: { pg_seq: 4, pg_role: offline }
                  vars: { pg_cluster: pg-test, pg_port: PORT }
                pg-dr:
                  hosts:
                    BLOCK.5: { pg_seq: 1, pg_role: primary, pg_upstream: BLOCK.1 }
                  vars: { pg_cluster: pg-dr, pg_port: PORT }
            """
                .replace("BLOCK", block)
                .replace("PORT", Integer.toString(port)));
  }

  @Test
  void a_socket_directory_is_made_as_configured() {
    LabCluster shop = lab.cluster("pg-test").primary(1, InstancePlan::socket).replica(2).start();
    LabInstance one = shop.instance(1);

    assertThat(one.socketDirectory().orElseThrow().resolve(".s.PGSQL." + one.port()))
        .matches(Files::exists, "exists");
    assertThat(shop.instance(2).socketDirectory()).isEmpty();
  }

  private boolean isRewindInstalled() {
    return Files.isExecutable(Path.of("/usr/lib/postgresql/" + version + "/bin/pg_rewind"));
  }

  private static void awaitAnswer(LabInstance instance) {
    Await.until(
        instance + " has the table",
        () ->
            instance.value("SELECT to_regclass('t')").isPresent()
                && instance.value("SELECT answer FROM t").equals(Optional.of("42")));
  }

  private static Optional<String> query(String url, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        var rows = connection.createStatement().executeQuery(sql)) {
      return rows.next() ? Optional.ofNullable(rows.getString(1)) : Optional.empty();
    }
  }
}
