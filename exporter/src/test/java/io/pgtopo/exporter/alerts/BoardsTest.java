package io.pgtopo.exporter.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.pgtopo.exporter.alerts.Boards.Board;
import io.pgtopo.exporter.alerts.Boards.Panel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The dashboards by what Grafana and its users expect. The rules that have names of the form {@code
 * template-job-rule} are those of Grafana's dashboard-linter, which is not to be had in a build.
 */
class BoardsTest {
  private static final Pattern SELECTOR = Pattern.compile("\\{([^}]*)\\}");
  private static final Pattern BARE =
      Pattern.compile("\\b(pgtopo|jvm|process|scrape)_\\w++(?!\\{)");
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{?(\\w+)[:}]?");
  private static final Pattern COUNTED =
      Pattern.compile("(\\w+)\\(\\w+_total\\{[^}]*\\}\\[\\$(\\w+)\\]\\)");
  private static final Set<String> UNITS =
      Set.of("none", "s", "bytes", "Bps", "ops", "short", "percentunit", "dateTimeFromNow");

  /** A rule that a dashboard breaks. */
  private record Problem(String rule, String board, String where) {}

  @Test
  void the_rules_of_the_dashboard_linter_hold_or_have_a_reason_not_to() {
    var problems = Boards.all().stream().flatMap(BoardsTest::problems).toList();
    var lint = Boards.read(Boards.FOLDER.resolve("dashboards/.lint")).path("exclusions");
    var excluded = new TreeSet<String>();
    Boards.entries(lint)
        .forEach(
            rule -> {
              assertThat(rule.getValue().path("reason").asText()).as(rule.getKey()).isNotBlank();
              Boards.elements(rule.getValue().path("entries"))
                  .forEach(
                      entry ->
                          excluded.add(rule.getKey() + ": " + entry.path("dashboard").asText()));
            });

    assertThat(problems)
        .filteredOn(problem -> !excluded.contains(excuse(problem)))
        .as("what .lint does not excuse")
        .isEmpty();
    assertThat(problems.stream().map(BoardsTest::excuse)).containsAll(excluded);
  }

  private static String excuse(Problem problem) {
    return problem.rule + ": " + Boards.named(problem.board).json().path("title").asText();
  }

  private static Stream<Problem> problems(Board board) {
    var problems = new ArrayList<Problem>();
    dashboard(board).forEach(rule -> problems.add(new Problem(rule, board.name(), "")));
    for (var panel : board.panels()) {
      panel(panel).forEach(rule -> problems.add(new Problem(rule, board.name(), panel.title())));
    }
    return problems.stream();
  }

  private static List<String> dashboard(Board board) {
    var broken = new ArrayList<String>();
    var sources = board.variables().stream().filter(it -> is(it, "type", "datasource")).toList();
    if (sources.size() != 1
        || !is(sources.getFirst(), "name", "datasource")
        || !is(sources.getFirst(), "label", "Data source")
        || !is(sources.getFirst(), "query", "prometheus")) {
      broken.add("template-datasource-rule");
    }
    if (!isChoice(board, "job", "Job")) {
      broken.add("template-job-rule");
    }
    if (!isChoice(board, "instance", "Instance")) {
      broken.add("template-instance-rule");
    }
    var asked = board.variables().stream().filter(it -> is(it, "type", "query")).toList();
    if (!asked.stream()
        .allMatch(it -> it.path("definition").asText().matches("label_values\\(.+, \\w+\\)"))) {
      broken.add("template-label-promql-rule");
    }
    if (!asked.stream().allMatch(it -> it.path("refresh").asInt() == 2)) {
      broken.add("template-on-time-change-reload-rule");
    }
    if (!board.json().path("editable").isBoolean() || board.json().path("editable").asBoolean()) {
      broken.add("uneditable-dashboard");
    }
    return broken;
  }

