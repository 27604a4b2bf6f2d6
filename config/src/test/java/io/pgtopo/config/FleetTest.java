package io.pgtopo.config;

import static io.pgtopo.config.Fixtures.load;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.Secret;
import org.junit.jupiter.api.Test;

class FleetTest {
  private final Config config = load("fleet.yml");

  @Test
  void parameters_that_say_nothing_of_the_topology_are_no_problem() {
    assertThat(config.warnings()).isEmpty();
  }

  @Test
  void every_host_with_an_identity_is_one_instance() {
    assertThat(config.inventory().instances().map(Instance::name))
        .containsExactly("pg-meta-1", "pg-meta-2", "pg-pitr-1", "pg-v16-1");
  }

  @Test
  void a_node_keeps_its_own_cluster_of_nodes_and_takes_the_instances_name() {
    assertThat(config.inventory().nodes())
        .extracting(node -> node.address() + " " + node.name().orElse("-") + " " + node.cluster())
        .containsExactly(
            "10.10.10.10 pg-meta-1 meta",
            "10.10.10.11 pg-meta-2 meta",
            "10.10.10.16 pg-v16-1 pg16",
            "10.10.10.40 pg-pitr-1 pg-pitr");
  }

  @Test
  void the_agent_logs_in_as_the_inventory_declares() {
    assertThat(config.settings().connection().user()).isEqualTo("dbuser_monitor");
    assertThat(config.settings().connection().password()).contains(new Secret("DBUser.Monitor"));
  }
}
