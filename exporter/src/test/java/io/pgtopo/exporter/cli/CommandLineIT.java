package io.pgtopo.exporter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.exporter.testing.Launched;
import io.pgtopo.exporter.testing.Tmux;
import io.pgtopo.lab.Lab;
import io.pgtopo.lab.LabCluster;
import io.pgtopo.lab.Postgres;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands as processes, before real servers and real terminals. */
class CommandLineIT {
  private static final Map<String, String> LOCKED =
      Map.of("PGUSER", "locked", "PGPASSWORD", "DBUser.Locked");

  @TempDir private Path folder = Path.of("");

  private static Lab open() {
    return Lab.open(Postgres.version(18), progress -> {});
  }

  private static LabCluster cascade(Lab lab) {
    return lab.cluster("pg-test").primary(1).replica(2).replica(3, plan -> plan.follows(2)).start();
  }

  private String inventory(Lab lab) throws IOException {
    return Files.writeString(folder.resolve("pigsty.yml"), lab.inventory()).toString();
  }

  @Test
  void exit_statuses_are_those_of_diff() throws IOException, InterruptedException {
    try (var lab = open()) {
      var cluster = cascade(lab);
      var inventory = inventory(lab);

      var agreement = Launched.run(Map.of(), "diff", "--inventory", inventory);
      cluster.instance(3).stop();
      var drift = Launched.run(Map.of(), "diff", "--inventory", inventory);
      cluster.instance(2).stop();
      cluster.instance(1).stop();
      var silent = Launched.run(Map.of(), "diff", "--inventory", inventory);

      assertThat(agreement)
          .isEqualTo(
              new Launched.Outcome(0, "", "1 cluster, 3 instances, 0 drifts, 0 unverifiable\n"));
      assertThat(drift.status()).isEqualTo(1);
      assertThat(drift.out())
          .contains(
              "- pg-test-3: replica\n+ pg-test-3: no answer: refused\n",
              "hint: pg-test-1 is primary: start pg-test-3 only with");
      assertThat(silent.status()).isEqualTo(2);
      assertThat(silent.err()).startsWith("pgtopo: no server answered (refused: 3)\n");
    }
  }

  @Test
  void a_login_is_found_where_psql_finds_it() throws IOException, InterruptedException {
    try (var lab = open()) {
      cascade(lab);
      var inventory = inventory(lab);
      var passwords = Files.writeString(folder.resolve("pass"), "*:*:*:locked:DBUser.Locked\n");
      var byFile = Map.of("PGUSER", "locked", "PGPASSFILE", passwords.toString());
      Files.writeString(
          folder.resolve("services"), "[fleet]\nuser=locked\npassword=DBUser.Locked\n");
      var byService =
          Map.of("PGSERVICE", "fleet", "PGSERVICEFILE", folder.resolve("services").toString());

      permit(passwords, "rw-------");
      assertThat(Launched.run(byFile, "diff", "--inventory", inventory).status()).isZero();
      assertThat(Launched.run(byService, "diff", "--inventory", inventory).status()).isZero();
      assertThat(Launched.run(LOCKED, "diff", "--inventory", inventory).status()).isZero();

      permit(passwords, "rw-r--r--");
      var open = Launched.run(byFile, "diff", "--inventory", inventory);
      assertThat(open.status()).isEqualTo(2);
      assertThat(open.err())
          .contains("wanted permissions u=rw (0600) or less", "(authentication: 3)")
          .doesNotContain("\tat ");
    }
  }

