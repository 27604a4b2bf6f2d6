package io.pgtopo.exporter.cli;

import picocli.CommandLine.Option;

/** The output format of a command that prints text or JSON. */
final class FormatOption {
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

  Format format() {
    return format;
  }
}
