package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.compare.Comparison;
import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.observation.ReplicationSlot;
import io.pgtopo.agent.observation.WalSender;
import io.pgtopo.agent.postgres.JdbcProbe;
import io.pgtopo.agent.topology.AddressBook;
import io.pgtopo.agent.topology.Inference;
import io.pgtopo.agent.words.DriftText;
import io.pgtopo.config.Config;
import io.pgtopo.config.model.Inventory;
import io.pgtopo.config.settings.Connection;
import io.pgtopo.lab.Lab;
import io.pgtopo.lab.LabCluster;
import io.pgtopo.lab.LabInstance;
import io.pgtopo.lab.Postgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Declared databases and roles against those of real servers: missing, different, by hand. */
class ObjectsIT {
  private static final String OBJECTS =
      """
      pg_users:
        - { name: plain }
        - { name: locked }
        - { name: dbrole_app, login: false }
        - { name: dbuser_app, roles: [dbrole_app], connlimit: 10, expire_at: 2035-01-01 }
        - { name: dbuser_shop }
        - { name: dbuser_gone, state: absent }
      pg_databases:
        - { name: app, owner: dbuser_app, encoding: utf-8, connlimit: 20 }
        - { name: shop, owner: dbuser_app }
        - { name: gone, state: absent }
        - { name: ledger, schemas: [book], extensions: [{ name: citext }] }
      """;

  @TempDir Path folder;

  @Test
  void missing_databases_and_roles_of_a_cluster_of_18_are_reported_until_they_exist() {
    judge(18);
  }

  @Test
  void missing_databases_and_roles_of_a_cluster_of_13_are_reported_until_they_exist() {
    judge(13);
  }

  @Test
  void names_of_another_encoding_neither_collide_nor_become_another_name_on_18() {
    names(18);
  }

  @Test
  void names_of_another_encoding_neither_collide_nor_become_another_name_on_13() {
    names(13);
  }

  /** Names are shared by all databases of a server as bytes: those made in LATIN1 are no UTF-8. */
  private void names(int major) {
    try (var lab = Lab.open(Postgres.version(major), progress -> {});
        var probe = Polls.probe(Polls.LOGIN)) {
      var cluster = lab.cluster("pg-test").primary(1).replica(2).start();
      var primary = cluster.instance(1);
      primary.execute(
          "CREATE DATABASE lat TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'");
      primary.execute("CREATE DATABASE \"caf\u00e9\"");
      inside(primary, "lat", "CREATE DATABASE \"caf\u00e9\"");
      inside(primary, "lat", "CREATE DATABASE \"caf\u00e8\"");
      inside(primary, "lat", "CREATE ROLE \"\u00e9\"");
      inside(primary, "lat", "CREATE ROLE \"\u00e8\" ROLE \"\u00e9\"");
      var inventory =
          config(
                  cluster,
                  """
                  pg_users: [{ name: plain }, { name: locked }]
                  pg_databases: [{ name: lat }, { name: "caf\u00e9" }]
                  """)
              .inventory();

      assertThat(objects(probe, inventory))
          .containsExactly(
              "database_undeclared pg-test database caf\\xE8: undeclared: present, owner postgres",
              "database_undeclared pg-test database caf\\xE9: undeclared: present, owner postgres",
              "database_role_undeclared pg-test role \\xE8: undeclared: present, inherit",
              "database_role_undeclared pg-test role \\xE9: undeclared: present, inherit");
    }
  }

  @Test
  void a_poll_survives_names_that_are_no_text_on_18() {
    poll(18);
  }

  @Test
  void a_poll_survives_names_that_are_no_text_on_13() {
    poll(13);
  }

  /** A database in SQL_ASCII sends what it has, as a UTF-8 one does with names of others. */
  private void poll(int major) {
    try (var lab = Lab.open(Postgres.version(major), progress -> {})) {
      var cluster =
          lab.cluster("pg-test")
              .primary(1, one -> one.set("wal_level", "logical"))
              .replica(2)
              .start();
      var primary = cluster.instance(1);
      cluster.instance(2).awaitStreaming();
      primary.execute(
          "CREATE DATABASE lat TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'");
      primary.execute(
          "CREATE DATABASE ascii TEMPLATE template0 ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'");
      primary.execute(
          "CREATE DATABASE ascii2 TEMPLATE template0 ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'");
      inside(
          primary, "ascii", "SELECT pg_create_logical_replication_slot('orders', 'test_decoding')");
      inside(primary, "lat", "ALTER ROLE replicator RENAME TO \"r\u00e9pl\"");
      inside(primary, "lat", "ALTER DATABASE ascii RENAME TO \"asc\u00e9\"");
      inside(primary, "lat", "ALTER SYSTEM SET synchronous_standby_names = '\"st\u00e9\"'");
      inside(primary, "lat", "SELECT pg_reload_conf()");
      for (var login : List.of("postgres", "lat", "ascii2")) {
        try (var probe = Polls.probe(login(login))) {
          var seen = probe.observe(Polls.endpoint(primary));

          assertThat(seen).as(login).isInstanceOf(Observation.Reachable.class);
          var facts = ((Observation.Reachable) seen).facts();
          assertThat(facts.replication().walSenders())
              .as(login)
              .extracting(WalSender::user)
              .containsExactly("r\\xE9pl");
          assertThat(facts.replication().slots())
              .as(login)
              .extracting(slot -> slot.decoding().map(ReplicationSlot.Decoding::database))
              .contains(Optional.of("asc\\xE9"));
          assertThat(facts.survey().ifSeen().orElseThrow().setting("synchronous_standby_names"))
              .as(login)
              .contains("\"st\\xE9\"");
        }
      }
    }
  }

