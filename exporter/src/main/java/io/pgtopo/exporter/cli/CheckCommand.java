package io.pgtopo.exporter.cli;

import io.pgtopo.config.Config;
import io.pgtopo.config.reading.InvalidConfigException;
import io.pgtopo.config.reading.Problem;
import io.pgtopo.exporter.json.Json;
import io.pgtopo.exporter.json.SarifJson;
import io.pgtopo.exporter.platform.CommandFailed;
import io.pgtopo.exporter.text.ProblemsText;
import io.pgtopo.exporter.view.Plural;
import io.pgtopo.exporter.view.ProblemsReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pgtopo check}. */
@Command(
    name = "check",
    description = "Lint inventories and settings, and report all problems; connects to no server.",
    exitCodeList = {
      "0:no errors; warnings are printed",
      "1:errors or, with --strict, warnings",
      "2:a file cannot be read, no inventory is given, or bad usage"
    })
final class CheckCommand extends Subcommand {
  /** The names of settings files, in any directory. */
  private static final Set<String> SETTINGS = Set.of("pgtopo.yml", "pgtopo.yaml");

  private static final Set<Problem.Code> NO_INPUT =
      Set.of(Problem.Code.UNREADABLE, Problem.Code.NO_INSTANCES);

  @Parameters(
      arity = "0..*",
      paramLabel = "FILE",
      description = "Inventories or patterns; a file named pgtopo.yml is read as settings.")
  private List<String> files = new ArrayList<>();

  @Option(
      names = "--format",
      paramLabel = "text|json|sarif|github",
      defaultValue = "text",
      description = "Output format.")
  private Format format = Format.TEXT;

  @Option(names = "--strict", description = "Treat warnings as errors.")
  private boolean strict;

  @Mixin private InputOptions input = new InputOptions();
  @Mixin private StyleOptions style = new StyleOptions();

  enum Format {
    TEXT,
    JSON,
    SARIF,
    GITHUB
  }

  @Override
  public Integer call() {
    try {
      var config = load();
      print(config.warnings());
      err().println(sizes(config) + ": " + ProblemsText.count(config.warnings()));
      if (input.isVerbose()) {
        config.files().forEach(file -> err().println("read: " + file));
      }
      var faults = Problem.count(config.warnings(), Problem.Level.ERROR);
      return faults > 0 || (strict && !config.warnings().isEmpty()) ? 1 : 0;
    } catch (InvalidConfigException invalid) {
      print(invalid.problems());
      err().println(ProblemsText.count(invalid.problems()));
      return invalid.problems().stream().map(Problem::code).anyMatch(NO_INPUT::contains)
          ? FAILED
          : 1;
    }
  }

  private Config load() {
    var settings = new ArrayList<Path>();
    var inventories = new ArrayList<String>();
    for (var file : files) {
      if (SETTINGS.contains(Path.of(file).getFileName().toString())) {
        settings.add(Path.of(file));
      } else {
        inventories.add(file);
      }
    }
    if (settings.size() > 1) {
      throw new CommandFailed("wanted at most one settings file. Found: " + settings);
    }
    var settingsFile = settings.isEmpty() ? input.settingsFile() : Optional.of(settings.getFirst());
    return input.load(settingsFile, inventories);
  }

  private void print(List<Problem> problems) {
    print(
        switch (format) {
          case TEXT -> ProblemsText.render(problems, style.style());
          case JSON -> Json.text(ProblemsReport.of(problems));
          case SARIF -> Json.text(SarifJson.of(problems));
          case GITHUB -> ProblemsText.github(problems);
        });
  }

  private static String sizes(Config config) {
    return String.join(
        ", ",
        Plural.of(config.files().size(), "file"),
        Plural.of(config.inventory().clusters().size(), "cluster"),
        Plural.of((int) config.inventory().instances().count(), "instance"));
  }
}