  /** A variable of which any number can be chosen, and all at first. */
  private static boolean isChoice(Board board, String name, String label) {
    return board.variables().stream()
        .filter(it -> is(it, "name", name))
        .anyMatch(
            it ->
                is(it, "label", label)
                    && is(it, "type", "query")
                    && is(it, "allValue", ".+")
                    && is(it.path("datasource"), "uid", "${datasource}")
                    && it.path("multi").asBoolean());
  }

  private static List<String> panel(Panel panel) {
    var broken = new ArrayList<String>();
    if (!is(panel.json().path("datasource"), "uid", "${datasource}")) {
      broken.add("panel-datasource-rule");
    }
    if (panel.title().isBlank() || panel.json().path("description").asText().isBlank()) {
      broken.add("panel-title-description-rule");
    }
    if (!panel.type().equals("nodeGraph")
        && !UNITS.contains(panel.json().at("/fieldConfig/defaults/unit").asText())) {
      broken.add("panel-units-rule");
    }
    if (panel.queries().isEmpty()) {
      broken.add("panel-no-targets-rule");
    }
    for (var query : panel.queries()) {
      query(query.expr()).forEach(broken::add);
    }
    return broken;
  }

  private static List<String> query(String expr) {
    var broken = new ArrayList<String>();
    var selectors = SELECTOR.matcher(expr).results().map(match -> match.group(1)).toList();
    if (BARE.matcher(expr).find()
        || !selectors.stream().allMatch(it -> it.contains("job=~\"$job\""))) {
      broken.add("target-job-rule");
    }
    if (!selectors.stream().allMatch(it -> it.contains("instance=~\"$instance\""))) {
      broken.add("target-instance-rule");
    }
    var counted = COUNTED.matcher(expr).results().toList();
    if (counted.size() != expr.split("_total\\b", -1).length - 1
        || !counted.stream().allMatch(it -> Set.of("rate", "increase").contains(it.group(1)))) {
      broken.add("target-counter-agg-rule");
    }
    if (!counted.stream().allMatch(it -> it.group(2).equals("__rate_interval"))) {
      broken.add("target-rate-interval-rule");
    }
    return broken;
  }

  private static boolean is(JsonNode node, String field, String value) {
    return node.path(field).asText().equals(value);
  }

  @Test
  void a_dashboard_is_known_by_a_uid_that_stays_and_by_no_number() {
    for (var board : Boards.all()) {
      assertThat(board.json().path("uid").asText()).isEqualTo("pgtopo-" + board.name());
      assertThat(board.json().get("id").isNull()).isTrue();
      assertThat(board.json().has("__inputs")).isFalse();
      assertThat(board.panels())
          .extracting(panel -> panel.json().path("id").asInt())
          .doesNotHaveDuplicates()
          .doesNotContain(0);
    }
  }

  @Test
  void panels_fill_the_width_and_do_not_overlap() {
    for (var board : Boards.all()) {
      var taken = new HashSet<List<Integer>>();
      for (var panel : board.panels()) {
        var at = panel.json().path("gridPos");
        for (var x = 0; x < at.path("w").asInt(); x++) {
          for (var y = 0; y < at.path("h").asInt(); y++) {
            assertThat(taken.add(List.of(at.path("x").asInt() + x, at.path("y").asInt() + y)))
                .as(panel.toString())
                .isTrue();
            assertThat(at.path("x").asInt() + x).as(panel.toString()).isLessThan(24);
          }
        }
      }
    }
  }

  @Test
  void every_variable_that_is_used_is_there_and_the_reverse() {
    for (var board : Boards.all()) {
      var there =
          board.variables().stream()
              .map(variable -> variable.path("name").asText())
              .collect(Collectors.toCollection(TreeSet::new));
      var text =
          Stream.of("panels", "annotations", "templating", "links")
              .map(part -> board.json().path(part).toString())
              .collect(Collectors.joining());
      var used =
          VARIABLE
              .matcher(text)
              .results()
              .map(match -> match.group(1))
              .filter(name -> !name.startsWith("__") && !name.matches("\\d"))
              .collect(Collectors.toCollection(TreeSet::new));

      assertThat(used).as(board.name()).isEqualTo(there);
    }
  }

