package io.pgtopo.exporter.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.pgtopo.agent.Agent;
import io.pgtopo.agent.fetch.BasicLogin;
import io.pgtopo.agent.fetch.Fetcher;
import io.pgtopo.agent.haproxy.HaproxyReader;
import io.pgtopo.agent.postgres.Dialler;
import io.pgtopo.agent.postgres.JdbcProbe;
import io.pgtopo.config.Config;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Secret;
import io.pgtopo.config.model.Service;
import io.pgtopo.exporter.cli.Cli;
import io.pgtopo.exporter.daemon.Daemon;
import io.pgtopo.exporter.platform.CliContext;
import io.pgtopo.exporter.platform.Screen;
import io.pgtopo.exporter.text.Style;
import io.pgtopo.lab.Lab;
import io.pgtopo.lab.LabCluster;
import io.pgtopo.lab.LabInstance;
import io.pgtopo.lab.Postgres;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A switchover that nobody enters into the inventory, in front of real servers and a real HAProxy:
 * what metrics, API, command line and alert say of the service that leads to the wrong server.
 */
@DisplayName("MisroutedServiceIT (skipped where HAProxy, Prometheus or Alertmanager is missing)")
@Timeout(300)
class MisroutedServiceIT {
  private static final int STATISTICS = 9101;
  private static final int CHECKS = 8008;
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Map<String, String> SETTINGS =
      Map.of(
          "PGTOPO_INTERVAL", "500ms",
          "PGTOPO_HYSTERESIS", "1s",
          "PGTOPO_GRACE", "0s",
          "PGTOPO_SERVICES_DIAL", "true",
          "PGTOPO_SERVICES_HAPROXY", "true");

  private static final String IN_SYNC = "count(pgtopo_cluster_sync{state=\"in_sync\"} == 1) == 1";
  private static final String MISROUTED =
      "pgtopo_drift{cls=\"pg-test\",kind=\"service_misrouted\",part=\"service replica\",severity=\"warning\",state=\"firing\"}";
  private static final Pattern REACHED =
      Pattern.compile(
          "^pgtopo_service_serving[{]cls=\"pg-test\",ins=\"pg-test-2\",.*svc=\"replica\"[}] 1");

  private final HttpClient client = HttpClient.newHttpClient();
  private final Fetcher fetcher = new Fetcher(Duration.ofSeconds(2), 1 << 20, Optional.empty());

  private Process balancer;

  @TempDir private Path directory;

  @AfterEach
  void close() {
    client.close();
    fetcher.close();
  }

  @Test
  void a_switchover_that_nobody_declares_is_told_everywhere_until_the_services_are_right()
      throws Exception {
    var haproxy = OtherPrograms.find("haproxy");
    try (var lab = Lab.open(Postgres.version(18), progress -> {})) {
      var cluster = lab.cluster("pg-test").primary(1).replica(2).start();
      var inventory =
          lab.inventory()
              .replace(
                  "pg_cluster: pg-test", "pg_cluster: pg-test, pg_default_service_dest: postgres");
      var config = new AtomicReference<Config>(config(inventory));
      var checks = cluster.instances().stream().map(MisroutedServiceIT::checks).toList();
      balancer = balancer(haproxy, cluster, config.get(), "");
      try (var daemon = Daemon.start(config.get(), config::get, context(), 0);
          var stage = new AlertStage(directory, List.of(daemon.port()))) {
        stage.await(IN_SYNC);
        until("clients get the replica", () -> cli("tree"), it -> it.contains("services replica"));

        cluster.awaitReplay();
        cluster.instance(1).stop();
        cluster.instance(2).promote();
        cluster.instance(1).demote(cluster.instance(2));

        isTold(daemon.port(), stage);

        // What is declared is put right, and the services are rendered from it.
        config.set(
            config(
                inventory
                    .replace("pg_seq: 1, pg_role: primary", "pg_seq: 1, pg_role: replica")
                    .replace("pg_seq: 2, pg_role: replica", "pg_seq: 2, pg_role: primary")));
        client.send(
            HttpRequest.newBuilder(uri(daemon.port(), "/-/reload"))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build(),
            HttpResponse.BodyHandlers.discarding());
        OtherPrograms.end(balancer);
        balancer = balancer(haproxy, cluster, config.get(), "");

        stage.await(IN_SYNC);
        stage.awaitNotification(0, "resolved", "PgtopoServiceMisrouted");
        until(
            "no drift",
            () -> cli("diff"),
            it -> it.contains("2 instances, 0 drifts, 0 unverifiable"));
        assertThat(get(daemon.port(), "/api/v1/drift")).doesNotContain("service_misrouted");

        // A service that only the load balancer has.
        OtherPrograms.end(balancer);
        balancer =
            balancer(
                haproxy,
                cluster,
                config.get(),
                "listen pg-test-reports%n    bind %s:5499%n    server pg-test-1 %s:%d%n"
                    .formatted(
                        cluster.instance(1).host(),
                        cluster.instance(1).host(),
                        cluster.instance(1).port()));
        var services =
            until("it has a row", () -> cli("services"), it -> it.contains("not declared"));
        assertThat(services)
            .containsPattern(
                "reports +- +not declared +- +- +- +- +- +pg-test-1 +- +backend_mismatch");
      } finally {
        checks.forEach(it -> it.stop(0));
        OtherPrograms.end(balancer);
      }
    }
  }

