package io.pgtopo.exporter.cli;

import io.pgtopo.config.reading.Suggestion;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The clusters that a command prints. */
final class ClusterOptions {
  private static final int MAX_EDITS = 3;

  private static final int MAX_LISTED = 10;

  @Parameters(arity = "0..*", paramLabel = "CLUSTER", description = "Only these clusters.")
  private List<String> positional = new ArrayList<>();

  @Option(names = "--cluster", paramLabel = "NAME", description = "Only this cluster.")
  private List<String> named = new ArrayList<>();

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command = CommandSpec.create();

  /** Fails for a cluster that is not declared, before any server is polled. */
  void check(Collection<String> clusters) {
    for (var name : asked()) {
      if (!clusters.contains(name)) {
        var meant =
            Suggestion.of(name, clusters, MAX_EDITS)
                .map(it -> "; did you mean " + it + "?")
                .orElse("");
        throw new ParameterException(
            command.commandLine(),
            "cluster %s is not declared; declared: %s%s".formatted(name, some(clusters), meant));
      }
    }
  }

  boolean isAsked(String cluster) {
    return asked().isEmpty() || asked().contains(cluster);
  }

  private static String some(Collection<String> clusters) {
    var shown = String.join(", ", clusters.stream().limit(MAX_LISTED).toList());
    return clusters.size() > MAX_LISTED
        ? shown + " and " + (clusters.size() - MAX_LISTED) + " more"
        : shown;
  }

  /** The names that were given; none for all clusters. */
  List<String> names() {
    return asked();
  }

  private List<String> asked() {
    return Stream.concat(positional.stream(), named.stream()).toList();
  }
}
