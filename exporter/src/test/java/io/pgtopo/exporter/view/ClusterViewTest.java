package io.pgtopo.exporter.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.history.History;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.topology.AddressBook;
import io.pgtopo.agent.topology.Inference;
import io.pgtopo.agent.track.Hysteresis;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.Inventory;
import io.pgtopo.exporter.testing.Stories;
import io.pgtopo.exporter.testing.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ClusterViewTest {
  private static final Endpoint VIP = new Endpoint("10.10.10.99", 5432);

  @Test
  void a_vip_that_is_polled_is_evaluated() {
    var whole = inventory(World.INVENTORY.instances().toList(), List.of());

    assertThat(evaluable(whole)).contains(DriftKind.VIP_MISPLACED);
  }

  @Test
  void a_vip_that_an_agent_of_some_members_does_not_poll_is_not_said_to_be_well() {
    var all = World.INVENTORY.instances().toList();
    var some = inventory(all.subList(0, 3), all.subList(3, 4));

    assertThat(evaluable(some)).doesNotContain(DriftKind.VIP_MISPLACED);
  }

  @Test
  void no_lag_is_said_to_be_allowed_where_no_limit_is_set() {
    assertThat(evaluable(World.INVENTORY)).doesNotContain(DriftKind.REPLICATION_LAG);
  }

  @Test
  void a_server_at_two_addresses_is_one_primary() {
    var view = view(withServerOfTheFirstAt(4));

    assertThat(view.reachable()).isEqualTo(4);
    assertThat(view.primaries())
        .extracting(member -> member.declared().name())
        .containsExactly("pg-test-1");
    assertThat(view.isWhole()).isFalse();
  }

  @Test
  void each_member_of_a_healthy_cluster_is_a_server() {
    assertThat(view(Stories.healthy()).isWhole()).isTrue();
  }

  private static ClusterView view(List<Observation> observations) {
    return ClusterView.of(World.firstSight(observations)).getFirst();
  }

  private static List<Observation> withServerOfTheFirstAt(int seq) {
    return Stories.healthy().stream()
        .map(
            seen ->
                seen.endpoint().equals(World.endpoint(seq))
                    ? reaching(World.endpoint(seq), Stories.healthy().getFirst())
                    : seen)
        .toList();
  }

  private static Observation reaching(Endpoint address, Observation server) {
    return server instanceof Observation.Reachable(var endpoint, var window, var facts, var refusal)
        ? new Observation.Reachable(address, window, facts)
        : server;
  }

  private static Inventory inventory(List<Instance> members, List<Instance> elsewhere) {
    var traits =
        new Cluster.Traits(
            "pg-test",
            0,
            "pgsql",
            Optional.empty(),
            Optional.of(new Cluster.Vip(VIP.host(), 24, "auto")));
    var cluster = new Cluster("pg-test", traits, members, List.of(), List.of(), List.of());
    return new Inventory(List.of(cluster), List.of(), elsewhere);
  }

  /** Of a healthy cluster, whose VIP leads to its primary. */
  private static Set<DriftKind> evaluable(Inventory inventory) {
    var observations = new ArrayList<>(Stories.healthy());
    for (var seen : Stories.healthy()) {
      if (seen instanceof Observation.Reachable(var endpoint, var window, var facts, var refusal)
          && endpoint.equals(World.endpoint(1))) {
        observations.add(new Observation.Reachable(VIP, window, facts));
      }
    }
    var topology = Inference.infer(observations, AddressBook.of(inventory));
    var history = History.starting(new Hysteresis(Duration.ZERO));
    var snapshot = World.snapshot(World.CYCLE, inventory, observations, topology, history);
    return ClusterView.of(snapshot).getFirst().evaluable();
  }
}
