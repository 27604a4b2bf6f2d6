package io.pgtopo.exporter.cli;

import io.pgtopo.config.reading.Suggestion;
import io.pgtopo.exporter.platform.CliContext;
import io.pgtopo.exporter.text.Runbook;
import io.pgtopo.exporter.text.RunbookText;
import io.pgtopo.exporter.text.Style;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pgtopo explain}. */
@Command(
    name = "explain",
    description = "Print what a kind of drift means, what proves it, and what to do.")
final class ExplainCommand implements Callable<Integer> {
  private static final int MAX_EDITS = 4;

  private final CliContext context;

  @Parameters(
      arity = "0..1",
      paramLabel = "KIND",
      description = "Such as role_mismatch; without it, all kinds are listed.")
  private Optional<String> kind = Optional.empty();

  @Mixin private StyleOptions style = new StyleOptions();
  @Spec private CommandSpec command = CommandSpec.create();

  ExplainCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    var runbook = Runbook.packed();
    var drawn = style.style(context);
    var text =
        kind.map(name -> section(runbook, name, drawn))
            .orElseGet(() -> RunbookText.list(runbook, drawn));
    command.commandLine().getOut().print(text);
    command.commandLine().getOut().flush();
    return 0;
  }

  private String section(Runbook runbook, String given, Style drawn) {
    var name = given.toLowerCase(Locale.ROOT).replace('-', '_');
    var section = runbook.sections().get(name);
    if (section == null) {
      var kinds = runbook.sections().keySet();
      var meant =
          Suggestion.of(name, kinds, MAX_EDITS).map(it -> "; did you mean " + it + "?").orElse("");
      throw new ParameterException(
          command.commandLine(),
          "there is no kind %s%s 'pgtopo explain' lists them"
              .formatted(given, meant.isEmpty() ? ";" : meant));
    }
    return RunbookText.section(name, section, drawn);
  }
}
