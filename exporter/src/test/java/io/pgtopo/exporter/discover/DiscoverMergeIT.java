package io.pgtopo.exporter.discover;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.config.Config;
import io.pgtopo.config.model.Inventory;
import io.pgtopo.config.model.Policy;
import io.pgtopo.exporter.cli.Cli;
import io.pgtopo.exporter.platform.CommandFailed;
import io.pgtopo.exporter.testing.RealServers;
import io.pgtopo.lab.Lab;
import io.pgtopo.lab.LabCluster;
import io.pgtopo.lab.LabInstance;
import io.pgtopo.lab.Postgres;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An inventory that is kept by hand is changed as little as possible. */
class DiscoverMergeIT {
  private static final String HOLDINGS =
      """
      vars:
        pg_users: [ { name: plain }, { name: locked } ]
        pg_databases:
        - { name: shop }
        pg_cluster: pg-test
        pg_port:\
      """;

  @TempDir private Path folder = Path.of("");

  private record Outcome(int status, String out, String err) {}

  private static Outcome run(String... arguments) {
    var out = new StringWriter();
    var err = new StringWriter();
    var status =
        Cli.create(RealServers.context())
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(arguments);
    return new Outcome(status, out.toString(), err.toString());
  }

  private static String at(LabInstance instance) {
    return instance.host() + ":" + instance.port();
  }

  private Path write(String text) throws IOException {
    return Files.writeString(folder.resolve("pigsty.yml"), text);
  }

  private static String cascade(Lab lab) {
    var cluster =
        lab.cluster("pg-test")
            .primary(1)
            .replica(2)
            .replica(3)
            .replica(4, it -> it.follows(2))
            .start();
    return """
    # kept by hand
    all:
      children:
        pg-test:
          hosts:
            %s: { pg_seq: 1, pg_role: primary }   # the old box
            %s:
              pg_seq: 2
              pg_role: replica      # the new box
            %s: { pg_seq: 3, pg_role: replica }
            %s: { pg_seq: 4, pg_role: replica, pg_upstream: %s }

          # what it holds
          vars: { pg_cluster: pg-test, pg_port: %d }
    """
        .formatted(
            cluster.instance(1).host(),
            cluster.instance(2).host(),
            cluster.instance(3).host(),
            cluster.instance(4).host(),
            cluster.instance(2).host(),
            cluster.instance(1).port());
  }

  @Test
  void a_cluster_in_sync_needs_no_patch() throws IOException {
    try (var lab = Lab.open(Postgres.version(18), progress -> {})) {
      var file = write(cascade(lab));

      var merged = run("discover", "--merge", file.toString());

      assertThat(merged.out()).isEmpty();
      assertThat(merged.err())
          .isEqualTo("nothing to change in " + file + "; with it, diff reports no drift\n");
      assertThat(merged.status()).isZero();
    }
  }

  @Test
  void a_switchover_and_a_new_replica_are_a_patch_that_applies()
      throws IOException, InterruptedException {
    try (var lab = Lab.open(Postgres.version(18), progress -> {})) {
      var text = cascade(lab);
      var file = write(text);
      var cluster = lab.clusters().getFirst();
      cluster.awaitReplay();
      cluster.instance(1).stop();
      cluster.instance(2).promote();
      cluster.instance(1).demote(cluster.instance(2));
      cluster.instance(3).follow(cluster.instance(2));
      cluster.instance(1).awaitStreaming();
      cluster.instance(3).awaitStreaming();
      var added = cluster.addUndeclared(5, cluster.instance(3));

      var merged = run("discover", "--merge", "pigsty.yml", "--from", at(added));
      assertThat(merged.status()).as(merged.toString()).isEqualTo(2);
      merged = run("discover", "--merge", file.toString(), "--from", at(added));

      assertThat(merged.status()).as(merged.toString()).isZero();
      assertThat(merged.err())
          .isEqualTo(
              file + " is not changed; --write changes it; with it, diff reports no drift\n");
      assertThat(file).hasContent(text);
      var expected =
          text.replace("pg_role: primary }   # the old", "pg_role: replica }   # the old")
              .replace("pg_role: replica      # the new", "pg_role: primary      # the new")
              .replace(", pg_upstream: " + cluster.instance(2).host(), "")
              .replace(
                  "\n\n      # what",
                  "\n        %s: { pg_seq: 5, pg_role: replica, pg_upstream: %s }%n%n      # what"
                      .formatted(added.host(), cluster.instance(3).host()));
      for (var tool : List.of(List.of("patch", "-p0", "--quiet"), List.of("git", "apply", "-p0"))) {
        assertThat(apply(tool, merged.out().replace(file.toString(), "copy.yml"), text))
            .isEqualTo(expected);
      }

      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
      var written = run("discover", "--merge", file.toString(), "--from", at(added), "--write");
      assertThat(written.status()).isZero();
      assertThat(written.out()).isEqualTo(merged.out());
      assertThat(file).hasContent(expected);
      assertThat(Files.getPosixFilePermissions(file))
          .isEqualTo(PosixFilePermissions.fromString("rw-r-----"));
      try (var left = Files.list(folder)) {
        assertThat(left.filter(it -> it.toString().endsWith(".new"))).isEmpty();
      }
      assertThat(run("diff", "--inventory", file.toString()).status()).isZero();
    }
  }

