package io.pgtopo.exporter.cli;

import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.exporter.text.RunbookText;
import io.pgtopo.exporter.view.Runbook;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code pgtopo kinds}. */
@Command(
    name = "kinds",
    description = "List all kinds of drift with their default severity and meaning.")
final class KindsCommand extends Subcommand {
  @Mixin private OutputOptions output = new OutputOptions();

  @Override
  public Integer call() {
    var runbook = Runbook.packed();
    print(
        output.of(
            style -> RunbookText.list(runbook, style),
            () -> Stream.of(DriftKind.values()).map(kind -> KindRow.of(runbook, kind)).toList()));
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
