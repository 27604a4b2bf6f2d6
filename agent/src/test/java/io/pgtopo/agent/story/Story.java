package io.pgtopo.agent.story;

import io.pgtopo.config.model.Inventory;
import io.pgtopo.config.model.Policy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.Yaml;

/**
 * One story: what is declared, then phases of what is observed and what must follow. A phase states
 * only what changed since the one before; the grammar is in {@code scenarios/README.md}.
 */
public record Story(
    String text,
    Cast cast,
    Policy policy,
    Duration hysteresis,
    Duration grace,
    List<Phase> phases) {

  /**
   * One moment.
   *
   * @param isRestart whether the agent ends before it, and starts again with what it kept
   * @param observed the full state of every instance, changes of earlier phases included
   * @param shared instances whose address led to different servers before
   * @param dials what clients found at each address of a service, such as {@code pg-test-1:5434}
   * @param balancers what the load balancer of each node reports, by an instance on the node
   * @param managers what Patroni on the node of an instance reports
   * @param names the instances that each DNS name leads to
   * @param expected by topic: drifts, judged, verdicts, links, roles, changes; says: parts of the
   *     proofs
   */
  public record Phase(
      String say,
      Duration at,
      boolean isRestart,
      Map<String, Object> observed,
      List<String> shared,
      Map<String, Object> dials,
      Map<String, Object> balancers,
      Map<String, Object> managers,
      Map<String, Object> names,
      Map<String, List<String>> expected) {

    private Phase managedBy(String session) {
      var shown = new TreeMap<String, Object>();
      observed.forEach(
          (name, given) -> shown.put(name, given instanceof Map ? shows(given, session) : given));
      return new Phase(
          say, at, isRestart, shown, shared, dials, balancers, managers, names, expected);
    }

    private static Map<String, Object> shows(Object given, String session) {
      var facts = new LinkedHashMap<>(map(given));
      facts.put("managers", List.of(session));
      return facts;
    }
  }

  /** The declared side. */
  public Inventory inventory() {
    return cast.inventory();
  }

  /** The same, in which every server that answers shows a session of a manager. */
  Story managedBy(String session) {
    return new Story(
        text,
        cast,
        policy,
        hysteresis,
        grace,
        phases.stream().map(phase -> phase.managedBy(session)).toList());
  }

  static Story read(Path file) {
    try (var reader = Files.newBufferedReader(file)) {
      Map<String, Object> yaml = new Yaml().load(reader);
      return of(yaml);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (RuntimeException failed) {
      throw new IllegalArgumentException(file + ": " + failed.getMessage(), failed);
    }
  }

  static Story parse(String text) {
    Map<String, Object> yaml = new Yaml().load(text);
    return of(yaml);
  }

  private static Story of(Map<String, Object> yaml) {
    only(
        yaml,
        "story",
        "inventory",
        "undeclared",
        "hysteresis",
        "grace",
        "policy",
        "ignore",
        "maintenance",
        "phases");
    var observed = new TreeMap<String, Object>();
    var phases = new ArrayList<Phase>();
    for (var entry : list(yaml.get("phases"))) {
      var phase = map(entry);
      only(
          phase,
          "say",
          "at",
          "agent",
          "observe",
          "shared",
          "dials",
          "balancers",
          "managers",
          "names",
          "expect");
      map(phase.get("observe"))
          .forEach((name, change) -> observed.merge(name, change, Story::change));
      phases.add(
          new Phase(
              text(phase.get("say")),
              duration(text(phase.get("at"))),
              isRestart(phase),
              new TreeMap<>(observed),
              list(phase.get("shared")).stream().map(Story::text).toList(),
              map(phase.get("dials")),
              map(phase.get("balancers")),
              map(phase.get("managers")),
              map(phase.get("names")),
              expectations(map(phase.get("expect")))));
    }
    return new Story(
        text(yaml.get("story")),
        Cast.of(map(yaml.get("inventory")), map(yaml.get("undeclared"))),
        Policies.policy(yaml),
        duration(yaml.containsKey("hysteresis") ? text(yaml.get("hysteresis")) : "30s"),
        duration(yaml.containsKey("grace") ? text(yaml.get("grace")) : "0s"),
        phases);
  }

  private static boolean isRestart(Map<String, Object> phase) {
    if (!phase.containsKey("agent")) {
      return false;
    }
    if (!text(phase.get("agent")).equals("restart")) {
      throw new IllegalArgumentException("agent: wanted restart. Found: " + phase.get("agent"));
    }
    return true;
  }

  /** A text replaces all; a map changes single facts, and a change of state drops the other one. */
  private static Object change(Object before, Object change) {
    if (!(before instanceof Map) || !(change instanceof Map)) {
      return change;
    }
    var merged = new LinkedHashMap<>(map(before));
    var changes = map(change);
    if (changes.containsKey("production")) {
      merged.remove("recovery");
      merged.remove("walreceiver");
    }
    if (changes.containsKey("recovery")) {
      merged.remove("production");
      merged.remove("promoted");
    }
    merged.putAll(changes);
    return merged;
  }

  private static Map<String, List<String>> expectations(Map<String, Object> yaml) {
    only(
        yaml,
        "drifts",
        "judged",
        "verdicts",
        "links",
        "unproven",
        "evaluated",
        "advises",
        "not_evaluated",
        "reasons",
        "roles",
        "traits",
        "clients",
        "logical",
        "changes",
        "safe",
        "loses",
        "warns",
        "says");
    var expected = new TreeMap<String, List<String>>();
    yaml.forEach(
        (topic, lines) -> expected.put(topic, list(lines).stream().map(Story::text).toList()));
    return expected;
  }

  static void only(Map<String, Object> map, String... keys) {
    for (var key : map.keySet()) {
      if (!List.of(keys).contains(key)) {
        throw new IllegalArgumentException(
            "unknown key \"" + key + "\"; known: " + String.join(", ", keys));
      }
    }
  }

  @SuppressWarnings("unchecked") // YAML has no types; the keys of our stories are strings.
  static Map<String, Object> map(@Nullable Object yaml) {
    return yaml == null ? Map.of() : (Map<String, Object>) yaml;
  }

  static List<?> list(@Nullable Object yaml) {
    return yaml == null ? List.of() : (List<?>) yaml;
  }

  static String text(@Nullable Object yaml) {
    return Objects.toString(Objects.requireNonNull(yaml, "a value is missing"));
  }

  static Duration duration(String text) {
    return Duration.parse("PT" + text);
  }
}
