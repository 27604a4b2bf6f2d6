package io.pgtopo.agent;

import static io.pgtopo.agent.Worlds.inEveryWorld;
import static io.pgtopo.agent.Worlds.infer;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.topology.LiveCluster;
import io.pgtopo.agent.topology.Peer;
import io.pgtopo.agent.topology.ReplicationLink;
import io.pgtopo.agent.topology.Topology;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Claims about the topology that hold in every world. */
class TopologyInvariantTest {
  @Test
  void every_replica_of_a_healthy_world_is_linked_by_both_ends() {
    inEveryWorld(
        seed -> {
          var world = RandomWorld.healthy(seed);
          var replicas =
              world.inventory().clusters().stream()
                  .mapToInt(cluster -> cluster.instances().size() - 1)
                  .sum();

          var grades =
              infer(world).clusters().values().stream()
                  .flatMap(cluster -> cluster.links().stream())
                  .map(ReplicationLink::grade);
          assertThat(grades)
              .hasSize(replicas)
              .allMatch(grade -> grade == ReplicationLink.Grade.BOTH_ENDS);
        });
  }

  @Test
  void the_order_of_observations_does_not_matter() {
    inEveryWorld(
        seed -> {
          var world = RandomWorld.troubled(seed);
          var shuffled = new ArrayList<>(world.observations());
          Collections.shuffle(shuffled, new Random(seed));

          assertThat(infer(world, shuffled)).isEqualTo(infer(world));
        });
  }

  @Test
  void no_link_joins_two_system_identifiers() {
    inEveryWorld(
        seed -> {
          var topology = infer(RandomWorld.troubled(seed));

          for (var cluster : topology.clusters().values()) {
            for (var link : cluster.links()) {
              assertThat(isOfSystem(link.upstream(), cluster, topology)).isTrue();
              assertThat(isOfSystem(link.downstream(), cluster, topology)).isTrue();
            }
          }
        });
  }

  private static boolean isOfSystem(Peer peer, LiveCluster cluster, Topology topology) {
    return !(peer instanceof Peer.Known(var endpoint))
        || topology.at(endpoint).map(live -> live.origin().equals(cluster.origin())).orElse(true);
  }

  @Test
  void no_instance_has_two_upstreams() {
    inEveryWorld(
        seed -> {
          var downstreams =
              infer(RandomWorld.troubled(seed)).clusters().values().stream()
                  .flatMap(cluster -> cluster.links().stream())
                  .map(ReplicationLink::downstream)
                  .filter(Peer.Known.class::isInstance)
                  .toList();

          assertThat(downstreams).doesNotHaveDuplicates();
        });
  }
}
