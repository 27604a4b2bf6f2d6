package io.pgtopo.exporter.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/** Real promtool and amtool read what is given to users; both must be on the PATH. */
@Timeout(300)
class RulesIT {
  private static final Path PROMETHEUS = Boards.FOLDER.resolve("prometheus");
  private static final Path TESTS = PROMETHEUS.resolve("tests");
  private static final Path RULES = PROMETHEUS.resolve("rules");

  @TempDir private Path directory;

  @Test
  void promtool_finds_nothing_to_fix_in_the_rules() throws IOException, InterruptedException {
    for (var file : List.of("pgtopo.yml", "pgtopo-pigsty.yml")) {
      var outcome =
          run("promtool", "check", "rules", "--lint=all", "--lint-fatal", RULES.resolve(file));

      assertThat(outcome.status()).as(outcome.text()).isZero();
      assertThat(outcome.text()).contains("SUCCESS");
    }
  }

  @Test
  void every_alert_comes_in_its_time_with_its_words_and_without_need_does_not_come()
      throws IOException, InterruptedException {
    for (var file : List.of("stories.yml", "kinds.yml", "pigsty.yml")) {
      var outcome = run("promtool", "test", "rules", TESTS.resolve(file));

      assertThat(outcome.status()).as(outcome.text()).isZero();
      assertThat(outcome.text()).contains("SUCCESS");
    }
  }

  @Test
  void every_alert_is_tested_to_fire_and_to_be_silent() throws IOException {
    var text =
        Files.readString(TESTS.resolve("stories.yml"))
            + Files.readString(TESTS.resolve("kinds.yml"));
    for (var alert : alerts()) {
      var name = alert + "\\b";

      assertThat(text)
          .containsPattern("alertname: " + name + "[^\\n]*\\n? *,? ?exp_alerts: \\[\\]");
      assertThat(text).containsPattern("alertname: " + name + "\\n *exp_alerts:\\n");
    }
  }

  /** Else the tests would prove nothing: each change of a rule must be noticed. */
  @Test
  void a_rule_that_is_changed_fails_its_tests() throws IOException, InterruptedException {
    var rules = Files.readString(RULES.resolve("pgtopo.yml"));
    var tests = Files.createDirectories(directory.resolve("tests"));
    var stories = Files.copy(TESTS.resolve("stories.yml"), tests.resolve("stories.yml"));
    var changed = Files.createDirectories(directory.resolve("rules")).resolve("pgtopo.yml");
    for (var change : changes()) {
      var mutant = rules.replaceAll(change.getFirst(), change.getLast());
      assertThat(mutant).as(change.toString()).isNotEqualTo(rules);
      Files.writeString(changed, mutant);

      var outcome = run("promtool", "test", "rules", stories);

      assertThat(outcome.status()).as("%s%n%s", change, outcome.text()).isEqualTo(1);
      assertThat(outcome.text()).as(change.toString()).contains("FAILED");
    }
  }

  private static List<List<String>> changes() {
    return List.of(
        List.of("state=\"firing\",severity=\"critical\"", "severity=\"critical\""),
        List.of("( +)0 \\* max by", "$15 * max by"),
        List.of("(max|count) by \\(cls(, ins)?, system_identifier\\)", "$1 by (cls$2)"),
        List.of("unless on \\(cls\\) \\(pgtopo_cluster_primaries > 1\\)", ""),
        List.of("unless on \\(cls, ins\\) pgtopo_drift\\{kind=\"duplicate_instance\"\\}", ""),
        List.of(
            "label_replace\\(cls_ins:pgtopo_up:max == 1",
            "label_replace(cls_ins:pgtopo_up:max == 2"),
        List.of("and on \\(cls\\) cls:pgtopo_primaries:none", "and on (cls) (vector(1) == 2)"),
        List.of("\\[1h\\]\\) == 1\\)", "[1h]) < 0)"),
        List.of("keep_firing_for: .*", "keep_firing_for: 0s"));
  }

  @Test
  void prometheus_and_alertmanager_take_their_examples() throws IOException, InterruptedException {
    var scrape = run("promtool", "check", "config", PROMETHEUS.resolve("prometheus.yml"));
    var alertmanager = run("amtool", "check-config", PROMETHEUS.resolve("alertmanager.yml"));

    assertThat(scrape.status()).as(scrape.text()).isZero();
    assertThat(scrape.text()).doesNotContain("FAILED");
    assertThat(alertmanager.status()).as(alertmanager.text()).isZero();
    assertThat(alertmanager.text()).contains("SUCCESS", "inhibit rules");
    assertThat(run("promtool", "check", "config", PROMETHEUS.resolve("scrape.yml")).status())
        .isZero();
  }

