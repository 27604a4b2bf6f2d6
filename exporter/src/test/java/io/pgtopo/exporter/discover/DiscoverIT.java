package io.pgtopo.exporter.discover;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.config.model.Printable;
import io.pgtopo.exporter.cli.Cli;
import io.pgtopo.exporter.testing.RealServers;
import io.pgtopo.lab.Lab;
import io.pgtopo.lab.LabInstance;
import io.pgtopo.lab.Postgres;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * With the inventory that discover writes, diff reports no drift. On loopback addresses an upstream
 * does not know where its replicas are, so the crawl begins with these; {@link NamespaceDiscoverIT}
 * begins with a primary.
 */
class DiscoverIT {
  @TempDir private Path folder = Path.of("");

  private record Outcome(int status, String out, String err) {}

  private static Lab open() {
    return Lab.open(Postgres.version(18), progress -> {});
  }

  private static String at(LabInstance instance) {
    return instance.host() + ":" + instance.port();
  }

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

  private static Outcome discover(LabInstance... from) {
    var words = new ArrayList<>(List.of("discover", "--from"));
    for (var instance : from) {
      words.add(at(instance));
    }
    return run(words.toArray(String[]::new));
  }

  /** Feeds it back. */
  private void assertWhole(Outcome found) throws IOException {
    assertThat(found.status()).as(found.toString()).isZero();
    var file = Files.writeString(folder.resolve("found.yml"), found.out()).toString();
    var diff = run("diff", "--inventory", file);
    assertThat(diff.out()).isEmpty();
    assertThat(diff.status()).as(diff.toString()).isZero();
    assertThat(run("check", "--strict", file)).extracting(Outcome::status).isEqualTo(0);
  }

  @Test
  void a_single_server_with_its_databases_and_roles() throws IOException {
    try (var lab = open()) {
      var primary = lab.cluster("pg-test").primary(1).start().instance(1);
      primary.execute(
          "CREATE ROLE \"shop owner\" NOLOGIN CREATEDB VALID UNTIL '2030-12-31 20:00Z'");
      primary.execute("CREATE ROLE app LOGIN CONNECTION LIMIT 5 IN ROLE \"shop owner\"");
      primary.execute("CREATE DATABASE \"{{ shop }}\" OWNER \"shop owner\" CONNECTION LIMIT 9");

      var found = discover(primary);

      assertThat(found.out())
          .contains(
              "      - { name: !unsafe \"{{ shop }}\", owner: \"shop owner\", connlimit: 9 }\n")
          .contains("      - { name: app, connlimit: 5, roles: [ \"shop owner\" ] }\n")
          .contains("login: false, createdb: true, expire_at: '2031-01-01' }  # guess: ");
      assertWhole(found);
    }
  }

  @Test
  void schemas_extensions_and_the_right_to_grant_are_written() throws IOException {
    try (var lab = open()) {
      var primary = lab.cluster("pg-test").primary(1).start().instance(1);
      primary.execute("CREATE ROLE crew NOLOGIN");
      primary.execute("CREATE ROLE hands NOLOGIN");
      primary.execute("CREATE ROLE boss");
      primary.execute("GRANT crew TO boss WITH ADMIN OPTION");
      primary.execute("GRANT hands TO boss");
      primary.execute("CREATE DATABASE shop");
      primary.execute("CREATE DATABASE shut ALLOW_CONNECTIONS false");
      inside(primary, "shop", "CREATE SCHEMA \"on sale\" AUTHORIZATION boss");
      inside(primary, "shop", "CREATE SCHEMA plain");
      inside(primary, "shop", "CREATE EXTENSION citext SCHEMA plain");
      inside(primary, "shop", "CREATE SCHEMA made; ALTER EXTENSION citext ADD SCHEMA made");

      var found = discover(primary);

      assertThat(found.out())
          .contains(
              "{ name: shop, schemas: [ { name: \"on sale\", owner: boss }, plain ],"
                  + " extensions: [ { name: citext, schema: plain } ] }\n")
          .contains("{ name: shut, allowconn: false }  # schemas and extensions were not read: ")
          .contains("{ name: boss, login: false, roles: [ { name: crew, admin: true }, hands ] }");
      assertWhole(found);
      inside(primary, "shop", "DROP SCHEMA \"on sale\"");
      primary.execute("REVOKE ADMIN OPTION FOR crew FROM boss");
      var later = run("diff", "--inventory", folder.resolve("found.yml").toString());
      assertThat(later.out()).contains("schemas.on sale present", "roles.crew.admin true");
    }
  }

