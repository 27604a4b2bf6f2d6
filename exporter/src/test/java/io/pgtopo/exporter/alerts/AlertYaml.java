package io.pgtopo.exporter.alerts;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;

/** YAML as a person would write it: expressions of several lines stay so. */
final class AlertYaml {
  private static final String MARK =
      "# Generated from grafana/alerts.yml, whose head says how. Change it there.\n";

  private AlertYaml() {}

  private static final class Lines extends Representer {
    Lines(DumperOptions options) {
      super(options);
      representers.put(
          String.class,
          text ->
              representScalar(
                  Tag.STR,
                  text.toString(),
                  text.toString().contains("\n")
                      ? DumperOptions.ScalarStyle.LITERAL
                      : DumperOptions.ScalarStyle.PLAIN));
    }
  }

  static String write(String comment, Object document) {
    var options = new DumperOptions();
    options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
    options.setWidth(100_000);
    options.setSplitLines(false);
    options.setIndent(2);
    options.setIndicatorIndent(0);
    return MARK + comment + new Yaml(new Lines(options), options).dump(document);
  }

  /** A map in the order of its writing: names and values in turn. */
  static Map<String, Object> map(Object... namesAndValues) {
    var map = new LinkedHashMap<String, Object>();
    for (var i = 0; i < namesAndValues.length; i += 2) {
      map.put(namesAndValues[i].toString(), namesAndValues[i + 1]);
    }
    return map;
  }

  static Map<String, Object> document(String name, List<?> rows) {
    return map(name, rows);
  }
}
