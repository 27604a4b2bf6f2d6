package io.pgtopo.exporter.cli;

import io.pgtopo.exporter.platform.CliContext;
import io.pgtopo.exporter.text.Style;
import picocli.CommandLine.Option;

/** How a command draws in a terminal. */
final class StyleOptions {
  @Option(names = "--no-color", description = "Disable colours, as NO_COLOR does.")
  private boolean colourless;

  @Option(names = "--ascii", description = "Use ASCII characters only.")
  private boolean ascii;

  Style style(CliContext context) {
    var terminal = context.terminal();
    return new Style(
        ascii ? Style.Glyphs.ASCII : terminal.glyphs(),
        colourless ? Style.Colours.OFF : terminal.colours(),
        terminal.width());
  }
}
