package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.compare.Comparison;
import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.postgres.JdbcProbe;
import io.pgtopo.agent.topology.AddressBook;
import io.pgtopo.agent.topology.Inference;
import io.pgtopo.agent.words.DriftText;
import io.pgtopo.config.Config;
import io.pgtopo.config.model.Inventory;
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
  @TempDir Path folder;

  @Test
  void missing_databases_and_roles_of_a_cluster_of_18_are_reported_until_they_exist() {
    judge(18);
  }

  @Test
  void missing_databases_and_roles_of_a_cluster_of_13_are_reported_until_they_exist() {
    judge(13);
  }

  private void judge(int major) {
    try (var lab = Lab.open(Postgres.version(major), progress -> {})) {
      var cluster = lab.cluster("pg-test").primary(1).replica(2).start();
      arrangeTrouble(cluster.instance(1));
      var config = config(cluster);
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
    var ledger = primary.jdbcUrl().replace("/postgres?", "/ledger?");
    try (var connection = DriverManager.getConnection(ledger);
        var statement = connection.createStatement()) {
      statement.execute("CREATE SCHEMA book");
      statement.execute("CREATE EXTENSION citext");
    } catch (SQLException failed) {
      throw new AssertionError(failed);
    }
  }

  private Config config(LabCluster cluster) {
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
      """
            .formatted(
                cluster.instance(1).host(), cluster.instance(2).host(), cluster.instance(1).port());
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
