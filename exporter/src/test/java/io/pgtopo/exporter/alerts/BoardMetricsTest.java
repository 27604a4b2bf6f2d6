package io.pgtopo.exporter.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.exporter.metrics.MetricFamily;
import io.pgtopo.exporter.testing.Site;
import io.pgtopo.exporter.testing.World;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is named below {@code grafana/} is what pgtopo exposes, and the reverse. */
class BoardMetricsTest {
  /** What Prometheus itself says of each target. */
  private static final Set<String> OF_PROMETHEUS =
      Set.of("up", "scrape_duration_seconds", "scrape_samples_scraped");

  /** All that is no metric: texts, label matchers, lists of labels, durations. */
  private static final Pattern REST =
      Pattern.compile(
          "\"[^\"]*\"|\\{[^}]*\\}|\\[[^]]*\\]|\\b(by|without|on|ignoring|group_left|group_right) ?\\([^)]*\\)");

  private static final Pattern WORD =
      Pattern.compile("(?<![\\w:.$])[a-zA-Z_:][\\w:]*(?! *\\()(?![\\w:])");
  private static final Set<String> KEYWORDS = Set.of("or", "and", "unless", "offset", "bool");

  private static Set<String> metrics(String expr) {
    var bare = expr;
    for (var before = ""; !before.equals(bare); ) {
      before = bare;
      bare = REST.matcher(bare).replaceAll(" ");
    }
    return WORD.matcher(bare)
        .results()
        .map(match -> match.group())
        .filter(word -> !KEYWORDS.contains(word))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> exposed(String exposition) {
    return Pattern.compile("^# TYPE (\\S+) ", Pattern.MULTILINE)
        .matcher(exposition)
        .results()
        .map(match -> match.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The families of all golden expositions, and those of pgtopo itself and of the JVM. */
  private static Set<String> exposed() throws IOException, InterruptedException {
    var families = new TreeSet<String>();
    for (var file : files(Path.of("src", "test", "resources", "golden"), "metrics-[a-z-]+.txt")) {
      families.addAll(exposed(Files.readString(file)));
    }
    try (var site = new Site()) {
      site.show(World.stories().toList().getFirst().getValue(), Duration.ofSeconds(1));
      families.addAll(exposed(site.get("/metrics").body()));
    }
    return families;
  }

  private static List<Path> files(Path folder, String name) {
    try (var files = Files.walk(folder)) {
      return files
          .filter(file -> !file.toString().contains("node_modules"))
          .filter(file -> file.getFileName().toString().matches(name))
          .sorted()
          .toList();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /** By where they stand: panels, annotations, variables. */
  private static Map<String, Set<String>> ofDashboards() {
    var named = new TreeMap<String, Set<String>>();
    Boards.queries().forEach(query -> named.put(query.toString(), metrics(query.expr())));
    for (var board : Boards.all()) {
      for (var annotation : board.annotations()) {
        named.put(
            board.name() + " / " + annotation.path("name").asText(),
            metrics(annotation.path("expr").asText()));
      }
      for (var variable : board.variables()) {
        var asked = variable.path("definition").asText();
        named.put(
            board.name() + " / $" + variable.path("name").asText(),
            asked.isEmpty()
                ? Set.of()
                : metrics(asked.replaceFirst("label_values\\((.*), \\w+\\)", "$1")));
      }
    }
    return named;
  }

  /** Of the rules and alerts, in any YAML there is: by its own word each, and what it records. */
  private static Map<String, Set<String>> ofRules() throws IOException {
    var named = new TreeMap<String, Set<String>>();
    var recorded = new TreeSet<String>();
    for (var file : files(Boards.FOLDER, ".+\\.ya?ml")) {
      var text = Files.readString(file);
      Pattern.compile("record: *(\\S+)")
          .matcher(text)
          .results()
          .forEach(it -> recorded.add(it.group(1)));
      named.put(
          Boards.FOLDER.relativize(file).toString(),
          Pattern.compile("(?<![\\w:/.-])[a-zA-Z_:]*pgtopo_[\\w:]+(?![\\w:/.-])")
              .matcher(text)
              .results()
              .map(match -> match.group())
              .collect(Collectors.toCollection(TreeSet::new)));
    }
    named.values().forEach(words -> words.removeAll(recorded));
    return named;
  }

  @Test
  void every_metric_that_is_named_is_exposed() throws IOException, InterruptedException {
    var exposed = exposed();
    exposed.addAll(OF_PROMETHEUS);

    ofDashboards().forEach((where, words) -> assertThat(exposed).as(where).containsAll(words));
    ofRules().forEach((where, words) -> assertThat(exposed).as(where).containsAll(words));
  }

  @Test
  void every_family_is_used_or_has_a_reason_not_to() throws IOException {
    var unused = new TreeMap<String, String>();
    Boards.entries(Boards.read(Boards.FOLDER.resolve("check/unused.json")))
        .forEach(entry -> unused.put(entry.getKey(), entry.getValue().asText()));
    var used =
        Stream.of(ofDashboards(), ofRules())
            .flatMap(named -> named.values().stream())
            .flatMap(Set::stream)
            .collect(Collectors.toCollection(TreeSet::new));
    var families =
        Arrays.stream(MetricFamily.values())
            .map(MetricFamily::exposed)
            .collect(Collectors.toCollection(TreeSet::new));
    var idle = new TreeSet<>(families);
    idle.removeAll(used);

    assertThat(unused.keySet()).isEqualTo(idle);
    assertThat(unused.values()).allMatch(reason -> !reason.isBlank());
  }

  @Test
  void names_of_metrics_are_distinguished_from_the_rest_of_a_query() {
    assertThat(
            metrics(
                "max by (cls, ins) (3 * a_b{job=~\"$job\", c=\"d_e\"} == 1) > 0 or on (cls) rate(f:g_total{}[$__rate_interval])"
                    + " unless on (x) label_replace(h_i offset 1m, \"j\", \"$1\", \"k\", \"(.+)\") * NaN_not"))
        .containsExactly("NaN_not", "a_b", "f:g_total", "h_i");
  }
}
