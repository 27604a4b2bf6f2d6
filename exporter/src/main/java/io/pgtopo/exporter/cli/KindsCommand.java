package io.pgtopo.exporter.cli;

import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.exporter.json.Json;
import io.pgtopo.exporter.platform.CliContext;
import io.pgtopo.exporter.text.Runbook;
import io.pgtopo.exporter.text.RunbookText;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code pgtopo kinds}. */
@Command(
    name = "kinds",
    description = "List all kinds of drift with their default severity and meaning.")
final class KindsCommand extends Subcommand {
  @Mixin private FormatOption output = new FormatOption();
  @Mixin private StyleOptions style = new StyleOptions();

  KindsCommand(CliContext context) {
    super(context);
  }

  @Override
  public Integer call() {
    var runbook = Runbook.packed();
    print(
        switch (output.format()) {
          case TEXT -> RunbookText.list(runbook, style.style(context()));
          case JSON ->
              Json.text(
                  Stream.of(DriftKind.values()).map(kind -> KindRow.of(runbook, kind)).toList());
        });
    return 0;
  }

  /** One kind. */
  record KindRow(String kind, String severity, String meaning) {
    static KindRow of(Runbook runbook, DriftKind kind) {
      return new KindRow(
          kind.label(), kind.severity().label(), RunbookText.meaning(runbook, kind.label()));
    }
  }
}
