package io.pgtopo.exporter.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.pgtopo.exporter.json.Json;
import io.pgtopo.exporter.testing.Golden;
import io.pgtopo.exporter.testing.Server;
import io.pgtopo.exporter.testing.Stories;
import io.pgtopo.exporter.testing.World;
import io.pgtopo.exporter.text.Style.Colours;
import io.pgtopo.exporter.text.Style.Glyphs;
import io.pgtopo.exporter.view.SafetyQuestion;
import io.pgtopo.exporter.view.SafetyReport;
import io.pgtopo.exporter.view.ServicesReport;
import io.pgtopo.exporter.view.SnapshotReport;
import java.io.IOException;
import java.io.StringReader;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

class TextGoldenTest {

  @TestFactory
  Stream<DynamicTest> the_tree_of_every_story_is_as_kept() {
    return Golden.ofEachStory(
        "tree-", ".txt", snapshot -> TreeText.render(SnapshotReport.of(snapshot), Style.PLAIN));
  }

  @TestFactory
  Stream<DynamicTest> the_services_of_every_story_are_as_kept() {
    return Golden.ofEachStory(
        "services-",
        ".txt",
        snapshot ->
            ServicesText.render(
                ServicesReport.of(snapshot.inventory().clusters(), Optional.of(snapshot)),
                Style.PLAIN));
  }

  @TestFactory
  Stream<DynamicTest> the_safety_of_every_story_is_as_kept() {
    return Golden.ofEachStory(
        "safe-",
        ".txt",
        snapshot ->
            SafetyText.render(
                SafetyReport.of(snapshot, cluster -> true, SafetyQuestion.ANY, Duration.ZERO),
                Style.PLAIN));
  }

  @TestFactory
  Stream<DynamicTest> the_diff_of_every_story_is_as_kept() {
    return Golden.ofEachStory(
        "diff-", ".txt", snapshot -> DiffText.render(SnapshotReport.of(snapshot), Style.PLAIN));
  }

  @TestFactory
  Stream<DynamicTest> the_diff_of_every_story_for_programs_is_as_kept() {
    return World.stories()
        .map(
            story ->
                DynamicTest.dynamicTest(
                    story.getKey(),
                    () -> {
                      var snapshot = story.getValue();
                      var report = SnapshotReport.of(snapshot);

                      Golden.assertEqual(
                          "diff-" + story.getKey() + ".junit.xml", DiffJunit.render(report));
                      Golden.assertEqual(
                          "diff-" + story.getKey() + ".github.txt",
                          DiffText.github(report.drift().open()));
                      Golden.assertEqual(
                          "diff-" + story.getKey() + ".nagios.txt",
                          new DiffNagios(report.drift(), drift -> true).render());
                    }));
  }

  @TestFactory
  Stream<DynamicTest> what_junit_reads_is_xml_whose_sums_are_right() {
    return World.stories()
        .map(
            story ->
                DynamicTest.dynamicTest(
                    story.getKey(),
                    () -> {
                      var snapshot = story.getValue();
                      var report = SnapshotReport.of(snapshot);

                      var suite = xml(DiffJunit.render(report)).getElementsByTagName("testsuite");

                      var attributes = suite.item(0).getAttributes();
                      assertThat(attributes.getNamedItem("failures").getNodeValue())
                          .isEqualTo(String.valueOf(report.drift().drifts().size()));
                      assertThat(attributes.getNamedItem("errors").getNodeValue())
                          .isEqualTo(String.valueOf(report.drift().unverifiable().size()));
                      assertThat(
                              ((Element) suite.item(0))
                                  .getElementsByTagName("testcase")
                                  .getLength())
                          .isEqualTo(
                              Integer.parseInt(attributes.getNamedItem("tests").getNodeValue()));
                    }));
  }