  @Test
  void every_link_leads_to_a_dashboard_and_carries_its_variables() {
    var uids =
        Boards.all().stream().map(board -> "/d/" + board.json().path("uid").asText()).toList();
    for (var board : Boards.all()) {
      for (var link : links(board.json().path("panels")).toList()) {
        var url = link.path("url").asText();
        if (url.startsWith("${runbook}")) {
          continue;
        }
        if (url.startsWith("/d/pgtopo-${")) {
          // Whether an instance or a cluster, a row says; the names of both are those of both.
          assertThat(url).contains("var-cls=", "var-ins=");
          continue;
        }
        assertThat(uids).as(board.name()).contains(url.replaceFirst("\\?.*", ""));
        assertThat(url)
            .contains("${__url_time_range}", "${datasource:queryparam}", "${job:queryparam}");
        var target = Boards.named(url.replaceFirst("/d/pgtopo-(\\w+).*", "$1"));
        var known = target.variables().stream().map(it -> it.path("name").asText()).toList();
        assertThat(Pattern.compile("var-(\\w+)=").matcher(url).results().map(it -> it.group(1)))
            .isNotEmpty()
            .isSubsetOf(known);
      }
    }
  }

  /** A choice of all clusters, or of several, is none for the dashboards of one cluster. */
  @Test
  void only_dashboards_of_one_cluster_hand_its_name_to_each_other() {
    var ofOneCluster = List.of("cluster", "instance");
    for (var board : Boards.all()) {
      var links = board.json().path("links").valueStream().toList();
      var boards = links.stream().filter(it -> it.path("url").asText().startsWith("/d/")).toList();

      assertThat(boards).hasSize(Boards.all().size() - 1);
      for (var link : boards) {
        var url = link.path("url").asText();
        var target = Boards.named(url.replaceFirst("/d/pgtopo-(\\w+).*", "$1"));
        assertThat(link.path("includeVars").asBoolean()).as(url).isFalse();
        assertThat(url).contains("${datasource:queryparam}", "${job:queryparam}");
        assertThat(url.contains("${cls:queryparam}"))
            .as(board.name() + url)
            .isEqualTo(ofOneCluster.contains(board.name()) && ofOneCluster.contains(target.name()));
      }
      assertThat(links.stream().filter(it -> !boards.contains(it)))
          .as("the page of the agent, and Pigsty's dashboards")
          .hasSize(ofOneCluster.contains(board.name()) ? 2 : 0)
          .allMatch(
              it ->
                  it.path("url").asText().startsWith("${page}/#/cluster/${cls}")
                      || it.path("tags").path(0).asText().equals("Pigsty"));
    }
  }

  /** The data links below a node: all that have a title and a URL. */
  private static Stream<JsonNode> links(JsonNode node) {
    var here =
        node.hasNonNull("url") && node.hasNonNull("title")
            ? Stream.of(node)
            : Stream.<JsonNode>empty();
    return Stream.concat(
        here, Optional.of(node).stream().flatMap(JsonNode::valueStream).flatMap(BoardsTest::links));
  }

  @Test
  void states_have_only_colours_that_the_colour_blind_distinguish_and_a_text() {
    var palette = Set.of("#0072B2", "#56B4E9", "#E69F00", "#D55E00", "#CC79A7", "#8F8F8F");
    for (var board : Boards.all()) {
      for (var color : board.json().findValuesAsText("color")) {
        // An object in that place names a mode, and has no text.
        assertThat(color.isEmpty() || palette.contains(color)).as(board.name() + color).isTrue();
      }
      for (var result :
          board.json().findValues("mappings").stream().flatMap(BoardsTest::results).toList()) {
        assertThat(result.path("text").asText()).isNotBlank();
        assertThat(palette).contains(result.path("color").asText());
      }
    }
  }

  private static Stream<JsonNode> results(JsonNode mappings) {
    return mappings
        .valueStream()
        .flatMap(
            mapping ->
                mapping.path("options").has("result")
                    ? Stream.of(mapping.at("/options/result"))
                    : mapping.path("options").valueStream());
  }
}