  @Test
  void alertmanager_takes_its_example_with_the_receivers_of_the_recipe()
      throws IOException, InterruptedException {
    var recipe =
        matches(
                Pattern.compile("(?s)receivers:.*?(?=\n```)"),
                Files.readString(Path.of("..", "docs", "integrations.md")))
            .findFirst()
            .orElseThrow();
    var example = Files.readString(PROMETHEUS.resolve("alertmanager.yml"));
    var file =
        Files.writeString(
            directory.resolve("alertmanager.yml"),
            example.substring(0, example.indexOf("receivers:")) + recipe);

    var outcome = run("amtool", "check-config", file);

    assertThat(outcome.status()).as(outcome.text()).isZero();
    assertThat(outcome.text()).contains("3 receivers");
  }

  @Test
  void every_alert_that_the_alertmanager_names_exists() throws IOException {
    assertThat(
            matches(
                Pattern.compile("\\bPgtopo\\w+"),
                Files.readString(PROMETHEUS.resolve("alertmanager.yml"))))
        .isNotEmpty()
        .isSubsetOf(alerts());
  }

  @Test
  void alerts_are_sent_where_the_example_says() throws IOException, InterruptedException {
    for (var route :
        List.of(
            List.of("severity=critical", "pager"),
            List.of("severity=warning", "team"),
            List.of("severity=info", "log"))) {
      var outcome =
          run(
              "amtool",
              "config",
              "routes",
              "test",
              "--config.file=" + PROMETHEUS.resolve("alertmanager.yml"),
              "alertname=PgtopoRoleMismatch",
              "cls=pg-test",
              route.getFirst());

      assertThat(outcome.text().lines()).contains(route.getLast());
    }
  }

  /** Grafana itself is not asked; but its queries are PromQL, which promtool reads. */
  @Test
  void prometheus_understands_every_query_of_grafanas_alerts()
      throws IOException, InterruptedException {
    var json = new ObjectMapper();
    var alerting =
        json.<JsonNode>valueToTree(
            new Yaml().load(Files.readString(Boards.FOLDER.resolve("alerting/pgtopo.yml"))));
    var rules = new ArrayList<Map<String, String>>();
    for (var rule : alerting.path("groups").path(0).path("rules")) {
      rules.add(
          Map.of(
              "record",
              "x:" + rule.path("title").asText() + ":x",
              "expr",
              rule.path("data").path(0).path("model").path("expr").asText()));
    }
    var groups = Map.of("groups", List.of(Map.of("name", "grafana", "rules", rules)));
    var file = Files.writeString(directory.resolve("grafana.yml"), json.writeValueAsString(groups));

    var outcome = run("promtool", "check", "rules", file);

    assertThat(outcome.status()).as(outcome.text()).isZero();
    assertThat(rules).hasSameSizeAs(alerts());
    assertThat(Files.readString(file)).doesNotContain("cls_ins", "cls:pgtopo");
  }

  @Test
  void the_rules_for_kubernetes_are_the_same() throws IOException {
    var plain = Files.readString(RULES.resolve("pgtopo.yml"));
    var kubernetes = Files.readString(RULES.resolve("pgtopo-kubernetes.yml"));
    var groups = plain.substring(plain.indexOf("groups:")).indent(2);

    assertThat(kubernetes).endsWith(groups);
  }

  @Test
  void the_rules_for_pigsty_differ_in_labels_and_links_only() throws IOException {
    var pattern =
        Pattern.compile("(?m)^ +(expr|for|keep_firing_for|summary|description|runbook_url): .*");
    var plain = Files.readString(RULES.resolve("pgtopo.yml"));
    var pigsty = Files.readString(RULES.resolve("pgtopo-pigsty.yml"));

    assertThat(matches(pattern, pigsty))
        .containsExactlyElementsOf(matches(pattern, plain).toList());
  }

  /** The names of all alerts. */
  private static List<String> alerts() throws IOException {
    return matches(
            Pattern.compile("(?<=- alert: )\\w+"), Files.readString(RULES.resolve("pgtopo.yml")))
        .toList();
  }

  private static Stream<String> matches(Pattern pattern, String text) {
    return pattern.matcher(text).results().map(MatchResult::group);
  }

  private static OtherPrograms.Outcome run(String program, Object... arguments)
      throws IOException, InterruptedException {
    return OtherPrograms.run(program, arguments);
  }
}
