package io.pgtopo.exporter.cli;

import io.pgtopo.config.Config;
import io.pgtopo.config.reading.InvalidConfigException;
import io.pgtopo.config.reading.Problem;
import io.pgtopo.exporter.daemon.OneShot;
import io.pgtopo.exporter.json.ProblemsJson;
import io.pgtopo.exporter.json.SarifJson;
import io.pgtopo.exporter.platform.CliContext;
import io.pgtopo.exporter.platform.CommandFailed;
import io.pgtopo.exporter.text.ProblemsText;
import io.pgtopo.exporter.view.Summary;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pgtopo check}. */
@Command(
    name = "check",
    description = "Lint inventories and settings, all problems at once; no server is asked.",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:nothing is wrong; what is suspicious is printed",
      "1:something is wrong or, with --strict, suspicious",
      "2:a file cannot be read, none is named, or bad usage"
    })
final class CheckCommand implements Callable<Integer> {
  /** What a file of settings is called, wherever it lies. */
  private static final Set<String> SETTINGS = Set.of("pgtopo.yml", "pgtopo.yaml");

  private static final Set<Problem.Code> TROUBLE =
      Set.of(Problem.Code.UNREADABLE, Problem.Code.NO_INSTANCES);

  private final CliContext context;

  @Parameters(
      arity = "0..*",
      paramLabel = "FILE",
      description = "Inventories, or patterns of them; a file called pgtopo.yml holds settings.")
  private List<String> files = new ArrayList<>();

  @Option(
      names = "--format",
      paramLabel = "text|json|sarif|github",
      defaultValue = "text",
      description = "Form of the output.")
  private Format format = Format.TEXT;

  @Option(names = "--strict", description = "Count what is suspicious as wrong.")
  private boolean strict;

  @Mixin private InputOptions input = new InputOptions();
  @Mixin private StyleOptions style = new StyleOptions();
  @Spec private CommandSpec command = CommandSpec.create();

  enum Format {
    TEXT,
    JSON,
    SARIF,
    GITHUB
  }

  CheckCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    var err = command.commandLine().getErr();
    try {
      var config = load();
      print(config.warnings());
      err.println(sizes(config) + ": " + ProblemsText.count(config.warnings()));
      if (input.isVerbose()) {
        config.files().forEach(file -> err.println("read: " + file));
      }
      return strict && !config.warnings().isEmpty() ? 1 : 0;
    } catch (InvalidConfigException invalid) {
      print(invalid.problems());
      err.println(ProblemsText.count(invalid.problems()));
      return invalid.problems().stream().map(Problem::code).anyMatch(TROUBLE::contains)
          ? OneShot.TROUBLE
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
      throw new CommandFailed("one file of settings at a time. Found: " + settings);
    }
    var settingsFile =
        settings.isEmpty() ? input.settingsFile(context) : Optional.of(settings.getFirst());
    return input.load(settingsFile, inventories, context);
  }

  private void print(List<Problem> problems) {
    var text =
        switch (format) {
          case TEXT -> ProblemsText.render(problems, style.style(context));
          case JSON -> ProblemsJson.render(problems).text();
          case SARIF -> SarifJson.render(problems).text();
          case GITHUB -> ProblemsText.github(problems);
        };
    command.commandLine().getOut().print(text);
    command.commandLine().getOut().flush();
  }

  private static String sizes(Config config) {
    return Summary.count(config.files().size(), "file")
        + ", "
        + Summary.count(config.inventory().clusters().size(), "cluster")
        + ", "
        + Summary.count((int) config.inventory().instances().count(), "instance");
  }
}
