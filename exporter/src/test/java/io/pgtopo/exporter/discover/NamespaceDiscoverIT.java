package io.pgtopo.exporter.discover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pgtopo.exporter.cli.Cli;
import io.pgtopo.exporter.testing.RealServers;
import io.pgtopo.lab.Lab;
import io.pgtopo.lab.LabNetwork;
import io.pgtopo.lab.LabOptions;
import io.pgtopo.lab.Postgres;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName(
    "NamespaceDiscoverIT (skipped where the user may not make network namespaces: needs root)")
class NamespaceDiscoverIT {
  private static final LabOptions OPTIONS =
      LabOptions.of(Postgres.version(18)).network(LabNetwork.NAMESPACES);

  @TempDir private Path folder = Path.of("");

  @BeforeEach
  void needsNamespaces() {
    assumeTrue(LabNetwork.NAMESPACES.isAvailable(), "network namespaces need root");
  }

  @Test
  void from_any_member_everything_is_found_and_diff_reports_no_drift() throws IOException {
    try (var lab = Lab.open(OPTIONS)) {
      var first =
          lab.cluster("pg-test")
              .primary(1, it -> it.set("synchronous_standby_names", "FIRST 1 (\"pg-test-2\")"))
              .replica(2)
              .replica(3, it -> it.follows(2))
              .replica(4, it -> it.delay(Duration.ofMinutes(90)))
              .start();
      var second =
          lab.cluster("pg-test-dr").primary(1).replica(2).standbyOf(first.instance(1)).start();
      for (var begin :
          new io.pgtopo.lab.LabInstance[] {
            first.instance(1), first.instance(3), first.instance(4), second.instance(2)
          }) {
        var found = new StringWriter();
        var err = new StringWriter();

        assertThat(run(found, err, "discover", "--from", begin.host() + ":" + begin.port()))
            .as(begin + ": " + found + err)
            .isZero();

        assertThat(err).hasToString("3 clusters, 6 instances; with it, diff reports no drift\n");
        assertThat(found.toString()).contains("pg_delay: 90min }", "pg-test-dr:", "pg_rpo: 0");
        var file = Files.writeString(folder.resolve("found.yml"), found.toString()).toString();
        var diff = new StringWriter();
        assertThat(run(diff, err, "diff", "--inventory", file)).as(diff.toString()).isZero();
      }
    }
  }

  /** A crawl finds one after the other, and has the time of one cycle for all of them. */
  @Test
  void a_server_that_answers_too_late_for_the_crawl_is_found_all_the_same() {
    try (var lab = Lab.open(OPTIONS)) {
      var cluster =
          lab.cluster("pg-test").primary(1).replica(2).replica(3, it -> it.follows(2)).start();
      cluster
          .instances()
          .forEach(
              it -> {
                it.set("pre_auth_delay", "1");
                it.reload();
              });
      for (var begin : List.of(cluster.instance(3), cluster.instance(1))) {
        var found = new StringWriter();
        var err = new StringWriter();

        assertThat(run(found, err, "discover", "--from", begin.host() + ":" + begin.port()))
            .as(begin + ": " + found + err)
            .isZero();

        assertThat(err).hasToString("1 cluster, 3 instances; with it, diff reports no drift\n");
      }
    }
  }

  private static int run(StringWriter out, StringWriter err, String... arguments) {
    return Cli.create(RealServers.context())
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(arguments);
  }
}