  private static Document xml(String text)
      throws ParserConfigurationException, SAXException, IOException {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(text)));
  }

  @Test
  void a_server_cannot_break_the_forms_for_programs() {
    var report =
        Json.read(
                """
                {
                  "topology": {"clusters": [{"name": "pg-test"}]},
                  "drift": {
                    "drifts": [
                      {
                        "kind": "undeclared_instance",
                        "severity": "warning",
                        "cls": "pg-test",
                        "ins": "a,b: \\u0007\\"<&",
                        "declared": "nothing",
                        "live": "100%",
                        "evidence": ["one\\ntwo"]
                      }
                    ]
                  }
                }
                """,
                SnapshotReport.class)
            .orElseThrow();

    assertThat(DiffText.github(report.drift().open()))
        .isEqualTo(
            "::warning title=pg-test%3A undeclared_instance a%2Cb%3A \\u0007\"<&"
                + "::undeclared: 100%25%0Aone%0Atwo\n");
    assertThatCode(() -> xml(DiffJunit.render(report))).doesNotThrowAnyException();
  }

  @TestFactory
  Stream<DynamicTest> a_wide_tree_of_every_story_is_as_kept() {
    return World.stories()
        .map(
            story ->
                DynamicTest.dynamicTest(
                    story.getKey(),
                    () ->
                        Golden.assertEqual(
                            "tree-" + story.getKey() + ".200.txt",
                            TreeText.render(
                                SnapshotReport.of(story.getValue()), Style.PLAIN.withWidth(200)))));
  }

  @Test
  void the_upstream_of_a_standby_cluster_shows_what_it_reports_or_nothing() {
    var report =
        Json.read(
                """
                {
                  "topology": {
                    "clusters": [
                      {
                        "name": "pg-a",
                        "instances": [
                          { "name": "pg-a-1", "address": "10.0.0.1:5432", "role": "primary",
                            "timeline": { "id": 3, "source": "wal" } }
                        ]
                      },
                      {
                        "name": "pg-b",
                        "instances": [
                          { "name": "pg-b-1", "address": "10.0.0.2:5432", "role": "replica",
                            "timeline": { "id": 3, "source": "wal" } }
                        ],
                        "links": [
                          { "upstream": "pg-a-1", "downstream": "pg-b-1", "grade": "both_ends",
                            "upstreamEnd": { "kind": "other_cluster", "address": "10.0.0.1:5432" },
                            "downstreamEnd": { "kind": "member", "address": "10.0.0.2:5432" } }
                        ]
                      }
                    ]
                  },
                  "drift": {}
                }
                """,
                SnapshotReport.class)
            .orElseThrow();

    assertThat(TreeText.render(report, Style.PLAIN))
        .containsPattern("pg-a-1 \\(another cluster\\) +10.0.0.1:5432 +primary +tl 3\n");
    assertThat(TreeText.render(report.only("pg-b"::equals), Style.PLAIN))
        .containsPattern("pg-a-1 \\(another cluster\\) +10.0.0.1:5432\n");
  }

  @Test
  void a_narrow_tree_leaves_the_address_out_before_the_state() {
    var tree =
        TreeText.render(
            SnapshotReport.of(World.lasting(Stories.healthy())), Style.PLAIN.withWidth(60));

    assertThat(tree)
        .contains("│  └─ pg-test-4  replica  tl 1  lag 4.1 kB  both ends")
        .doesNotContain("10.10.10.11");
  }

  @TestFactory
  Stream<DynamicTest> no_line_is_wider_than_a_terminal() {
    return World.stories()
        .map(
            story ->
                DynamicTest.dynamicTest(
                    story.getKey(),
                    () -> {
                      var text =
                          TreeText.render(SnapshotReport.of(story.getValue()), Style.PLAIN)
                              + DiffText.render(SnapshotReport.of(story.getValue()), Style.PLAIN);

                      assertThat(text.lines())
                          .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
                    }));
  }

  @Test
  void an_ascii_tree_has_no_other_characters() {
    var style = new Style(Glyphs.ASCII, Colours.OFF);

    var tree = TreeText.render(SnapshotReport.of(World.lasting(Stories.promotedByHand())), style);

    assertThat(tree.chars()).allMatch(character -> character < 127);
  }

  @Test
  void colours_change_nothing_but_colours() {
    var snapshot = World.lasting(Stories.primaryKilled());

    var coloured =
        TreeText.render(SnapshotReport.of(snapshot), new Style(Glyphs.UNICODE, Colours.ON))
            + DiffText.render(SnapshotReport.of(snapshot), new Style(Glyphs.UNICODE, Colours.ON));

    assertThat(coloured).contains("\u001b[31m");
    assertThat(coloured.replaceAll("\u001b\\[[0-9]+m", ""))
        .isEqualTo(
            TreeText.render(SnapshotReport.of(snapshot), Style.PLAIN)
                + DiffText.render(SnapshotReport.of(snapshot), Style.PLAIN));
  }

  @Test
  void nothing_is_printed_where_all_is_as_declared() {
    assertThat(DiffText.render(SnapshotReport.of(World.lasting(Stories.healthy())), Style.PLAIN))
        .isEmpty();
  }

  @Test
  void a_silent_link_says_for_how_long() {
    var snapshot =
        World.firstSight(
            List.of(
                Server.primary(1, "0/5000060", 1).seen(),
                Server.replica(2, "0/5000060", 1).hearsNothing(1, Duration.ofSeconds(67)).seen()));

    assertThat(TreeText.render(SnapshotReport.of(snapshot), Style.PLAIN))
        .contains("one end, silent for 67 s")
        .contains("declared replica, live not streaming; has no");
  }
}
