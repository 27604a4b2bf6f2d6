package io.pgtopo.alerts;

import java.util.LinkedHashMap;
import java.util.Map;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;

/** YAML in block style, whose expressions of several lines stay so. */
final class YamlText {
  private static final String MARK =
      "# Generated from grafana/alerts.yml. Do not edit: CONTRIBUTING.md has the command.\n";

  private YamlText() {}

  static String render(String comment, Object document) {
    var options = new DumperOptions();
    options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
    options.setSplitLines(false);
    options.setDereferenceAliases(true);
    return MARK
        + (comment.isEmpty() ? "" : "# " + comment + "\n")
        + new Yaml(options).dump(document);
  }

  /** The map of a document, which may be added to. */
  static Map<String, Object> parse(String document) {
    return new Yaml().load(document);
  }

  /** A map that keeps its order. */
  @SafeVarargs
  static Map<String, Object> map(Map.Entry<String, ?>... entries) {
    var map = new LinkedHashMap<String, Object>();
    for (var entry : entries) {
      map.put(entry.getKey(), entry.getValue());
    }
    return map;
  }
}