  private String apply(List<String> tool, String patch, String text)
      throws IOException, InterruptedException {
    var copy = Files.writeString(folder.resolve("copy.yml"), text);
    var process =
        new ProcessBuilder(tool).directory(folder.toFile()).redirectErrorStream(true).start();
    try (var stdin = process.getOutputStream()) {
      stdin.write(patch.getBytes(StandardCharsets.UTF_8));
    }
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("%s: %s%n%s", tool, said, patch).isZero();
    return Files.readString(copy);
  }

  @Test
  void new_clusters_databases_and_users_are_added() throws IOException {
    try (var lab = Lab.open(Postgres.version(18), progress -> {})) {
      var text =
          cascade(lab)
              .replace(
                  "      vars: { pg_cluster: pg-test, pg_port: ",
                  HOLDINGS.indent(6).stripTrailing() + " ")
              .replaceAll("(pg_port: \\d+) }", "$1");
      var file = write(text);
      var first = lab.clusters().getFirst();
      first.instance(1).execute("CREATE DATABASE shop");
      first.instance(1).execute("CREATE DATABASE depot");
      first.instance(1).execute("CREATE ROLE clerk LOGIN");
      var other = lab.cluster("pg-dr").primary(1).replica(2).standbyOf(first.instance(1)).start();

      var merged =
          run("discover", "--merge", file.toString(), "--from", at(other.instance(2)), "--write");

      assertThat(merged.status()).as(merged.toString()).isZero();
      assertThat(Files.readString(file))
          .startsWith(
              text.replace("{ name: locked } ]", "{ name: locked }, { name: clerk } ]")
                  .replace("- { name: shop }\n", "- { name: shop }\n        - { name: depot }\n"))
          .contains(
              "\n    pg-dr:\n      hosts:\n        " + other.instance(1).host() + ": { pg_seq: 1");
      assertThat(run("diff", "--inventory", file.toString()).status()).isZero();
    }
  }

  @Test
  void a_missing_or_mistyped_upstream_of_a_standby_cluster_is_repaired() throws IOException {
    try (var lab = Lab.open(Postgres.version(18), progress -> {})) {
      var first = lab.cluster("pg-test").primary(1).replica(2).start();
      var second = lab.cluster("pg-dr").primary(1).replica(2).standbyOf(first.instance(1)).start();
      var right = standbyCluster(first, second, ", pg_upstream: " + first.instance(1).host());
      for (var wrong :
          List.of(
              "", ", pg_upstream: 127.77.99.99", ", pg_upstream: " + first.instance(2).host())) {
        var file = write(standbyCluster(first, second, wrong));

        var merged = run("discover", "--merge", file.toString(), "--write");

        assertThat(merged.status()).as(wrong + merged).isZero();
        assertThat(Files.readString(file)).as(wrong).isEqualTo(right);
        assertThat(run("diff", "--inventory", file.toString()).status()).isZero();
      }
    }
  }