  @Test
  void a_database_that_refuses_the_login_makes_it_incomplete() throws IOException {
    try (var lab = open()) {
      var primary = lab.cluster("pg-test").primary(1).start().instance(1);
      primary.execute("CREATE DATABASE shop");
      primary.execute("REVOKE CONNECT ON DATABASE shop FROM PUBLIC");

      var found = discover(primary);

      assertThat(found.status()).isOne();
      assertThat(found.out()).contains("{ name: shop }  # schemas and extensions were not read: ");
      assertThat(found.err())
          .contains(
              "pgtopo: schemas and extensions of database shop on "
                  + at(primary)
                  + " were not read: it could not be read: FATAL: permission denied for database");
    }
  }

  private static void inside(LabInstance server, String database, String sql) {
    var url = server.jdbcUrl().replace("/postgres?", "/" + database + "?");
    try (var connection = DriverManager.getConnection(url);
        var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException failed) {
      throw new AssertionError(failed);
    }
  }

  @Test
  void names_that_a_terminal_obeys_are_escaped_in_every_output() throws IOException {
    try (var lab = open()) {
      var primary = lab.cluster("pg-test").primary(1).start().instance(1);
      primary.execute("CREATE DATABASE app");
      var declared = discover(primary).out();
      primary.execute("CREATE ROLE \"\u001b]0;owned\u0007\"");
      primary.execute("CREATE DATABASE \"a\u202egp\u200b\r\" OWNER \"\u001b]0;owned\u0007\"");

      var found = discover(primary);
      var file = Files.writeString(folder.resolve("declared.yml"), declared).toString();
      var diff = run("diff", "--inventory", file);
      var json = run("diff", "--inventory", file, "--format", "json");
      var patch = run("discover", "--merge", file);

      for (var each : List.of(found, diff, json, patch)) {
        assertThat(each.out()).isEqualTo(Printable.lines(each.out()));
        assertThat(each.err()).isEqualTo(Printable.lines(each.err()));
      }
      assertThat(found.out()).contains("name: \"a\\U0000202egp\\U0000200b\\U0000000d\"");
      assertThat(diff.out())
          .contains("database a\\u202Egp\\u200B\\r", "role \\u001B]0;owned\\u0007");
      assertThat(json.out()).contains("\"part\" : \"database a\\u202Egp\\u200B\\r\"");
      assertWhole(found);
    }
  }

  @Test
  void a_cascade_from_its_last_member() throws IOException {
    try (var lab = open()) {
      var cluster =
          lab.cluster("pg-test").primary(1).replica(2).replica(7, it -> it.follows(2)).start();

      var found = discover(cluster.instance(7));

      assertThat(found.out())
          .contains(
              cluster.instance(1).host() + ": { pg_seq: 1, pg_role: primary }  # guess: pg_seq")
          .contains(
              "%s: { pg_seq: 7, pg_role: replica, pg_upstream: %s }%n"
                  .formatted(cluster.instance(7).host(), cluster.instance(2).host()));
      assertWhole(found);
    }
  }

  @Test
  void a_standby_cluster_with_a_replica_of_its_own() throws IOException {
    try (var lab = open()) {
      var first = lab.cluster("pg-test").primary(1).replica(2).start();
      var second =
          lab.cluster("pg-test-dr").primary(1).replica(2).standbyOf(first.instance(1)).start();

      var found = discover(second.instance(2), first.instance(2));

      assertThat(found.out())
          .contains("    pg-test:\n", "    pg-test-dr:\n")
          .contains("pg_role: primary, pg_upstream: " + first.instance(1).host());
      assertThat(found.err())
          .isEqualTo("2 clusters, 4 instances; with it, diff reports no drift\n");
      assertWhole(found);
    }
  }

