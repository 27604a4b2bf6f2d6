package io.pgtopo.exporter.text;

import io.pgtopo.config.model.Labelled;
import io.pgtopo.config.model.Printable;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Workflow commands, which GitHub shows beside the line of a file or in the summary of a run. */
final class GithubText {
  private GithubText() {}

  /** How loud an annotation is. */
  enum Level implements Labelled {
    ERROR,
    WARNING,
    NOTICE
  }

  /** One annotation, a line; a property with an empty value is left out. */
  static String annotation(
      Level level, List<Map.Entry<String, String>> properties, String message) {
    var shown =
        properties.stream()
            .filter(property -> !property.getValue().isEmpty())
            .map(property -> property.getKey() + "=" + property(property.getValue()))
            .collect(Collectors.joining(","));
    var separator = shown.isEmpty() ? "" : " ";
    return "::" + level.label() + separator + shown + "::" + data(message) + "\n";
  }

  private static String data(String text) {
    return Printable.lines(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A");
  }

  private static String property(String text) {
    return data(text).replace(":", "%3A").replace(",", "%2C");
  }
}
