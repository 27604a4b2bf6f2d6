package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.pgtopo.agent.observation.Dial;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.postgres.Dialler;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.settings.Connection;
import io.pgtopo.lab.Lab;
import io.pgtopo.lab.LabInstance;
import io.pgtopo.lab.Postgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Debian's PgBouncer between the agent and a server. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PoolerIT {
  private static final Connection LOGIN =
      new Connection("dbuser_monitor", "postgres", Optional.empty(), Connection.SslMode.DISABLE);

  private final Lab lab = Lab.open(Postgres.version(18), progress -> {});

  @BeforeAll
  void needsPgBouncer() {
    assumeThat(DebianPrograms.find("pgbouncer")).as("PgBouncer").isPresent();
  }

  @AfterAll
  void close() {
    lab.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"session", "transaction"})
  void a_server_is_seen_through_a_pooler_and_its_shared_session_stays_as_it_was(String mode)
      throws Exception {
    var server = lab.cluster("pg-" + mode).primary(1).start().instance(1);
    try (var pooler = new Pooler(server, mode);
        var probe = Polls.probe(LOGIN)) {
      var endpoint = new Endpoint("127.0.0.1", pooler.port);
      Polls.untilReachable(() -> probe.observe(endpoint));
      for (var poll = 0; poll < 10; poll++) {
        assertThat(probe.observe(endpoint)).isInstanceOf(Observation.Reachable.class);
      }

      if (mode.equals("transaction")) {
        assertThat(pooler.settings()).containsExactly("off", "\"$user\", public", "0");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"session", "transaction"})
  void a_client_of_a_service_reaches_the_server_behind_a_pooler(String mode) throws Exception {
    var server = lab.cluster("pg-dialled-" + mode).primary(1).start().instance(1);
    try (var pooler = new Pooler(server, mode)) {
      var endpoint = new Endpoint("127.0.0.1", pooler.port);
      Observation direct;
      // In session mode a kept connection is the only one.
      try (var probe = Polls.probe(LOGIN)) {
        Polls.untilReachable(() -> probe.observe(endpoint));
        direct = probe.observe(new Endpoint(server.host(), server.port()));
      }

      var dial = new Dialler(LOGIN, Watch.DEADLINE, InstantSource.system()::instant).dial(endpoint);

      assertThat(dial.answer())
          .isInstanceOfSatisfying(
              Dial.Answer.Server.class,
              it -> {
                assertThat(it.recovery()).isEqualTo(Dial.Recovery.IN_PRODUCTION);
                assertThat(it.is(((Observation.Reachable) direct).facts().identity())).isTrue();
              });
      if (mode.equals("transaction")) {
        assertThat(pooler.settings()).containsExactly("off", "\"$user\", public", "0");
      }
    }
  }

  /** One that gives all clients one session of the server. */
  private static final class Pooler implements AutoCloseable {
    private final Path directory;
    private final Process process;
    private final int port;

    Pooler(LabInstance server, String mode) throws IOException {
      directory = Files.createTempDirectory(DebianPrograms.base(), "pgtopo-pooler");
      try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        port = free.getLocalPort();
      }
      var settings = directory.resolve("pgbouncer.ini");
      Files.writeString(
          settings,
          """
          [databases]
          * = host=%s port=%d
          [pgbouncer]
          listen_addr = 127.0.0.1
          listen_port = %d
          unix_socket_dir =
          auth_type = any
          pool_mode = %s
          default_pool_size = 1
          """
              .formatted(server.host(), server.port(), port, mode)
              .replace("* = ", "postgres = user=dbuser_monitor "));
      DebianPrograms.run(List.of("chmod", "-R", "a+rX", directory.toString()));
      var program = DebianPrograms.find("pgbouncer").orElseThrow().toString();
      var command =
          DebianPrograms.isRoot()
              ? List.of(program, "-u", "postgres", settings.toString())
              : List.of(program, settings.toString());
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve("log").toFile())
              .start();
    }

    /** What another client of the shared session finds. */
    List<String> settings() throws SQLException {
      var url =
          "jdbc:postgresql://127.0.0.1:%d/postgres?user=other&sslmode=disable".formatted(port);
      try (var connection = DriverManager.getConnection(url);
          var row =
              connection
                  .createStatement()
                  .executeQuery(
                      """
                      SELECT current_setting('default_transaction_read_only'),
                             current_setting('search_path'), current_setting('statement_timeout')""")) {
        row.next();
        return List.of(row.getString(1), row.getString(2), row.getString(3));
      }
    }

    @Override
    public void close() throws IOException {
      DebianPrograms.end(process.toHandle());
      for (var file : List.of("pgbouncer.ini", "log", "")) {
        Files.delete(directory.resolve(file));
      }
    }
  }
}
