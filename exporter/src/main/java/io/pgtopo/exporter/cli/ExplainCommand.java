package io.pgtopo.exporter.cli;

import io.pgtopo.config.reading.Suggestion;
import io.pgtopo.exporter.text.RunbookText;
import io.pgtopo.exporter.view.Runbook;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code pgtopo explain}. */
@Command(
    name = "explain",
    description = "Print what a kind of drift means, its evidence, and what to do.")
final class ExplainCommand extends Subcommand {
  private static final int MAX_EDITS = 4;

  @Parameters(
      arity = "0..1",
      paramLabel = "KIND",
      description = "Such as role_mismatch; without it, all kinds are listed.")
  private Optional<String> kind = Optional.empty();

  @Mixin private StyleOptions style = new StyleOptions();

  @Override
  public Integer call() {
    var runbook = Runbook.packed();
    print(
        kind.map(name -> section(runbook, name))
            .orElseGet(() -> RunbookText.list(runbook, style.style())));
    return 0;
  }

  private String section(Runbook runbook, String given) {
    var name = given.toLowerCase(Locale.ROOT).replace('-', '_');
    var section = runbook.sections().get(name);
    if (section == null) {
      var meant = Suggestion.of(name, runbook.sections().keySet(), MAX_EDITS);
      throw usageError(
          "unknown kind of drift %s; %s'pgtopo explain' lists all"
              .formatted(given, meant.map("did you mean %s? "::formatted).orElse("")));
    }
    return RunbookText.section(name, section, style.style());
  }
}
