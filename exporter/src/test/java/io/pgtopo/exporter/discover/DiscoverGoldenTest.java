package io.pgtopo.exporter.discover;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.compare.Comparison;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.exporter.testing.Golden;
import io.pgtopo.exporter.testing.Stories;
import io.pgtopo.exporter.testing.World;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class DiscoverGoldenTest {

  private static String inventory(List<io.pgtopo.agent.observation.Observation> seen) {
    return InventoryYaml.render(Proposal.of(World.lasting(seen).topology(), Map.of()), List.of());
  }

  @TestFactory
  Stream<DynamicTest> the_inventory_of_every_story_is_as_kept_and_valid() {
    return World.stories()
        .filter(story -> !story.getValue().topology().instances().isEmpty())
        .map(
            story ->
                DynamicTest.dynamicTest(
                    story.getKey(),
                    () -> {
                      var topology = story.getValue().topology();
                      var text = InventoryYaml.render(Proposal.of(topology, Map.of()), List.of());

                      Golden.assertEqual("discover-" + story.getKey() + ".yml", text);
                      assertThat(ReadBack.inventory(text).instances())
                          .extracting(instance -> instance.endpoint())
                          .containsExactlyInAnyOrderElementsOf(topology.instances().keySet());
                    }));
  }

  @Test
  void a_healthy_cluster_has_no_drift_against_its_own_inventory() {
    var topology = World.lasting(Stories.healthy()).topology();

    assertThat(
            Comparison.compare(ReadBack.inventory(inventory(Stories.healthy())), topology).drifts())
        .isEmpty();
  }

  @Test
  void a_name_given_by_the_user_wins() {
    var named =
        Proposal.of(
            World.lasting(Stories.healthy()).topology(),
            Map.of(new Endpoint("10.10.10.13", 5432), "pg-mine"));

    assertThat(InventoryYaml.render(named, List.of())).contains("    pg-mine:\n");
  }

  @Test
  void no_reported_name_ends_a_comment() {
    var text = InventoryYaml.render(new Proposal(List.of()), List.of("one\ntwo\u2028three"));

    assertThat(text).startsWith("# one\\ntwo\\u2028three\nall:\n");
  }
}