  /** The consequence is in one sentence wherever there are sentences. */
  private void isTold(int port, AlertStage stage) throws IOException, InterruptedException {
    stage.awaitNotification(0, "firing", "PgtopoServiceMisrouted");
    stage.awaitDescription(
        "PgtopoServiceMisrouted",
        "reads load the primary",
        "By health check and role it leads to pg-test-2 (primary).",
        "Load balancers send connections to pg-test-2.");
    until(
        "the metrics have it",
        () -> get(port, "/metrics"),
        it ->
            it.lines().anyMatch(line -> line.startsWith(MISROUTED) && line.endsWith(" 1.0"))
                && it.lines().filter(REACHED.asPredicate()).count() == 2);
    var api =
        until(
            "the API has it",
            () -> get(port, "/api/v1/drift"),
            it -> it.contains("all reads through it load the primary"));
    assertThat(api).contains("pg-test-1 is only a backup, and gets no connection");
    var diff =
        until(
            "the command line has it",
            () -> cli("diff"),
            it -> it.contains("so all reads through it load the primary"));
    assertThat(diff).contains("leads to pg-test-2 (the primary)");
    var tree =
        until(
            "the tree has the services of the new primary",
            () -> cli("tree"),
            it -> it.contains("services primary, replica, default"));
    assertThat(tree.lines().filter(line -> line.contains("services "))).hasSize(1);
  }

  private interface Text {
    String read() throws IOException, InterruptedException;
  }

  private static String until(String what, Text text, Predicate<String> condition)
      throws IOException, InterruptedException {
    var end = Instant.now().plus(PATIENCE);
    while (true) {
      var found = text.read();
      if (condition.test(found)) {
        return found;
      }
      assertThat(Instant.now()).as("%s, but%n%s", what, found).isBefore(end);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
    }
  }

  private String cli(String command) {
    var out = new StringWriter();
    Cli.create(context())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(out, true))
        .execute(command, "--inventory", directory.resolve("pigsty.yml").toString());
    return out.toString();
  }

  private CliContext context() {
    var clock = Clock.systemUTC();
    return new CliContext(
        settings -> {
          var probe = new JdbcProbe(settings.connection(), settings.deadline(), clock::instant);
          var dialler = new Dialler(settings.connection(), Duration.ofSeconds(2), clock::instant);
          var login = Optional.of(new BasicLogin("haproxy", new Secret("haproxy")));
          var reader =
              new HaproxyReader(fetcher, login, it -> Optional.of("/haproxy/"), clock::instant);
          return new CliContext.OpenProbe(
              probe,
              new Agent.Readers(
                  Optional.of(dialler::dial),
                  Optional.of(node -> reader.read(new Endpoint(node, STATISTICS))),
                  Optional.empty()),
              probe::close,
              registry -> {});
        },
        clock::instant,
        SETTINGS,
        List.of(),
        Style.PLAIN,
        Screen.NONE);
  }

  private Config config(String inventory) throws IOException {
    var file = Files.writeString(directory.resolve("pigsty.yml"), inventory);
    return Config.load(Optional.empty(), List.of(file.toString()), SETTINGS);
  }

  /** Answers health checks on the node of a server as Patroni does. */
  private static HttpServer checks(LabInstance instance) {
    try {
      var server =
          HttpServer.create(
              new InetSocketAddress(InetAddress.getAllByName(instance.host())[0], CHECKS), 0);
      server.createContext(
          "/",
          exchange -> {
            try (exchange) {
              exchange.sendResponseHeaders(
                  passes(instance, exchange.getRequestURI()) ? 200 : 503, -1);
            }
          });
      server.start();
      return server;
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private static boolean passes(LabInstance instance, URI check) {
    if (!instance.isRunning()) {
      return false;
    }
    var isReplica = instance.value("SELECT pg_is_in_recovery()").equals(Optional.of("t"));
    return switch (check.getPath()) {
      case "/primary" -> !isReplica;
      case "/replica" -> isReplica;
      default -> true;
    };
  }

  private Process balancer(String program, LabCluster cluster, Config config, String more)
      throws IOException {
    var file = directory.resolve("haproxy.cfg");
    Files.writeString(
        file, configuration(cluster, config.inventory().clusters().getFirst()) + more);
    return new ProcessBuilder(program, "-db", "-f", file.toString())
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("haproxy.log").toFile())
        .start();
  }

  /** One process at the addresses of all nodes. */
  private static String configuration(LabCluster cluster, Cluster declared) {
    var text =
        new StringBuilder(
            """
            defaults
                mode tcp
                timeout connect 1s
                timeout check 3s
                timeout client 30s
                timeout server 30s
            """);
    text.append("listen stats\n    mode http\n");
    cluster
        .instances()
        .forEach(it -> text.append("    bind %s:%d%n".formatted(it.host(), STATISTICS)));
    text.append(
        """
            http-request use-service prometheus-exporter if { path /metrics }
            stats enable
            stats uri /haproxy/
            stats auth haproxy:haproxy
        """);
    for (var service : declared.services()) {
      text.append("listen %s%n".formatted(service.fullName(declared.name())));
      cluster
          .instances()
          .forEach(
              it -> text.append("    bind %s:%d%n".formatted(it.host(), service.listen().port())));
      text.append(
          """
              option httpchk
              http-check send meth OPTIONS uri %s
              http-check expect status 200
              default-server inter 200ms fastinter 100ms fall 2 rise 1 on-marked-down shutdown-sessions
          """
              .formatted(service.definition().check()));
      service.members().forEach(server -> text.append(line(server, "")));
      service.backups().forEach(server -> text.append(line(server, " backup")));
    }
    return text.toString();
  }

  private static String line(Service.Server server, String use) {
    return "    server %s %s check port %d weight %d%s%n"
        .formatted(server.instance(), server.endpoint(), CHECKS, server.weight(), use);
  }

  private String get(int port, String path) throws IOException, InterruptedException {
    return client
        .send(HttpRequest.newBuilder(uri(port, path)).build(), HttpResponse.BodyHandlers.ofString())
        .body();
  }

  private static URI uri(int port, String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }
}
