package io.pgtopo.exporter.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.observation.Subscription;
import io.pgtopo.exporter.testing.Fleet;
import io.pgtopo.exporter.testing.Golden;
import io.pgtopo.exporter.testing.Server;
import io.pgtopo.exporter.testing.Stories;
import io.pgtopo.exporter.testing.World;
import io.pgtopo.exporter.view.SnapshotReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class GraphTextTest {
  @TestFactory
  Stream<DynamicTest> the_graph_of_every_story_is_as_kept() {
    return World.stories()
        .map(
            story ->
                DynamicTest.dynamicTest(
                    story.getKey(),
                    () -> {
                      var report = SnapshotReport.of(story.getValue());

                      Golden.assertEqual(
                          "tree-" + story.getKey() + ".mermaid.txt", GraphText.mermaid(report));
                      Golden.assertEqual(
                          "tree-" + story.getKey() + ".dot.txt", GraphText.dot(report));
                    }));
  }

  @Test
  void a_timeline_that_a_server_hides_is_unknown() {
    var report = SnapshotReport.of(World.lasting(Stories.timelineHidden()));

    assertThat(GraphText.dot(report)).contains("10.10.10.13:5432\\nreplica, timeline unknown");
    assertThat(TreeText.render(report, Style.PLAIN)).containsPattern("pg-test-3 .* tl \\? ");
  }

  @Test
  void a_logical_link_has_a_line_of_its_own() {
    var report = SnapshotReport.of(Fleet.publishing());

    assertThat(GraphText.mermaid(report).lines())
        .contains(
            "c0s0 ==>|\"2 subscriptions (orders, prices), both ends, lag up to 1.0 MB\"| c0s5",
            "c0s0 -.->|\"slot audit, one end, lag 16.0 MB\"| c0s4",
            "c1s4 ==>|\"2 subscriptions (orders, prices), both ends, lag up to 1.0 MB\"| c1s0");
    assertThat(GraphText.dot(report).lines())
        .contains(
            "    c0s5 [label=\"pg-1-1\\nanother cluster\"]",
            "  c0s0 -> c0s5 [label=\"2 subscriptions (orders, prices), both ends, lag up to 1.0 MB\", arrowhead=empty, penwidth=2]");
  }

  @Test
  void text_of_a_server_is_text_in_each_language() {
    var hostile =
        SnapshotReport.of(
            World.lasting(
                List.of(
                    Server.primary(1, "0/5000060", 1)
                        .sendsTo("10.10.10.99", "a\"];\nb --> \\c<img>")
                        .seen(),
                    Stories.healthy().get(1),
                    Stories.healthy().get(2),
                    Stories.healthy().get(3))));

    assertThat(GraphText.mermaid(hostile))
        .contains("a#34;#93;#59;#92;nb --#62; #92;c#60;img#62;")
        .doesNotContain("<img>");
    assertThat(GraphText.dot(hostile)).contains("a\\\"];\\\\nb --> \\\\c<img>");
  }

  @Test
  void drifts_that_read_alike_are_one_line_with_their_number() {
    var seen = new ArrayList<>(Stories.healthy());
    seen.set(
        0,
        Server.primary(1, "0/5000060", 1)
            .slot("pg_test_2", "0/4000000")
            .sends(2)
            .sends(3)
            .running(
                Stories.subscription("prices", Subscription.Mode.ENABLED, Optional.empty()),
                Stories.subscription("stock", Subscription.Mode.ENABLED, Optional.empty())));

    var primary =
        TreeGraph.of(SnapshotReport.of(World.lasting(seen))).getFirst().servers().getFirst();

    assertThat(primary.marks())
        .extracting(TreeGraph.Mark::text)
        .containsExactly("warning: subscription_down (2)");
  }
}
