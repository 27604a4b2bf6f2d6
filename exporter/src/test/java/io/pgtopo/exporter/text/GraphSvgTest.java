package io.pgtopo.exporter.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.history.History;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.topology.AddressBook;
import io.pgtopo.agent.topology.Inference;
import io.pgtopo.agent.track.Hysteresis;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.DeclaredUpstream;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.InstanceRole;
import io.pgtopo.config.model.Inventory;
import io.pgtopo.exporter.testing.Fleet;
import io.pgtopo.exporter.testing.Golden;
import io.pgtopo.exporter.testing.Server;
import io.pgtopo.exporter.testing.Stories;
import io.pgtopo.exporter.testing.World;
import io.pgtopo.exporter.text.GraphLayout.Card;
import io.pgtopo.exporter.view.SnapshotReport;
import java.io.StringReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;

class GraphSvgTest {
  /** A primary with so many replicas, the last of which follow the second server. */
  private static Snapshot wide(int replicas, int cascaded) {
    var instances = new ArrayList<Instance>();
    var observations = new ArrayList<Observation>();
    var primary = Server.primary(1, "0/5000060", 1);
    var second = Server.replica(2, "0/5000060", 1).follows(1);
    for (var seq = 1; seq <= replicas + 1; seq++) {
      var isCascaded = seq > replicas + 1 - cascaded;
      instances.add(
          new Instance(
              "pg-wide",
              seq,
              Optional.of(seq == 1 ? InstanceRole.PRIMARY : InstanceRole.REPLICA),
              World.endpoint(seq),
              isCascaded
                  ? new DeclaredUpstream.Member(World.endpoint(2))
                  : seq == 1 ? new DeclaredUpstream.None() : new DeclaredUpstream.ClusterLeader(),
              Duration.ZERO,
              Instance.Traffic.DEFAULT));
      if (isCascaded) {
        second = second.sends(seq);
      } else if (seq > 1) {
        primary = primary.sends(seq);
      }
      if (seq > 2) {
        observations.add(Server.replica(seq, "0/5000060", 1).follows(isCascaded ? 2 : 1).seen());
      }
    }
    observations.add(primary.seen());
    observations.add(second.seen());
    var inventory = new Inventory(List.of(new Cluster("pg-wide", instances)));
    return World.snapshot(
        World.CYCLE,
        inventory,
        observations,
        Inference.infer(observations, AddressBook.of(inventory)),
        History.starting(new Hysteresis(Duration.ZERO)));
  }

  /** A member is silent, one follows nobody, and two servers are declared nowhere. */
  private static Snapshot ghostsAndStrangers() {
    return World.lasting(
        List.of(
            Server.primary(1, "0/5000060", 1)
                .sends(2)
                .sendsTo("10.10.10.99", "walreceiver")
                .sendsTo("10.10.10.98", "<img src=x onerror=alert(1)>")
                .seen(),
            Server.replica(2, "0/5000060", 1).follows(1).seen(),
            Server.silent(3, Failure.Kind.REFUSED, "Connection to 10.10.10.13:5432 refused."),
            Server.replica(4, "0/5000060", 1).seen()));
  }

  private static Stream<Snapshot> pictures() {
    return Stream.concat(
        World.stories().map(story -> story.getValue()),
        Stream.of(
            ghostsAndStrangers(),
            World.lasting(Stories.splitBrain()),
            wide(1, 0),
            wide(4, 2),
            wide(12, 0),
            wide(12, 5)));
  }

  private static List<TreeGraph> graphs() {
    return pictures().flatMap(it -> TreeGraph.of(SnapshotReport.of(it)).stream()).toList();
  }

  @TestFactory
  Stream<DynamicTest> the_picture_of_every_story_is_as_kept() {
    return Golden.ofEachStory("tree-", ".svg", story -> GraphSvg.render(SnapshotReport.of(story)));
  }

