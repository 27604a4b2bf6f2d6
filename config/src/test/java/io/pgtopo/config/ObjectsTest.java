package io.pgtopo.config;

import static io.pgtopo.config.Fixtures.load;
import static io.pgtopo.config.Fixtures.loadText;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Database;
import io.pgtopo.config.model.Node;
import io.pgtopo.config.model.ObjectState;
import io.pgtopo.config.model.Role;
import io.pgtopo.config.model.Role.Attribute;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ObjectsTest {
  private final Config config = load("objects.yml");
  private final Cluster cluster = config.inventory().clusters().getFirst();

  @Test
  void the_traits_of_a_cluster_are_read() {
    assertThat(cluster.traits())
        .isEqualTo(
            new Cluster.Traits(
                "pg-meta",
                0,
                "pgsql",
                Optional.of(17),
                Optional.of(new Cluster.Vip("10.10.10.2", 24, "eth1")),
                Optional.of(new Cluster.ManagerApi(8008, Cluster.ManagerApi.Scheme.HTTP))));
  }

  @Test
  void a_database_with_a_name_alone_has_pigstys_defaults() {
    assertThat(cluster.databases().getFirst())
        .isEqualTo(
            new Database(
                "meta",
                ObjectState.CREATE,
                Optional.empty(),
                Optional.of("pigsty meta database"),
                Database.Creation.DEFAULT,
                Database.Access.DEFAULT,
                new Database.Contents(
                    List.of(new Database.Schema("pigsty", Optional.empty(), ObjectState.CREATE)),
                    List.of(
                        new Database.Extension(
                            "vector", Optional.empty(), Optional.empty(), ObjectState.CREATE)),
                    Collections.emptySortedMap())));
  }

  @Test
  void every_field_of_a_database_is_read() {
    var contents =
        new Database.Contents(
            List.of(
                new Database.Schema("data", Optional.of("dbuser_meta"), ObjectState.CREATE),
                new Database.Schema("old", Optional.empty(), ObjectState.ABSENT)),
            List.of(
                new Database.Extension(
                    "postgis", Optional.empty(), Optional.empty(), ObjectState.CREATE),
                new Database.Extension(
                    "pg_trgm", Optional.of("public"), Optional.of("1.6"), ObjectState.ABSENT)),
            new TreeMap<>(Map.of("work_mem", "64MB")));

    assertThat(cluster.databases().get(1))
        .isEqualTo(
            new Database(
                "app",
                ObjectState.RECREATE,
                Optional.of("dbuser_meta"),
                Optional.empty(),
                new Database.Creation(
                    Optional.of("template0"),
                    Optional.of("UTF8"),
                    Optional.of("C"),
                    Optional.of("C"),
                    Optional.of("C"),
                    Optional.of("icu"),
                    Optional.of("fast")),
                new Database.Access(true, false, true, 100, false),
                contents));
  }

  @Test
  void every_field_of_a_role_but_its_password_is_read() {
    assertThat(cluster.roles())
        .containsExactly(
            new Role(
                "dbuser_meta",
                ObjectState.CREATE,
                new TreeSet<>(List.of(Attribute.LOGIN, Attribute.INHERIT)),
                -1,
                Optional.empty(),
                List.of(new Role.Membership("dbrole_admin", true, false)),
                Collections.emptySortedMap()),
            new Role(
                "dbuser_old",
                ObjectState.ABSENT,
                new TreeSet<>(List.of(Attribute.SUPERUSER, Attribute.CREATEDB, Attribute.INHERIT)),
                16,
                Optional.of("2030-12-31"),
                List.of(
                    new Role.Membership("dbrole_readonly", true, false),
                    new Role.Membership("dbrole_offline", false, false),
                    new Role.Membership("dbrole_admin", true, true)),
                new TreeMap<>(Map.of("search_path", "public", "statement_timeout", "1000"))),
            new Role(
                "robot",
                ObjectState.CREATE,
                new TreeSet<>(List.of(Attribute.LOGIN)),
                -1,
                Optional.of("7300 days"),
                List.of(),
                Collections.emptySortedMap()));
  }

  @Test
  void a_node_is_named_after_its_instance() {
    assertThat(config.inventory().nodes())
        .containsExactly(new Node("10.10.10.10", Optional.of("pg-meta-1"), "pg-meta"));
  }

  @Test
  void a_node_may_be_in_a_zone(@TempDir Path directory) {
    var zoned =
        loadText(
            directory,
            "all: { vars: { pg_zone: east }, children: { pg-a: { hosts: { 10.0.0.1: { pg_seq: 1, pg_role: primary } }, vars: { pg_cluster: pg-a } } } }");

    assertThat(zoned.inventory().nodes())
        .containsExactly(new Node("10.0.0.1", Optional.of("pg-a-1"), "pg-a", Optional.of("east")));
    assertThat(zoned.warnings()).isEmpty();
  }

  @Test
  void nothing_of_this_is_suspicious() {
    assertThat(config.warnings()).isEmpty();
  }
}
