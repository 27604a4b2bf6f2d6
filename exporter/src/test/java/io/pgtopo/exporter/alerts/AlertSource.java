package io.pgtopo.exporter.alerts;

import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.exporter.text.Runbook;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * The table of all alerts, {@code grafana/alerts.yml}, with what it leaves to {@code docs/drift.md}
 * and to its defaults filled in.
 *
 * @param records expressions by the names that they are recorded under, in order
 * @param alerts those of drift in the order of the kinds, then the others
 * @param without the kinds that have no alert of their own, and why
 */
record AlertSource(
    Links links,
    SequencedMap<String, String> records,
    List<Alert> alerts,
    Map<String, String> without) {

  static final Path FOLDER = Path.of("..", "grafana").toAbsolutePath().normalize();

  /** Where the links of an alert lead to. */
  record Links(String runbooks, String grafana) {}

  /** What one alert is about. */
  enum Per {
    /** Each place by itself. */
    SUBJECT,
    /** All of the kind in a cluster. */
    CLUSTER,
    /** It is no drift, and has an expression of its own. */
    NONE
  }

  /**
   * What an alert speaks of.
   *
   * @param kind empty if it is no drift
   * @param labels that it has besides its severity
   */
  record About(Optional<String> kind, Per per, List<String> labels) {}

  /**
   * One row.
   *
   * @param expression of what is no drift, else empty
   * @param severity by which it is rated, and of a drift what it usually is
   */
  record Alert(
      String name,
      About about,
      String expression,
      Causes causes,
      Pace pace,
      String severity,
      Words words) {

    /** The kind of drift, if it is one. */
    Optional<String> kind() {
      return about.kind();
    }

    /** What one alert is about. */
    Per per() {
      return about.per();
    }

    /** Short and stable, by which Grafana knows it. */
    String uid() {
      return name.replaceAll("(?<=[a-z])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
    }
  }

  /**
   * What takes its place.
   *
   * @param cluster kinds of drift in the same cluster
   * @param instance kinds of drift of the same instance
   * @param upstream kinds of drift of the declared upstream
   * @param further expressions
   */
  record Causes(
      List<String> cluster, List<String> instance, List<String> upstream, List<String> further) {}

  /** How long it waits, and how long it stays. */
  record Pace(String hold, String keep) {}

  /** What it says. */
  record Words(
      String summary,
      String description,
      Optional<Proof> proof,
      String runbook,
      String dashboard) {}

  /** What the metrics show of it. */
  record Proof(String intro, String query, String say) {}

  /** The table of this checkout. */
  static AlertSource read() {
    try {
      return parse(Files.readString(FOLDER.resolve("alerts.yml")), Runbook.packed());
    } catch (IOException missing) {
      throw new UncheckedIOException(missing);
    }
  }

  static AlertSource parse(String text, Runbook runbook) {
    var root = map(new Yaml(new SafeConstructor(new LoaderOptions())).load(text));
    var links = map(root.get("links"));
    var records = new LinkedHashMap<String, String>();
    for (var row : list(root.get("records"))) {
      var record = map(row);
      records.put(text(record, "record"), text(record, "expr").strip());
    }
    var kinds = map(root.get("kinds"));
    var alerts = new ArrayList<Alert>();
    for (var kind : DriftKind.values()) {
      if (kinds.containsKey(kind.label())) {
        alerts.add(ofKind(kind, map(kinds.get(kind.label())), map(root.get("defaults")), runbook));
      }
    }
    list(root.get("others")).forEach(row -> alerts.add(other(map(row))));
    return new AlertSource(
        new Links(text(links, "runbooks"), text(links, "grafana")),
        Collections.unmodifiableSequencedMap(records),
        List.copyOf(alerts),
        map(root.get("without")).entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().toString())));
  }

  /** The labels of the kinds and the exceptions as they stand in the text. */
  static Stream<String> kindsNamedIn(String text) {
    var root = map(new Yaml(new SafeConstructor(new LoaderOptions())).load(text));
    return Stream.concat(
        map(root.get("kinds")).keySet().stream(), map(root.get("without")).keySet().stream());
  }

  private static Alert ofKind(
      DriftKind kind, Map<String, Object> row, Map<String, Object> defaults, Runbook runbook) {
    var severity = kind.severity().label();
    var usual = map(defaults.get(severity));
    var per = Per.valueOf(orElse(row, "per", "subject").toUpperCase(Locale.ROOT));
    var section = Optional.ofNullable(runbook.sections().get(kind.label())).orElse("");
    var subject = "{{ or $labels.ins $labels.cls }}: " + kind.label().replace('_', ' ');
    return new Alert(
        "Pgtopo" + camel(kind.label()),
        new About(
            Optional.of(kind.label()),
            per,
            per == Per.CLUSTER ? List.of("cls") : List.of("cls", "ins", "part")),
        "",
        causes(row),
        new Pace(
            orElse(row, "for", text(usual, "for")),
            orElse(row, "keep_firing_for", text(usual, "keep_firing_for"))),
        severity,
        new Words(
            orElse(row, "summary", subject),
            orElse(row, "description", firstSentence(section)),
            proof(row),
            "drift.md#" + kind.label(),
            orElse(row, "dashboard", "by subject")));
  }

  private static Alert other(Map<String, Object> row) {
    var name = text(row, "alert");
    var about = list(row.get("about")).stream().map(Object::toString).toList();
    return new Alert(
        name,
        new About(Optional.empty(), Per.NONE, about),
        text(row, "expr").strip(),
        causes(row),
        new Pace(text(row, "for"), text(row, "keep_firing_for")),
        text(row, "severity"),
        new Words(
            text(row, "summary"),
            text(row, "description"),
            proof(row),
            orElse(row, "runbook", "alerts.md#" + name.toLowerCase(Locale.ROOT)),
            orElse(row, "dashboard", about.contains("cls") ? "cluster" : "agent")));
  }

  private static Causes causes(Map<String, Object> row) {
    var follows = row.containsKey("follows") ? map(row.get("follows")) : Map.<String, Object>of();
    return new Causes(
        words(follows, "cluster"),
        words(follows, "instance"),
        words(follows, "upstream"),
        words(row, "unless"));
  }

  private static Optional<Proof> proof(Map<String, Object> row) {
    return Optional.ofNullable(row.get("proof"))
        .map(AlertSource::map)
        .map(proof -> new Proof(text(proof, "intro"), text(proof, "query"), text(proof, "say")));
  }

  /** {@code *warning*: A member did not answer.} */
  private static String firstSentence(String section) {
    return section.lines().findFirst().orElse("").replaceFirst("^\\*\\w+\\*: ", "");
  }

  private static String camel(String label) {
    return Stream.of(label.split("_", -1))
        .map(word -> word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1))
        .collect(Collectors.joining());
  }

  private static String orElse(Map<String, Object> row, String key, String usual) {
    return Optional.ofNullable(row.get(key)).map(Object::toString).orElse(usual);
  }

  private static String text(Map<String, Object> row, String key) {
    var value = row.get(key);
    if (value == null) {
      throw new IllegalArgumentException("alerts.yml: " + key + " is missing in " + row);
    }
    return value.toString();
  }

  private static List<String> words(Map<String, Object> row, String key) {
    return row.containsKey(key)
        ? list(row.get(key)).stream().map(Object::toString).toList()
        : List.of();
  }

  @SuppressWarnings("unchecked") // A YAML map of this table has text keys.
  private static Map<String, Object> map(@Nullable Object node) {
    if (node instanceof Map<?, ?> map) {
      return (Map<String, Object>) map;
    }
    throw new IllegalArgumentException("alerts.yml: wanted a map. Found: " + node);
  }

  private static List<?> list(@Nullable Object node) {
    if (node instanceof List<?> list) {
      return list;
    }
    throw new IllegalArgumentException("alerts.yml: wanted a list. Found: " + node);
  }
}
