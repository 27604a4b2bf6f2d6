package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.observation.Dial;
import io.pgtopo.agent.postgres.Dialler;
import io.pgtopo.lab.LabInstance;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** Servers that answer on the agent's kept connection, and that no client can connect to. */
abstract class RefusalContract extends RealServers {
  private static final String REFUSED = "connections_refused pg-test-1";
  private static final String UNREACHABLE = "instance_unreachable pg-test-1";

  /** A new connection is tried every ten seconds, and each attempt may take two. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Each attempt waits for an answer with TLS, and then for one without. */
  private static final Duration ATTEMPT =
      Duration.ofSeconds(10).plus(Watch.DEADLINE.multipliedBy(2));

  RefusalContract(int major) {
    super(major);
  }

  @Test
  void a_frozen_postmaster_accepts_no_connection() {
    var primary = lab.cluster("pg-test").primary(1).replica(2).start().instance(1);
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();
      signal("STOP", postmaster(primary));

      var found = watch.toldTwoPollsAfter(isTriedInVain(primary), REFUSED);
      assertThat(Watch.drifts(found)).containsExactly(REFUSED);
      assertThat(watch.sentence(found, REFUSED))
          .contains("existing sessions work, new connections are refused: no answer");

      signal("CONT", postmaster(primary));
      watch.twoPollsAfter(() -> accepts(primary));
      assertThat(watch.alarms()).isEmpty();
    }
  }

  @Test
  void a_server_whose_connections_are_all_in_use_accepts_none() throws SQLException {
    var primary = lab.cluster("pg-test").primary(1).start().instance(1);
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();
      var clients = new ArrayList<Connection>();
      while (connects(primary, clients)) {
        assertThat(clients).hasSizeLessThan(1000);
      }

      var found = watch.toldTwoPollsAfter(isTriedInVain(primary), REFUSED);
      assertThat(watch.sentence(found, REFUSED))
          .contains("existing sessions work, new connections are refused: too many connections");

      for (var client : clients) {
        client.close();
      }
      watch.twoPollsAfter(() -> accepts(primary));
    }
  }

  /** Such a limit refuses the agent alone. */
  @Test
  void a_limit_of_the_agents_own_role_is_no_refusal() {
    var primary = lab.cluster("pg-test").primary(1).start().instance(1);
    primary.execute("ALTER ROLE dbuser_monitor CONNECTION LIMIT 1");
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();
      for (var second = 0; second < 12; second++) {
        primary.value("SELECT pg_sleep(1)");
        assertThat(Watch.drifts(watch.cycle())).isEmpty();
      }
    }
  }

  @Test
  void a_client_of_a_service_finds_a_server_that_refuses_its_identifier() {
    var primary = lab.cluster("pg-test").primary(1).start().instance(1);
    primary.execute("REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC");

    var dial =
        new Dialler(
                Polls.LOGIN,
                MachineLoad.allowed(Duration.ofSeconds(5)),
                InstantSource.system()::instant)
            .dial(Polls.endpoint(primary));

    assertThat(dial.answer())
        .isInstanceOfSatisfying(
            Dial.Answer.Server.class,
            server -> {
              assertThat(server.systemId()).isEmpty();
              assertThat(server.recovery()).isEqualTo(Dial.Recovery.IN_PRODUCTION);
            });
  }

  /** It lets its sessions go on until they end, and the agent's does. */
  @Test
  void a_smart_shutdown_that_waits_for_clients_is_told_while_their_sessions_work() {
    var cluster = lab.cluster("pg-test").primary(1).replica(2).start();
    var primary = cluster.instance(1);
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();
      primary.connectClient();
      signal("TERM", postmaster(primary));

      var found = watch.toldTwoPollsAfter(isTriedInVain(primary), UNREACHABLE);
      primary.executeAsClients("SELECT 1");
      assertThat(watch.sentence(found, UNREACHABLE))
          .contains("cannot_connect_now")
          .contains("alive: the server itself answered");

      primary.disconnectClients();
      watch.until("it has shut down", PATIENCE, snapshot -> !primary.isRunning());
      primary.start();
      watch.twoPollsAfter(streams(cluster.instance(2), primary));
      assertThat(watch.alarms()).isEmpty();
    }
  }

  @Test
  void a_smart_shutdown_does_not_wait_for_the_agent() {
    var primary = lab.cluster("pg-test").primary(1).start().instance(1);
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();
      signal("TERM", postmaster(primary));

      watch.until("it has shut down", PATIENCE, snapshot -> !primary.isRunning());
    }
  }

  /** Whether no client could connect for as long as the agent takes to try it and to give up. */
  private static BooleanSupplier isTriedInVain(LabInstance server) {
    var since = Instant.now();
    return () -> Instant.now().isAfter(since.plus(ATTEMPT)) && !accepts(server);
  }

  private static boolean accepts(LabInstance server) {
    try {
      DriverManager.getConnection(
              server.jdbcUrl("dbuser_monitor") + "&connectTimeout=1&loginTimeout=1")
          .close();
      return true;
    } catch (SQLException refused) {
      return false;
    }
  }

  private static boolean connects(LabInstance server, List<Connection> clients)
      throws SQLException {
    try {
      clients.add(DriverManager.getConnection(server.jdbcUrl("dbuser_monitor")));
      return true;
    } catch (SQLException failed) {
      assertThat(failed.getSQLState()).isEqualTo("53300");
      return false;
    }
  }

  private static long postmaster(LabInstance server) {
    try {
      var lines = Files.readAllLines(server.dataDirectory().resolve("postmaster.pid"));
      return Long.parseLong(lines.getFirst());
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}
