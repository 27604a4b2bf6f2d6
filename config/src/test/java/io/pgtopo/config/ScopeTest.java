package io.pgtopo.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgtopo.config.model.DeclaredUpstream;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.InstanceRole;
import io.pgtopo.config.model.Node;
import io.pgtopo.config.reading.InvalidConfigException;
import io.pgtopo.config.settings.ThisNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScopeTest {
  /** pg-b follows pg-a, and pg-c follows pg-b; pg-d is on the node of pg-a-1 and alone else. */
  private static final String FLEET =
      """
      all:
        children:
          pg-a:
            hosts: { 10.0.0.1: { pg_seq: 1, pg_role: primary }, 10.0.0.2: { pg_seq: 2, pg_role: replica } }
            vars: { pg_cluster: pg-a }
          pg-b:
            hosts: { 10.0.0.3: { pg_seq: 1, pg_role: primary, pg_upstream: 10.0.0.1 } }
            vars: { pg_cluster: pg-b }
          pg-c:
            hosts: { 10.0.0.4: { pg_seq: 1, pg_role: primary, pg_upstream: 10.0.0.3 } }
            vars: { pg_cluster: pg-c }
          pg-d:
            hosts: { 10.0.0.5: { pg_seq: 1, pg_role: primary }, db6.internal: { pg_seq: 2, pg_role: replica } }
            vars: { pg_cluster: pg-d }
      """;

  @TempDir private Path folder;

  private Config load(String settings) {
    return load(FLEET, settings);
  }

  private Config load(String inventory, String settings) {
    try {
      Files.writeString(folder.resolve("pigsty.yml"), inventory);
      var file =
          Files.writeString(folder.resolve("pgtopo.yml"), "inventory: pigsty.yml\n" + settings);
      return Config.load(Optional.of(file), List.of(), Map.of());
    } catch (IOException failure) {
      throw new IllegalStateException(failure);
    }
  }

  private static List<String> watched(Config config) {
    return config.inventory().instances().map(Instance::name).toList();
  }

  private static List<String> elsewhere(Config config) {
    return config.inventory().elsewhere().stream().map(Instance::name).toList();
  }

  @Test
  void without_a_scope_everything_is_polled() {
    var config = load("");

    assertThat(watched(config)).hasSize(6);
    assertThat(elsewhere(config)).isEmpty();
    assertThat(config.settings().connection().socket()).isEmpty();
  }

  @Test
  void scope_local_is_the_own_node_and_the_rest_is_known_by_name() {
    var config = load("scope: local\nnode: 10.0.0.2\n");

    assertThat(watched(config)).containsExactly("pg-a-2");
    assertThat(elsewhere(config)).containsExactly("pg-a-1", "pg-b-1", "pg-c-1", "pg-d-1", "pg-d-2");
    assertThat(config.inventory().nodes()).extracting(Node::address).containsExactly("10.0.0.2");
  }

  @Test
  void scope_cluster_is_the_own_cluster_with_those_upstream_and_downstream() {
    for (var node : List.of("10.0.0.2", "10.0.0.3", "10.0.0.4")) {
      assertThat(watched(load("scope: cluster\nnode: " + node)))
          .as("seen from %s", node)
          .containsExactly("pg-a-1", "pg-a-2", "pg-b-1", "pg-c-1");
    }
    assertThat(watched(load("scope: cluster\nnode: 10.0.0.5"))).containsExactly("pg-d-1", "pg-d-2");
  }

  @Test
  void a_node_may_hold_instances_of_several_clusters_on_ports_of_their_own() {
    var several =
        """
        all:
          children:
            pg-x:
              hosts: { 10.0.0.1: { pg_seq: 1, pg_role: primary }, 10.0.0.2: { pg_seq: 2, pg_role: replica } }
              vars: { pg_cluster: pg-x }
            infra:
              hosts:
                10.0.0.9:
                  pg_exporters:
                    20001: { pg_cluster: pg-y, pg_seq: 1, pg_host: 10.0.0.1, pg_port: 5433 }
        """;

    var config =
        load(
            several,
            """
            scope: local
            node: 10.0.0.1
            connection: { socket_directory: /run/postgresql }
            """);

    assertThat(watched(config)).containsExactly("pg-x-1", "pg-y-1");
    var socket = config.settings().connection().socket().orElseThrow();
    assertThat(socket.user()).isEqualTo("pgtopo");
    assertThat(socket.own().stream().map(socket::path))
        .containsExactly("/run/postgresql/.s.PGSQL.5432", "/run/postgresql/.s.PGSQL.5433");
  }

  @Test
  void a_name_is_taken_as_it_is_written_and_a_similar_one_is_another_node() {
    assertThat(watched(load("scope: local\nnode: db6.internal\n"))).containsExactly("pg-d-2");

    assertThatThrownBy(() -> load("scope: local\nnode: db6\n"))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("Found: none on db6; set node to the address");
  }

  @Test
  void a_node_that_the_inventory_does_not_know_is_a_mistake_that_names_its_addresses() {
    assertThatThrownBy(() -> load("scope: cluster\n"))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining(
            "pgtopo.yml:2: scope: wanted an inventory that declares an instance on this node,"
                + " or scope: fleet. Found: none on ");
  }

  @Test
  void loopback_addresses_and_equal_spellings_are_the_own_node() {
    var called = ThisNode.named(List.of("fd00::1", "10.0.0.1", "db1"));
    var node = new ThisNode(called.names(), ThisNode.Loopback.ALL);

    for (var own : List.of("127.77.1.3", "::1", "localhost", "fd00:0:0::1", "10.0.0.1", "db1")) {
      assertThat(node.runs(at(own))).as(own).isTrue();
    }
    for (var other : List.of("fd00::2", "10.0.0.10", "db1.internal", "db")) {
      assertThat(node.runs(at(other))).as(other).isFalse();
    }
    assertThat(called.runs(at("127.77.1.3"))).as("a loopback address that is not named").isFalse();
  }

  private static Instance at(String host) {
    return new Instance(
        "pg",
        1,
        Optional.of(InstanceRole.PRIMARY),
        new Endpoint(host, 5432),
        new DeclaredUpstream.None(),
        java.time.Duration.ZERO,
        Instance.Traffic.DEFAULT);
  }

  @Test
  void an_unknown_scope_is_refused_with_the_allowed_ones() {
    assertThatThrownBy(() -> load("scope: node\n"))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("wanted one of local, cluster, fleet. Found: \"node\"");
  }
}
