package io.pgtopo.exporter.cli;

import io.pgtopo.exporter.json.Json;
import io.pgtopo.exporter.text.Style;
import java.util.function.Function;
import java.util.function.Supplier;
import picocli.CommandLine.Option;

/** The output of a command that prints text or JSON. */
final class OutputOptions extends StyleOptions {
  @Option(
      names = "--format",
      paramLabel = "text|json",
      defaultValue = "text",
      description = "Output format.")
  private Format format = Format.TEXT;

  enum Format {
    TEXT,
    JSON
  }

  boolean isText() {
    return format == Format.TEXT;
  }

  /** What to print: the text in the style of the terminal, or the record as JSON. */
  String of(Function<Style, String> text, Supplier<Object> json) {
    return isText() ? text.apply(style()) : Json.text(json.get());
  }
}
