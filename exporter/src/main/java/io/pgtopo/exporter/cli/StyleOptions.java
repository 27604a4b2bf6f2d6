package io.pgtopo.exporter.cli;

import io.pgtopo.exporter.text.Style;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How a command draws in a terminal. */
class StyleOptions {
  @Option(names = "--no-color", description = "Disable colours, as NO_COLOR does.")
  private boolean colourless;

  @Option(names = "--ascii", description = "Use ASCII characters only.")
  private boolean ascii;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command = CommandSpec.create();

  final Style style() {
    var terminal = PgtopoCommand.context(command).terminal();
    return new Style(
        ascii ? Style.Glyphs.ASCII : terminal.glyphs(),
        colourless ? Style.Colours.OFF : terminal.colours(),
        terminal.width());
  }
}
