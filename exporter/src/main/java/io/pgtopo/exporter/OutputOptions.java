package io.pgtopo.exporter;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.config.Inventory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What a command that prints is told: of which clusters, and in what form. */
final class OutputOptions {
  enum Format {
    TEXT,
    JSON;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Parameters(arity = "0..*", paramLabel = "CLUSTER", description = "Only these clusters.")
  private List<String> positional = new ArrayList<>();

  @Option(names = "--cluster", paramLabel = "NAME", description = "Only this cluster.")
  private List<String> named = new ArrayList<>();

  @Option(
      names = "--format",
      paramLabel = "text|json",
      defaultValue = "text",
      description = "Form of the output.")
  private Format format = Format.TEXT;

  @Option(names = "--no-color", description = "No colours, as with NO_COLOR.")
  private boolean colourless;

  @Option(names = "--ascii", description = "No characters beyond ASCII.")
  private boolean ascii;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command = CommandSpec.create();

  Format format() {
    return format;
  }

  Style style(Surroundings surroundings) {
    var terminal = surroundings.terminal();
    return new Style(
        ascii ? Style.Glyphs.ASCII : terminal.glyphs(),
        colourless ? Style.Colours.OFF : terminal.colours());
  }

  /** Fails for a cluster that is not declared, before any server is asked. */
  void check(Inventory inventory) {
    var declared = inventory.clusters().stream().map(cluster -> cluster.name()).toList();
    for (var name : asked()) {
      if (!declared.contains(name)) {
        throw new ParameterException(
            command.commandLine(),
            "no cluster %s is declared, only %s".formatted(name, String.join(", ", declared)));
      }
    }
  }

  boolean isAsked(String cluster) {
    return asked().isEmpty() || asked().contains(cluster);
  }

  /**
   * What is asked for of a snapshot. All servers are looked at all the same: without the others it
   * could not be told whom a link leads to.
   */
  List<ClusterView> views(Snapshot snapshot) {
    return ClusterView.of(snapshot).stream()
        .filter(view -> isAsked(view.cluster().name()))
        .toList();
  }

  private List<String> asked() {
    return Stream.concat(positional.stream(), named.stream()).toList();
  }
}