  @Test
  void a_change_of_the_standby_leader_is_a_change_of_roles_and_upstreams() throws IOException {
    try (var lab = Lab.open(Postgres.version(18), progress -> {})) {
      var first = lab.cluster("pg-test").primary(1).replica(2).start();
      var second = lab.cluster("pg-dr").primary(1).replica(2).standbyOf(first.instance(1)).start();
      var upstream = ", pg_upstream: " + first.instance(1).host();
      var file = write(standbyCluster(first, second, upstream));
      second.instance(2).follow(first.instance(1));
      second.instance(2).awaitStreaming();
      second.instance(1).follow(second.instance(2));
      second.instance(1).awaitStreaming();

      var merged = run("discover", "--merge", file.toString(), "--write");

      assertThat(merged.status()).as(merged.toString()).isZero();
      assertThat(Files.readString(file))
          .contains(
              second.instance(1).host() + ": { pg_seq: 1, pg_role: replica }\n",
              second.instance(2).host() + ": { pg_seq: 2, pg_role: primary" + upstream + " }\n");
    }
  }

  private static String standbyCluster(LabCluster first, LabCluster second, String upstream) {
    return """
    all:
      children:
        pg-test:
          hosts:
            %s: { pg_seq: 1, pg_role: primary }
            %s: { pg_seq: 2, pg_role: replica }
          vars: { pg_cluster: pg-test, pg_port: %d }
        pg-dr:
          hosts:
            %s: { pg_seq: 1, pg_role: primary%s }
            %s: { pg_seq: 2, pg_role: replica }
          vars: { pg_cluster: pg-dr, pg_port: %d }
    """
        .formatted(
            first.instance(1).host(),
            first.instance(2).host(),
            first.instance(1).port(),
            second.instance(1).host(),
            upstream,
            second.instance(2).host(),
            second.instance(1).port());
  }

  @Test
  void the_login_of_the_inventory_is_used() throws IOException {
    try (var lab = Lab.open(Postgres.version(18), progress -> {})) {
      var login = "pg_monitor_username: locked, pg_monitor_password: DBUser.Locked, pg_cluster";
      var file = write(cascade(lab).replace("{ pg_cluster", "{ " + login));

      assertThat(run("discover", "--merge", file.toString()).err())
          .isEqualTo("nothing to change in " + file + "; with it, diff reports no drift\n");
      assertThat(
              run(
                  "discover",
                  "--merge",
                  write(Files.readString(file).replace("Locked,", "Wrong,")).toString()))
          .extracting(Outcome::status)
          .isEqualTo(2);
    }
  }

  @Test
  void what_is_not_declared_in_the_file_is_reported_and_not_changed() throws IOException {
    try (var lab = Lab.open(Postgres.version(18), progress -> {})) {
      var text = cascade(lab).replaceFirst(": \\{ pg_seq: 1, pg_role: primary \\}", ": {}");
      var file = write(text);
      var cluster = lab.clusters().getFirst();
      var variables = Files.createDirectories(folder.resolve("host_vars"));
      Files.writeString(
          variables.resolve(cluster.instance(1).host()), "{ pg_seq: 1, pg_role: replica }\n");

      var merged = run("discover", "--merge", file.toString());

      assertThat(merged.status()).isOne();
      assertThat(merged.out()).isEmpty();
      assertThat(merged.err())
          .contains(
              "pgtopo: set pg_role of pg-test-1 to primary: not possible in place in this file");
    }
  }

  @Test
  void a_file_that_was_changed_meanwhile_is_not_overwritten() throws IOException {
    var file = write("all: {}\n");
    var read =
        new MergedFile(
            file,
            "all: { }\n",
            new Config(
                Config.settings(Optional.empty(), Map.of()),
                new Inventory(List.of()),
                Policy.NONE,
                Optional.empty(),
                List.of(),
                List.of()));

    org.assertj.core.api.Assertions.assertThatThrownBy(() -> read.replace("all: {new: {}}\n"))
        .isInstanceOf(CommandFailed.class)
        .hasMessageContaining("was changed meanwhile; nothing is written");
    assertThat(file).hasContent("all: {}\n");
  }

  @Test
  void bad_usage_is_one_sentence() throws IOException {
    var file = write("all: {}\n").toString();

    assertThat(run("discover").err()).startsWith("pgtopo: wanted --from SERVER, or --merge FILE.");
    assertThat(run("discover", "--from", "127.0.0.1", "--write").err())
        .startsWith("pgtopo: --write needs --merge FILE, the file to change");
    assertThat(run("discover", "--merge", folder.toString()).err()).contains("a directory");
    assertThat(run("discover", "--merge", file).err()).startsWith("pgtopo: ");
    assertThat(run("discover", "--merge", file).status()).isEqualTo(2);
  }
}
