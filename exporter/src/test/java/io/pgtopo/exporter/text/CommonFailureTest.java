package io.pgtopo.exporter.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.exporter.testing.Server;
import io.pgtopo.exporter.testing.Stories;
import io.pgtopo.exporter.testing.World;
import io.pgtopo.exporter.view.SnapshotReport;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What keeps the agent from every server is said once, and no server is to be started for it. */
class CommonFailureTest {

  private static SnapshotReport report(Failure.Kind kind, IntFunction<String> message) {
    return report(
        IntStream.rangeClosed(1, 4)
            .mapToObj(it -> Server.silent(it, kind, message.apply(it)))
            .toList());
  }

  private static SnapshotReport report(List<Observation> seen) {
    return SnapshotReport.of(World.lasting(seen));
  }

  private static String diff(SnapshotReport report) {
    return DiffText.render(report, Style.PLAIN);
  }

  @Test
  void a_wrong_password_is_one_section() {
    var report =
        report(
            Failure.Kind.AUTHENTICATION,
            it -> "FATAL: password authentication failed for user \"dbuser_monitor\"");

    assertThat(diff(report))
        .isEqualTo(
            """
            login refused by all 4 servers
                10.10.10.11:5432, 10.10.10.12:5432, 10.10.10.13:5432, 10.10.10.14:5432
                FATAL: password authentication failed for user "dbuser_monitor"
                hint: the servers run: start nothing; set its password: PGPASSWORD,
                      ~/.pgpass, or connection.password_file; and the user, if it is another
                      one: PGUSER, or connection.user. 'pgtopo grants SERVER' tries it on
                      one server, and prints the SQL that creates the user

            """);
    assertThat(TreeText.render(report, Style.PLAIN))
        .startsWith("login refused by all 4 servers\n")
        .contains("\npg-test  system ?  0/4 reachable  4 drifts")
        .doesNotContain("instance_unreachable");
  }

  @Test
  void each_refusal_says_what_to_set() {
    assertThat(
            diff(
                report(
                    Failure.Kind.AUTHENTICATION,
                    it -> "FATAL: no pg_hba.conf entry for host \"10.10.10.1\"")))
        .contains("hint: the servers run: start nothing; allow this host and user in");
    assertThat(diff(report(Failure.Kind.TLS, it -> "The server does not support SSL.")))
        .startsWith("no TLS connection to all 4 servers\n")
        .contains("hint: set connection.sslmode");
    assertThat(diff(report(Failure.Kind.DNS, it -> "db-%d: unknown host".formatted(it))))
        .startsWith("no address for all 4 servers\n")
        .contains("db-1: unknown host", "db-3: unknown host", "and 1 other message")
        .doesNotContain("db-4: unknown");
  }

  @Test
  void where_a_server_answers_or_fails_otherwise_each_has_its_section() {
    var refused = Server.silent(3, Failure.Kind.AUTHENTICATION, "FATAL: password");
    var one =
        List.<Observation>of(
            Stories.healthy().getFirst(),
            Server.silent(2, Failure.Kind.AUTHENTICATION, "FATAL: password"),
            refused,
            Server.silent(4, Failure.Kind.AUTHENTICATION, "FATAL: password"));

    assertThat(diff(report(one))).startsWith("pg-test").contains("pg-test-3 runs and refuses");
    assertThat(diff(report(Stories.allUnreachable()))).startsWith("pg-test");
    assertThat(diff(report(Failure.Kind.REFUSED, it -> "Connection refused.")))
        .startsWith("pg-test  sync unknown, health missing: ");
  }
}