  private static void permit(Path file, String permissions) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
  }

  @Test
  void a_wrong_password_is_one_clear_sentence() throws IOException, InterruptedException {
    try (var lab = open()) {
      cascade(lab);
      var wrong = Map.of("PGUSER", "locked", "PGPASSWORD", "Sesame");

      var outcome = Launched.run(wrong, "tree", "--inventory", inventory(lab));

      assertThat(outcome.status()).isEqualTo(2);
      assertThat(outcome.out()).contains("FATAL: password authentication failed for user");
      assertThat(outcome.err()).startsWith("pgtopo: no server answered (authentication: 3)\n");
      assertThat(outcome.out() + outcome.err()).doesNotContain("Sesame", "\tat ");
    }
  }

  @Test
  void missing_privileges_of_real_servers_are_reported() throws IOException, InterruptedException {
    try (var lab = open()) {
      var replica = cascade(lab).instance(2);
      var uri = "postgresql://plain@%s:%d/postgres".formatted(replica.host(), replica.port());

      var plain = Launched.run(Map.of(), "grants", uri);
      var whole = Launched.run(LOCKED, "grants", replica.host() + ":" + replica.port());

      assertThat(plain.status()).isOne();
      assertThat(plain.out())
          .contains("pg_read_all_stats     missing", "pg_read_all_settings  missing")
          .endsWith("  GRANT pg_monitor TO plain;\n");
      assertThat(whole.status()).as(whole.toString()).isZero();
      assertThat(whole.out()).doesNotContain("missing");
    }
  }

  @Test
  void a_closed_pipe_ends_it_quietly() throws IOException, InterruptedException {
    try (var lab = open()) {
      cascade(lab);
      var words = String.join(" ", Launched.command("tree", "--watch", "--every", "100ms"));
      var piped = words + " --inventory " + inventory(lab) + " | head -n 3; exit ${PIPESTATUS[0]}";

      var outcome = Launched.outcome(Launched.start(Map.of(), List.of("bash", "-c", piped)));

      assertThat(outcome.status()).isZero();
      assertThat(outcome.out()).contains("pg-test");
      assertThat(outcome.err()).isEmpty();
    }
  }

  @Test
  void ctrl_c_ends_it_at_once_and_quietly() throws IOException, InterruptedException {
    try (var lab = open()) {
      cascade(lab).instance(3).stop();
      // A shell makes what it starts in the background ignore Ctrl-C, and so what that starts.
      var words =
          Stream.concat(
              Stream.of("env", "--default-signal=INT"),
              Launched.command("diff", "--wait", "10m", "--inventory", inventory(lab)).stream());
      var process = Launched.start(Map.of(), words.toList());
      var err =
          new BufferedReader(
              new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8));
      assertThat(err.readLine()).endsWith("waiting up to 10m");

      new ProcessBuilder("kill", "-INT", String.valueOf(process.pid())).start().waitFor();

      assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(130);
      assertThat(err.readLine()).isNull();
    }
  }

  @Test
  void a_watched_tree_is_redrawn_in_place_and_stays_on_the_screen()
      throws IOException, InterruptedException {
    try (var lab = open();
        var terminal = Tmux.open(80, 24)) {
      var cluster = cascade(lab);
      var words = Launched.command("tree", "--watch", "--every", "200ms", "--inventory");
      var script =
          Files.writeString(
              folder.resolve("watch"),
              "%s %s; echo ended $?%n".formatted(String.join(" ", words), inventory(lab)));

      terminal.type(". " + script);
      var healthy = terminal.await("a tree", screen -> screen.contains("pg-test-3"));
      cluster.instance(3).stop();
      var broken = terminal.await("a mark", it -> it.contains("✗ instance_unreachable"));

      assertThat(healthy).contains("in sync", "└─ pg-test-2");
      for (var screen : List.of(healthy, broken)) {
        assertThat(screen.lines().filter(line -> line.contains("every 200ms"))).hasSize(1);
        assertThat(screen.lines().findFirst().orElseThrow()).contains("every 200ms");
      }

      terminal.resize(200, 24);
      terminal.await("what only a wide screen shows", it -> it.contains("PostgreSQL 18"));

      terminal.press("C-c");
      var left = terminal.await("the shell", it -> it.contains("ended 130"));
      assertThat(left).contains(". " + script, "✗ instance_unreachable").doesNotContain("\tat ");

      terminal.type(". " + script);
      terminal.await("a tree", screen -> screen.contains("every 200ms"));
      terminal.press("q");
      terminal.await("the shell", it -> it.contains("ended 0"));
    }
  }
}
