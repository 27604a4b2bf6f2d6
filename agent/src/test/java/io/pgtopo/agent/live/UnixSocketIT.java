package io.pgtopo.agent.live;

import static io.pgtopo.agent.live.Polls.endpoint;
import static io.pgtopo.agent.live.Polls.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.Identity;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.config.settings.ClientFiles;
import io.pgtopo.config.settings.Connection;
import io.pgtopo.config.settings.LocalSocket;
import io.pgtopo.config.settings.ServerTrust;
import io.pgtopo.lab.Lab;
import io.pgtopo.lab.LabCluster;
import io.pgtopo.lab.LabInstance;
import io.pgtopo.lab.Postgres;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Servers of the agent's own node, polled through their Unix sockets. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UnixSocketIT {
  private final Lab lab = Lab.open(Postgres.version(18), progress -> {});
  private final LabCluster cluster = lab.cluster("pg-test").primary(1).replica(2).start();
  private final LabInstance primary = cluster.instance(1);
  private final LabInstance replica = cluster.instance(2);
  private final Path sockets = openSockets(primary);

  UnixSocketIT() {
    primary.execute("CREATE ROLE pgtopo LOGIN IN ROLE pg_monitor");
  }

  private static Path openSockets(LabInstance instance) {
    var directory = instance.dataDirectory();
    instance.set("unix_socket_directories", directory.toString());
    instance.restart();
    return directory;
  }

  @AfterAll
  void close() {
    lab.close();
  }

  private static Connection login(Path sockets, String user, LabInstance own) {
    return login("dbuser_monitor", sockets, user, own);
  }

  private static Connection login(String networkUser, Path sockets, String user, LabInstance own) {
    return new Connection(
        networkUser,
        "postgres",
        Optional.empty(),
        ServerTrust.of(Connection.SslMode.PREFER),
        ClientFiles.NONE,
        Optional.of(
            new LocalSocket(sockets.toString(), user, new TreeSet<>(Set.of(endpoint(own))))),
        new TreeMap<>());
  }

  private static Identity identity(Observation observation) {
    assertThat(observation).isInstanceOf(Observation.Reachable.class);
    return ((Observation.Reachable) observation).facts().identity();
  }

  /** Who is logged in, and from where: a socket has no address. */
  private Optional<String> session() {
    return primary.value(
        """
        SELECT usename || ' ' || coalesce(host(client_addr), 'socket')
        FROM pg_stat_activity WHERE application_name = 'pgtopo'\
        """);
  }

  @Test
  void the_agents_own_server_is_polled_through_its_socket() {
    try (var probe = Polls.probe(login(sockets, "pgtopo", primary))) {
      var seen = identity(probe.observe(endpoint(primary)));

      assertThat(session()).contains("pgtopo socket");
      assertThat(seen.serverAddress()).contains(endpoint(primary));
    }
  }

  @Test
  void another_nodes_server_is_polled_by_network_alone() {
    try (var probe = Polls.probe(login(sockets, "pgtopo", replica))) {
      identity(probe.observe(endpoint(primary)));

      assertThat(session()).contains("dbuser_monitor 127.0.0.1");
    }
  }

  @Test
  void a_socket_that_refuses_the_login_is_replaced_by_the_network() {
    try (var probe = Polls.probe(login(sockets, "unknown_role", primary))) {
      identity(probe.observe(endpoint(primary)));

      assertThat(session()).contains("dbuser_monitor 127.0.0.1");
    }
  }

  @Test
  void if_neither_lets_in_both_say_why() {
    var login = login("unheard_of", sockets, "unknown_role", primary);

    var failure = failure(login, endpoint(primary));

    assertThat(failure.kind()).isEqualTo(Failure.Kind.AUTHENTICATION);
    assertThat(failure.message())
        .isEqualTo(
            "FATAL: role \"unheard_of\" does not exist; and through %s: FATAL: role \"unknown_role\" does not exist"
                .formatted(sockets.resolve(".s.PGSQL." + primary.port())));
  }

  /** All servers of the lab have one port, and addresses of their own. */
  @Test
  void the_socket_of_a_server_that_listens_elsewhere_is_not_taken_for_the_declared_one() {
    assertThat(primary.port()).isEqualTo(replica.port());

    try (var probe = Polls.probe(login(sockets, "pgtopo", replica))) {
      var seen = identity(probe.observe(endpoint(replica)));

      assertThat(seen.dataDirectory().ifSeen()).contains(replica.dataDirectory().toString());
    }
  }

  @Test
  void a_server_that_hangs_is_reported_in_time_though_a_socket_has_no_time_out() {
    try (var probe = Polls.probe(login(sockets, "pgtopo", primary))) {
      identity(probe.observe(endpoint(primary)));
      primary.freeze();
      try {
        assertThat(failure(probe.observe(endpoint(primary))).kind()).isEqualTo(Failure.Kind.HUNG);
        assertThat(failure(probe.observe(endpoint(primary))).kind()).isEqualTo(Failure.Kind.HUNG);
      } finally {
        primary.thaw();
      }
      Polls.untilReachable(() -> probe.observe(endpoint(primary)));
    }
  }

  @Test
  void a_restart_between_two_polls_is_no_failure_and_a_stop_is_one() {
    try (var probe = Polls.probe(login(sockets, "pgtopo", primary))) {
      var before = identity(probe.observe(endpoint(primary)));
      primary.restart();
      var after = identity(probe.observe(endpoint(primary)));
      assertThat(after.startedAt()).isAfter(before.startedAt());
      assertThat(session()).contains("pgtopo socket");

      primary.stop();
      try {
        assertThat(failure(probe.observe(endpoint(primary))).kind())
            .isEqualTo(Failure.Kind.REFUSED);
      } finally {
        primary.start();
      }
    }
  }
}