  private static Connection login(String database) {
    return new Connection("dbuser_monitor", database, Optional.empty(), Connection.SslMode.PREFER);
  }

  private void judge(int major) {
    try (var lab = Lab.open(Postgres.version(major), progress -> {})) {
      var cluster = lab.cluster("pg-test").primary(1).replica(2).start();
      arrangeTrouble(cluster.instance(1));
      var config = config(cluster, OBJECTS);
      var interiors = config.settings().connection().interiors();
      try (var probe = Polls.probe(Polls.LOGIN.withInteriors(interiors))) {
        judge(config.inventory(), cluster.instance(1), probe);
      }
    }
  }

  private static void judge(Inventory inventory, LabInstance primary, JdbcProbe probe) {

    assertThat(objects(probe, inventory))
        .containsExactly(
            "database_missing pg-test database shop: declared present, live missing",
            "database_mismatch pg-test database app: declared owner dbuser_app, connlimit 20,"
                + " live owner postgres, connlimit -1",
            "database_mismatch pg-test database gone: declared absent, live present",
            "database_mismatch pg-test database ledger: declared schemas.book present,"
                + " extensions.citext present, live schemas.book missing,"
                + " extensions.citext missing",
            "database_undeclared pg-test database by_hand: undeclared:"
                + " present, owner dbuser_app",
            "database_role_missing pg-test role dbuser_shop: declared present, live missing",
            "database_role_mismatch pg-test role dbuser_app: declared superuser false,"
                + " connlimit 10, expire_at 2035-01-01, roles.dbrole_app granted,"
                + " live superuser true, connlimit -1, expire_at infinity,"
                + " roles.dbrole_app not granted",
            "database_role_undeclared pg-test role mallory: undeclared:"
                + " present, login, createrole, inherit");

    repair(primary);

    assertThat(objects(probe, inventory)).as("carried along").hasSize(8);
    primary.reload();
    assertThat(objects(probe, inventory)).as("read anew").isEmpty();

    primary.execute("REVOKE CONNECT ON DATABASE ledger FROM PUBLIC");
    primary.reload();
    assertThat(objects(probe, inventory))
        .singleElement()
        .asString()
        .startsWith("unverifiable pg-test database ledger");

    primary.execute("ALTER DATABASE ledger ALLOW_CONNECTIONS false");
    primary.reload();
    assertThat(objects(probe, inventory))
        .as("the contents of one that allows no connections are unknown")
        .hasSize(2)
        .anyMatch(line -> line.startsWith("database_mismatch pg-test database ledger"))
        .anyMatch(line -> line.startsWith("unverifiable pg-test database ledger"));
  }

  private static void arrangeTrouble(LabInstance primary) {
    primary.execute("CREATE ROLE dbrole_app");
    primary.execute("CREATE ROLE dbuser_app LOGIN SUPERUSER");
    primary.execute("CREATE ROLE mallory LOGIN CREATEROLE");
    primary.execute("CREATE DATABASE app");
    primary.execute("CREATE DATABASE gone");
    primary.execute("CREATE DATABASE ledger");
    primary.execute("CREATE DATABASE by_hand OWNER dbuser_app");
  }

  private static void repair(LabInstance primary) {
    primary.execute("DROP DATABASE by_hand");
    primary.execute("DROP DATABASE gone");
    primary.execute("DROP ROLE mallory");
    primary.execute("CREATE ROLE dbuser_shop LOGIN");
    primary.execute(
        "ALTER ROLE dbuser_app NOSUPERUSER CONNECTION LIMIT 10 VALID UNTIL '2035-01-01'");
    primary.execute("GRANT dbrole_app TO dbuser_app");
    primary.execute("ALTER DATABASE app OWNER TO dbuser_app");
    primary.execute("ALTER DATABASE app CONNECTION LIMIT 20");
    primary.execute("CREATE DATABASE shop OWNER dbuser_app");
    inside(primary, "ledger", "CREATE SCHEMA book");
    inside(primary, "ledger", "CREATE EXTENSION citext");
  }

  private static void inside(LabInstance primary, String database, String sql) {
    var url = primary.jdbcUrl().replace("/postgres?", "/" + database + "?");
    try (var connection = DriverManager.getConnection(url);
        var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException failed) {
      throw new AssertionError(failed);
    }
  }

  private Config config(LabCluster cluster, String objects) {
    var text =
        """
      all:
        children:
          pg-test:
            hosts:
              %s: { pg_seq: 1, pg_role: primary }
              %s: { pg_seq: 2, pg_role: replica }
            vars:
              pg_cluster: pg-test
              pg_port: %d
      """
                .formatted(
                    cluster.instance(1).host(),
                    cluster.instance(2).host(),
                    cluster.instance(1).port())
            + objects.indent(8);
    var file = folder.resolve("pigsty.yml");
    try {
      Files.writeString(file, text);
    } catch (IOException failed) {
      throw new AssertionError(failed);
    }
    return Config.load(Optional.empty(), List.of(file.toString()), Map.of());
  }

  /** What all servers say now, judged: nothing but databases and roles may differ. */
  private static List<String> objects(JdbcProbe probe, Inventory inventory) {
    var observations =
        inventory.instances().map(instance -> probe.observe(instance.endpoint())).toList();
    var names = AddressBook.of(inventory);
    var text = new DriftText(names);
    return Comparison.compare(inventory, Inference.infer(observations, names)).drifts().stream()
        .map(drift -> line(text, drift))
        .toList();
  }

  private static String line(DriftText text, Drift drift) {
    return "%s %s: %s"
        .formatted(
            drift.kind().label(),
            drift.subject(),
            DriftText.difference(text.declared(drift), text.live(drift)));
  }
}
