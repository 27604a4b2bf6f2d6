package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.observation.InstanceFacts;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.RefusableFact;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.observation.Timeline;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.lab.LabInstance;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.replication.LogSequenceNumber;

/** What hardening guides revoke from PUBLIC: each costs one fact, and one GRANT gives it back. */
abstract class PrivilegeContract extends RealServers {
  private static final String UNPROVEN = "unverifiable multiple_primaries pg-test";
  private static final String FOREIGN_2 = "unverifiable foreign_system_id pg-test-2";
  private static final String FOREIGN_4 = "unverifiable foreign_system_id pg-test-4";

  PrivilegeContract(int major) {
    super(major);
  }

  @Test
  void a_fact_that_is_refused_costs_that_fact_until_it_is_granted() {
    var cluster = lab.cluster("pg-test").primary(1).replica(2).start();
    var primary = cluster.instance(1);
    var replica = cluster.instance(2);
    replica.awaitStreaming();
    for (var fact : RefusableFact.values()) {
      for (var object : fact.objects()) {
        var privilege = RefusableFact.privilege(object);
        change(primary, replica, "REVOKE " + privilege + " FROM PUBLIC");

        var reason = RefusableFact.reason(List.of(object));
        var seen = List.of(poll(primary), poll(replica));

        assertThat(seen)
            .as(privilege)
            .allSatisfy(it -> assertThat(it).isSubsetOf(reason, "timeline"));
        assertThat(seen.stream().anyMatch(it -> !it.isEmpty()) || isNotNeeded(fact))
            .as(privilege)
            .isTrue();

        change(primary, replica, RefusableFact.grant(object, "dbuser_monitor"));
        assertThat(poll(primary)).as(privilege).isEmpty();
        assertThat(poll(replica)).as(privilege).isEmpty();
        change(primary, replica, "REVOKE " + privilege + " FROM dbuser_monitor");
        change(primary, replica, "GRANT " + privilege + " TO PUBLIC");
      }
    }
  }

  /** What hardening guides revoke, and all at once. */
  @Test
  void without_any_of_them_roles_and_links_are_known() {
    var cluster = lab.cluster("pg-test").primary(1).replica(2).start();
    cluster.instance(2).awaitStreaming();
    for (var fact : RefusableFact.values()) {
      for (var object : fact.objects()) {
        change(
            cluster.instance(1),
            cluster.instance(2),
            "REVOKE " + RefusableFact.privilege(object) + " FROM PUBLIC");
      }
    }
    try (var watch = Watch.of(lab)) {
      var snapshot = watch.cycle();

      assertThat(Watch.drifts(snapshot)).allMatch(drift -> drift.startsWith("unverifiable"));
      assertThat(snapshot.topology().instances().values())
          .extracting(LiveInstance::role)
          .containsExactlyInAnyOrder(LiveRole.PRIMARY, LiveRole.REPLICA);
    }
  }

  /** A server in production, or a standby that streams, has a better source for its timeline. */
  private static boolean isNotNeeded(RefusableFact fact) {
    return fact == RefusableFact.CHECKPOINT_TIMELINE || fact == RefusableFact.RECOVERY_TIMELINE;
  }

  /** As pg_receivewal does; it replays nothing, which a login without pg_monitor does not see. */
  @Test
  void what_only_keeps_wal_is_no_replica_and_unverifiable_where_its_row_is_hidden()
      throws SQLException {
    var primary = lab.cluster("pg-test").primary(1).start().instance(1);
    var login = new Properties();
    login.setProperty("replication", "true");
    login.setProperty("assumeMinServerVersion", "10");
    login.setProperty("preferQueryMode", "simple");
    login.setProperty("ApplicationName", "pg_receivewal");
    try (var seeing = Watch.of(lab);
        var plain = Watch.of(lab, "plain")) {
      try (var connection = DriverManager.getConnection(primary.jdbcUrl(), login);
          var stream =
              connection
                  .unwrap(PGConnection.class)
                  .getReplicationAPI()
                  .replicationStream()
                  .physical()
                  .withStartPosition(
                      LogSequenceNumber.valueOf(
                          primary.value("SELECT pg_current_wal_lsn()").orElseThrow()))
                  .start()) {
        stream.forceUpdateStatus();
        seeing.untilDriftsAre();

        var snapshot = plain.cycle();

        assertThat(Watch.drifts(snapshot))
            .contains("unverifiable undeclared_instance \"pg_receivewal\"")
            .noneMatch(drift -> drift.startsWith("undeclared_instance"));
      }
      plain.twoPollsAfter(() -> isTrue(primary, "SELECT count(*) = 0 FROM pg_stat_replication"));
    }
  }

