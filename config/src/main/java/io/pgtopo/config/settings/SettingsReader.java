package io.pgtopo.config.settings;

import io.pgtopo.config.reading.Located;
import io.pgtopo.config.reading.Place;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.Problems;
import io.pgtopo.config.reading.SourceFiles;
import io.pgtopo.config.reading.Suggestion;
import io.pgtopo.config.reading.Value;
import io.pgtopo.config.reading.ValueKind;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads the settings: the file first, then the environment over it. */
public final class SettingsReader {
  private static final String ENVIRONMENT = "environment";
  private static final int MAX_EDITS = 3;

  private final SourceFiles sources;
  private final Problems problems;

  public SettingsReader(SourceFiles sources, Problems problems) {
    this.sources = sources;
    this.problems = problems;
  }

  public SettingsDraft read(Optional<Path> file, Map<String, String> environment) {
    var values = new EnumMap<SettingKey, Located>(SettingKey.class);
    file.flatMap(sources::yaml).ifPresent(root -> fromFile(root, values));
    var directory = file.map(Path::getParent).orElse(null);
    fromEnvironment(environment, values);
    var client = new ClientEnvironment(sources, problems, environment);
    client.fill(values);
    return new SettingsDraft.Reader(sources, problems, values)
        .read(Optional.ofNullable(directory), environment, client);
  }

  private void fromFile(Located root, Map<SettingKey, Located> values) {
    switch (root.value()) {
      case Value.Null none -> {}
      case Value.Fields map -> keys("", root, map, values);
      default ->
          problems.error(
              Code.STRUCTURE,
              root.place(),
              "wanted a map of settings. Found: " + ValueKind.of(root.value()));
    }
  }

  private void keys(
      String prefix, Located holder, Value.Fields map, Map<SettingKey, Located> values) {
    map.fields()
        .forEach(
            (name, field) -> {
              var path = prefix + name;
              var found = new Located(field.value(), holder.place().child(name, field.line()));
              var key = SettingKey.of(path);
              if (key.isPresent()) {
                putUnlessNull(key.get(), found, values);
              } else if (SettingKey.paths().stream().anyMatch(p -> p.startsWith(path + "."))) {
                section(path, found, values);
              } else {
                unknown(path, found.place());
              }
            });
  }

  private static void putUnlessNull(
      SettingKey key, Located found, Map<SettingKey, Located> values) {
    if (!(found.value() instanceof Value.Null)) {
      values.put(key, found);
    }
  }

  private void section(String path, Located found, Map<SettingKey, Located> values) {
    switch (found.value()) {
      case Value.Null none -> {}
      case Value.Fields map -> keys(path + ".", found, map, values);
      default ->
          problems.error(
              Code.STRUCTURE,
              found.place(),
              "wanted a map of settings. Found: " + ValueKind.of(found.value()));
    }
  }

  private void unknown(String path, Place place) {
    var meant =
        Suggestion.of(path, SettingKey.paths(), MAX_EDITS)
            .map(name -> "; did you mean " + name + "?")
            .orElse("");
    problems.error(Code.UNKNOWN_SETTING, place, "wanted a setting. Found: an unknown one" + meant);
  }

  private void fromEnvironment(Map<String, String> environment, Map<SettingKey, Located> values) {
    for (var key : SettingKey.values()) {
      var text = environment.get(key.variable());
      if (text != null && !text.isEmpty()) {
        values.put(key, located(key.variable(), text));
      }
    }
    new TreeMap<>(environment)
        .keySet().stream()
            .filter(name -> name.toUpperCase(Locale.ROOT).startsWith(SettingKey.PREFIX))
            .filter(name -> !SettingKey.variables().contains(name))
            .filter(name -> !name.equals(SettingsDraft.PASSWORD_VARIABLE))
            .forEach(this::warnIfMisspelt);
  }

  private void warnIfMisspelt(String name) {
    Suggestion.of(
            name.toLowerCase(Locale.ROOT),
            SettingKey.variables().stream().map(v -> v.toLowerCase(Locale.ROOT)).toList(),
            2)
        .ifPresent(
            meant ->
                problems.warn(
                    Code.UNKNOWN_SETTING,
                    new Place(ENVIRONMENT, name, 0),
                    "wanted the name of a setting. Found: an unknown one, which has no effect; "
                        + "did you mean "
                        + meant.toUpperCase(Locale.ROOT)
                        + "?"));
  }

  static Located located(String variable, String text) {
    return new Located(new Value.Text(text, true, 0), new Place(ENVIRONMENT, variable, 0));
  }
}
