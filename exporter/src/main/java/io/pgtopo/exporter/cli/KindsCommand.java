package io.pgtopo.exporter.cli;

import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.exporter.json.JsonObject;
import io.pgtopo.exporter.platform.CliContext;
import io.pgtopo.exporter.text.Runbook;
import io.pgtopo.exporter.text.RunbookText;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
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
              JsonObject.text(Stream.of(DriftKind.values()).map(it -> row(runbook, it)).toList());
        });
    return 0;
  }

  private static Map<String, @Nullable Object> row(Runbook runbook, DriftKind kind) {
    return new JsonObject()
        .with("kind", kind.label())
        .with("severity", kind.severity().label())
        .with("meaning", RunbookText.meaning(runbook, kind.label()))
        .fields();
  }
}
