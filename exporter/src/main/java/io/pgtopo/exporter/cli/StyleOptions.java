package io.pgtopo.exporter.cli;

import io.pgtopo.exporter.platform.CliContext;
import io.pgtopo.exporter.text.Style;
import picocli.CommandLine.Option;

/** What a command is told that draws for people. */
final class StyleOptions {
  @Option(names = "--no-color", description = "No colours, as with NO_COLOR.")
  private boolean colourless;

  @Option(names = "--ascii", description = "No characters beyond ASCII.")
  private boolean ascii;

  Style style(CliContext context) {
    var terminal = context.terminal();
    return new Style(
        ascii ? Style.Glyphs.ASCII : terminal.glyphs(),
        colourless ? Style.Colours.OFF : terminal.colours(),
        terminal.width());
  }
}