  @Test
  void a_delayed_replica_becomes_what_pigsty_can_declare() throws IOException {
    try (var lab = open()) {
      var cluster =
          lab.cluster("pg-test").primary(1).replica(2, it -> it.delay(Duration.ofHours(1))).start();

      var found = discover(cluster.instance(2));

      assertThat(found.out())
          .contains(
              "    pg-test-delay:  # guess: name: Pigsty declares a delay only for a standby cluster")
          .contains("pg_upstream: " + cluster.instance(1).host() + ", pg_delay: 1h }");
      assertWhole(found);
    }
  }

  @Test
  void two_unrelated_clusters() throws IOException {
    try (var lab = open()) {
      var one = lab.cluster("pg-one").primary(1).replica(2).start();
      var two = lab.cluster("pg-two").primary(1).replica(2).start();

      assertWhole(discover(one.instance(2), two.instance(2)));
    }
  }

  @Test
  void commits_that_wait_for_a_quorum() throws IOException {
    try (var lab = open()) {
      var cluster =
          lab.cluster("pg-test")
              .primary(
                  1,
                  it -> it.set("synchronous_standby_names", "ANY 1 (\"pg-test-2\", \"pg-test-3\")"))
              .replica(2)
              .replica(3)
              .start();

      var found = discover(cluster.instance(2), cluster.instance(3));

      assertThat(found.out())
          .contains("        pg_rpo: 0  # guess: synchronous_standby_names is \"ANY 1");
      assertWhole(found);
    }
  }

  @Test
  void a_name_is_guessed_where_no_server_reports_one() throws IOException {
    try (var lab = open()) {
      var server =
          lab.cluster("pg-test").primary(1, it -> it.set("cluster_name", "")).start().instance(1);

      var unnamed = discover(server);
      var named = run("discover", "--from", at(server), "--name", "pg-shop");
      var wrong = run("discover", "--from", at(server), "--name", "pg_shop");

      assertThat(unnamed.out())
          .contains(
              "    pg-" + server.host().replace('.', '-') + ":  # guess: name: no server reports");
      assertWhole(unnamed);
      assertThat(named.out()).contains("    pg-shop:\n");
      assertWhole(named);
      assertThat(wrong.status()).isEqualTo(2);
    }
  }

  @Test
  void remaining_drift_is_reported_and_exits_with_1() throws IOException {
    try (var lab = open()) {
      var cluster = lab.cluster("pg-test").primary(1).replica(2).replica(3).start();
      cluster.instance(3).stop();
      cluster.instance(2).pauseReplay();

      var found = discover(cluster.instance(2), cluster.instance(3));

      assertThat(found.status()).isOne();
      assertThat(found.out())
          .contains("# ! " + at(cluster.instance(3)) + " did not answer: ")
          .contains("# ! remains: replay_paused pg-test-2: ");
      assertThat(found.err()).contains("pgtopo: remains: replay_paused", "2 remarks");
    }
  }

  @Test
  void a_missing_privilege_is_reported() {
    try (var lab = open()) {
      var primary = lab.cluster("pg-test").primary(1).replica(2).start().instance(1);

      var found = run("discover", "--from", "postgresql://plain@" + at(primary) + "/postgres");

      assertThat(found.status()).isOne();
      assertThat(found.err())
          .contains(
              "pgtopo: privileges are missing on %s, so servers may be missing here; see 'pgtopo grants %s'"
                  .formatted(at(primary), at(primary)))
          .contains("remains: could not verify undeclared_instance of \"pg-test-2\"");
    }
  }

  @Test
  void a_second_primary_is_not_declared_a_replica() {
    try (var lab = open()) {
      var cluster = lab.cluster("pg-test").primary(1).replica(2).start();
      cluster.instance(2).promote();

      var found = discover(cluster.instance(1), cluster.instance(2));

      assertThat(found.status()).isOne();
      assertThat(found.out()).contains("# ! remains: multiple_primaries pg-test: ");
    }
  }

  @Test
  void without_an_answer_it_exits_with_2() {
    var found = run("discover", "--from", "127.0.0.1:1");
    assertThat(found.status()).isEqualTo(2);
    assertThat(found.out()).isEmpty();
    assertThat(found.err()).startsWith("pgtopo: no server answered. 127.0.0.1:1 did not answer: ");
  }
}