  /** As pg_basebackup -r 32 does. */
  @Test
  void a_base_backup_is_no_replica_and_unverifiable_where_its_row_is_hidden() throws IOException {
    var primary = lab.cluster("pg-test").primary(1).start().instance(1);
    try (var seeing = Watch.of(lab);
        var plain = Watch.of(lab, "plain")) {
      try (var socket = new Socket(primary.host(), primary.port())) {
        var server = new DataOutputStream(socket.getOutputStream());
        message(
            server,
            "",
            "\0\3\0\0user\0replicator\0replication\0true\0application_name\0pg_basebackup\0\0");
        message(
            server,
            "Q",
            (major >= 15
                    ? "BASE_BACKUP (CHECKPOINT 'fast', MAX_RATE 32)"
                    : "BASE_BACKUP FAST MAX_RATE 32")
                + "\0");

        plain.until("it is there", it -> !Watch.drifts(it).isEmpty());
        seeing.untilDriftsAre();

        assertThat(Watch.drifts(plain.cycle()))
            .containsExactly("unverifiable undeclared_instance \"pg_basebackup\"");
        assertThat(primary.value("SELECT state FROM pg_stat_replication")).contains("backup");
      }
      plain.twoPollsAfter(() -> isTrue(primary, "SELECT count(*) = 0 FROM pg_stat_replication"));
    }
  }

  private static void message(DataOutputStream server, String type, String body)
      throws IOException {
    var bytes = body.getBytes(StandardCharsets.ISO_8859_1);
    server.writeBytes(type);
    server.writeInt(bytes.length + 4);
    server.write(bytes);
    server.flush();
  }

  @Test
  void a_refusal_is_noticed_on_a_kept_connection_and_the_drifts_stay_right() {
    var cluster = four();
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();
      var primary = cluster.instance(1);
      for (var object :
          List.of("pg_control_checkpoint()", "pg_control_recovery()", "pg_stat_activity")) {
        primary.execute("REVOKE " + RefusableFact.privilege(object) + " FROM PUBLIC");
      }
      for (var seq = 2; seq <= 4; seq++) {
        untilReplayed(cluster.instance(seq), primary);
      }

      assertThat(Watch.drifts(watch.cycle())).isEmpty();
      assertThat(watch.alarms()).isEmpty();
    }
  }

  @Test
  void without_system_identifiers_links_prove_what_is_one_cluster() {
    var cluster = four();
    var primary = cluster.instance(1);
    primary.execute("REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC");
    for (var seq = 2; seq <= 4; seq++) {
      untilReplayed(cluster.instance(seq), primary);
    }
    try (var watch = Watch.of(lab);
        var later = Watch.of(lab)) {
      watch.untilDriftsAre();

      cluster.instance(2).promote();

      watch.untilDriftsAre("multiple_primaries pg-test", "role_mismatch pg-test-2");
      var snapshot =
          later.untilDriftsAre(UNPROVEN, "role_mismatch pg-test-2", FOREIGN_2, FOREIGN_4);
      assertThat(watch.sentence(snapshot, UNPROVEN))
          .contains("GRANT EXECUTE ON FUNCTION pg_control_system()");
      assertThat(later.alarms()).noneMatch(alarm -> alarm.contains("multiple_primaries"));
    }
  }

  private static void change(LabInstance primary, LabInstance replica, String sql) {
    primary.execute(sql);
    untilReplayed(replica, primary);
  }

  /** Why facts are hidden in a first poll. */
  private static List<String> poll(LabInstance server) {
    try (var probe = Polls.probe(Polls.LOGIN)) {
      var seen = probe.observe(Polls.endpoint(server));
      assertThat(seen).isInstanceOf(Observation.Reachable.class);
      return hidden(((Observation.Reachable) seen).facts());
    }
  }

  private static List<String> hidden(InstanceFacts facts) {
    var readings = new ArrayList<Reading<?>>();
    readings.add(facts.replication().senders());
    readings.add(facts.replication().slotRows());
    readings.add(facts.identity().systemId());
    readings.add(facts.settings());
    readings.add(facts.survey().ifSeen().orElseThrow().databases());
    readings.add(facts.survey().ifSeen().orElseThrow().roles());
    readings.add(facts.replication().subscriptions());
    switch (facts.state()) {
      case ServerState.InProduction production -> {
        readings.add(production.archiver());
        readings.add(production.syncWaits());
        readings.add(production.lastCommit());
      }
      case ServerState.InRecovery recovery -> {
        readings.add(recovery.receiver());
        readings.add(recovery.startupWait());
      }
    }
    var reasons = new ArrayList<String>();
    readings.forEach(
        reading -> {
          if (reading instanceof Reading.Denied<?>(var reason)
              && !reason.equals(ServerState.InProduction.UNTRACKED)) {
            reasons.add(reason);
          }
        });
    if (facts.timeline().source() == Timeline.Source.HIDDEN) {
      reasons.add("timeline");
    }
    return reasons.stream().distinct().toList();
  }
}
