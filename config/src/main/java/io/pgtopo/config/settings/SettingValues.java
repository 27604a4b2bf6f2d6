package io.pgtopo.config.settings;

import io.pgtopo.config.reading.Located;
import io.pgtopo.config.reading.Place;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.Problems;
import io.pgtopo.config.reading.SourceFiles;
import io.pgtopo.config.reading.Suggestion;
import io.pgtopo.config.reading.Value;
import io.pgtopo.config.settings.Setting.Default;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The settings that are given: the file first, then the environment, then that of libpq. */
final class SettingValues {
  static final String ENVIRONMENT = "environment";
  static final String PASSWORD_VARIABLE = Setting.PREFIX + "PASSWORD";

  private final Problems problems;
  private final Map<Setting<?>, Located> given = new HashMap<>();
  private final SettingParser parser;

  SettingValues(
      Optional<Path> file,
      Map<String, String> environment,
      ClientEnvironment client,
      SourceFiles sources,
      Problems problems) {
    this.problems = problems;
    this.parser = new SettingParser(sources, problems, file.map(Path::getParent));
    file.flatMap(sources::yaml).ifPresent(root -> readSection("", root));
    readEnvironment(environment);
    client.values().forEach(given::putIfAbsent);
  }

  /** A value that is given; empty, and a problem, if it is not of its type. */
  <T> Optional<T> find(Setting<T> setting) {
    return Optional.ofNullable(given.get(setting)).flatMap(found -> parse(setting, found));
  }

  /** A value that is given, otherwise the default. */
  <T> T get(Setting<T> setting) {
    return find(setting)
        .or(() -> parse(setting, located(setting.path(), defaultText(setting))))
        .orElseThrow();
  }

  private <T> Optional<T> parse(Setting<T> setting, Located found) {
    return setting.type().parser().apply(parser, found);
  }

  private static String defaultText(Setting<?> setting) {
    return switch (setting.fallback()) {
      case Default.Text(var text) -> text;
      case Default.None none ->
          throw new IllegalArgumentException(setting.path() + " has no default");
    };
  }

  /** Where a value is given, or its variable. */
  Place placeOf(Setting<?> setting) {
    var found = given.get(setting);
    return found == null ? new Place(ENVIRONMENT, setting.variable(), 0) : found.place();
  }

  private void readSection(String prefix, Located section) {
    switch (section.value()) {
      case Value.Null none -> {}
      case Value.Fields map ->
          section.entries().forEach((name, found) -> readKey(prefix + name, found));
      default -> problems.refuseKind(Code.STRUCTURE, section, "a map of settings");
    }
  }

  private void readKey(String path, Located found) {
    var row = Setting.rows().stream().filter(it -> it.path().equals(path)).findFirst();
    if (row.isPresent()) {
      if (!(found.value() instanceof Value.Null)) {
        given.put(row.get(), found);
      }
    } else if (Setting.paths().stream().anyMatch(it -> it.startsWith(path + "."))) {
      readSection(path + ".", found);
    } else {
      problems.error(
          Code.UNKNOWN_SETTING,
          found.place(),
          "a setting",
          "unknown setting " + path + Suggestion.question(path, Setting.paths()));
    }
  }

  private void readEnvironment(Map<String, String> environment) {
    var variables = Setting.variables();
    for (var row : Setting.rows()) {
      var text = environment.getOrDefault(row.variable(), "");
      if (!text.isEmpty()) {
        given.put(row, located(row.variable(), text));
      }
    }
    for (var name : new TreeMap<>(environment).keySet()) {
      var isKnown = variables.contains(name) || name.equals(PASSWORD_VARIABLE);
      if (name.toUpperCase(Locale.ROOT).startsWith(Setting.PREFIX) && !isKnown) {
        warnIfMisspelt(name);
      }
    }
  }

  private void warnIfMisspelt(String name) {
    var variables = Setting.variables().stream().map(it -> it.toLowerCase(Locale.ROOT));
    Suggestion.of(name, variables.toList(), 2)
        .ifPresent(
            meant ->
                problems.warn(
                    Code.UNKNOWN_SETTING,
                    new Place(ENVIRONMENT, name, 0),
                    "the variable of a setting",
                    "unknown variable %s, which has no effect; did you mean %s?"
                        .formatted(name, meant.toUpperCase(Locale.ROOT))));
  }

  static Located located(String variable, String text) {
    return new Located(new Value.Text(text, true, 0), new Place(ENVIRONMENT, variable, 0));
  }
}