  @Test
  void the_pictures_that_no_other_format_has_are_as_kept() {
    Golden.assertEqual(
        "tree-split-brain.svg",
        GraphSvg.render(SnapshotReport.of(World.lasting(Stories.splitBrain()))));
    Golden.assertEqual(
        "tree-strangers.svg", GraphSvg.render(SnapshotReport.of(ghostsAndStrangers())));
    Golden.assertEqual(
        "tree-publishing.svg", GraphSvg.render(SnapshotReport.of(Fleet.publishing())));
    Golden.assertEqual("tree-wide.svg", GraphSvg.render(SnapshotReport.of(wide(12, 5))));
    Golden.assertEqual("tree-cascade.svg", GraphSvg.render(SnapshotReport.of(wide(4, 2))));
  }

  @Test
  void text_of_a_server_is_text() throws Exception {
    var svg = GraphSvg.render(SnapshotReport.of(ghostsAndStrangers()));

    var elements = elements(svg);
    assertThat(elements.stream().map(Element::getTagName).distinct())
        .containsExactlyInAnyOrder("svg", "title", "g", "rect", "text", "path", "circle");
    assertThat(elements.stream().filter(it -> it.getTagName().equals("title")))
        .anyMatch(it -> it.getTextContent().contains("\"<img src=x onerror=alert(1)>\""));
  }

  @Test
  void a_picture_needs_nothing_else_and_no_style_that_a_policy_would_refuse() throws Exception {
    for (var snapshot : pictures().toList()) {
      for (var element : elements(GraphSvg.render(SnapshotReport.of(snapshot)))) {
        assertThat(List.of("style", "href", "xlink:href", "class", "onload"))
            .noneMatch(element::hasAttribute);
      }
    }
  }

  private static List<Element> elements(String svg) throws Exception {
    var all =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(svg)))
            .getElementsByTagName("*");
    return IntStream.range(0, all.getLength()).mapToObj(it -> (Element) all.item(it)).toList();
  }

  @Test
  void a_standby_stands_below_its_upstream_and_no_server_on_another() {
    for (var graph : graphs()) {
      var layout = GraphLayout.of(graph);
      for (var link : graph.links().stream().filter(layout::isPlacedBy).toList()) {
        assertThat(layout.cards().get(link.to()).y())
            .as("%s", link)
            .isGreaterThan(layout.cards().get(link.from()).bottom());
      }
      for (var card : layout.cards()) {
        assertThat(layout.cards()).filteredOn(other -> isOverlapping(card, other)).hasSize(1);
        assertThat(card.right()).isLessThanOrEqualTo(layout.width());
        assertThat(card.bottom()).isLessThanOrEqualTo(layout.height());
      }
    }
  }

  private static boolean isOverlapping(Card one, Card other) {
    return one.x() < other.right()
        && other.x() < one.right()
        && one.y() < other.bottom()
        && other.y() < one.bottom();
  }

  @Test
  void a_picture_stays_readable_where_it_is_scaled_to_a_page() {
    assertThat(graphs()).allMatch(graph -> GraphLayout.of(graph).width() <= 1200);
  }

  @Test
  void a_circle_of_links_is_drawn_with_each_of_its_links() {
    var circle =
        graphs().stream()
            .filter(graph -> !graph.links().stream().allMatch(GraphLayout.of(graph)::isPlacedBy));

    assertThat(circle)
        .hasSize(1)
        .allMatch(graph -> GraphLayout.of(graph).form() == GraphLayout.Form.ROWS);
  }

  @Test
  void both_primaries_of_a_split_brain_are_marked_and_the_one_to_keep() {
    var graph = TreeGraph.of(SnapshotReport.of(World.lasting(Stories.splitBrain()))).getFirst();

    assertThat(graph.servers().stream().filter(TreeGraph.GraphServer::isRival))
        .extracting(it -> it.name() + " " + it.marks().getFirst().text())
        .containsExactly("pg-test-1 one of 2 primaries: keep", "pg-test-2 one of 2 primaries");
    assertThat(graph.marks())
        .extracting(TreeGraph.Mark::text)
        .contains("critical: multiple_primaries");
  }
}
