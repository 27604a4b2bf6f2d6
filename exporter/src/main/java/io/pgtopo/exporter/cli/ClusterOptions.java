package io.pgtopo.exporter.cli;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.config.reading.Suggestion;
import io.pgtopo.exporter.view.ClusterView;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Of which clusters a command is to tell. */
final class ClusterOptions {
  private static final int MAX_EDITS = 3;

  /** More would bury the sentence. */
  private static final int MOST_NAMED = 10;

  @Parameters(arity = "0..*", paramLabel = "CLUSTER", description = "Only these clusters.")
  private List<String> positional = new ArrayList<>();

  @Option(names = "--cluster", paramLabel = "NAME", description = "Only this cluster.")
  private List<String> named = new ArrayList<>();

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command = CommandSpec.create();

  /** Fails for a cluster that does not exist, before any server is asked. */
  void check(Collection<String> clusters) {
    for (var name : asked()) {
      if (!clusters.contains(name)) {
        var meant =
            Suggestion.of(name, clusters, MAX_EDITS)
                .map(it -> "; did you mean " + it + "?")
                .orElse("");
        throw new ParameterException(
            command.commandLine(),
            "no cluster %s is declared, only %s%s".formatted(name, some(clusters), meant));
      }
    }
  }

  boolean isAsked(String cluster) {
    return asked().isEmpty() || asked().contains(cluster);
  }

  /** Whether all clusters are. */
  boolean isAll() {
    return asked().isEmpty();
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

  private static String some(Collection<String> clusters) {
    var shown = String.join(", ", clusters.stream().limit(MOST_NAMED).toList());
    return clusters.size() > MOST_NAMED
        ? shown + " and " + (clusters.size() - MOST_NAMED) + " more"
        : shown;
  }

  private List<String> asked() {
    return Stream.concat(positional.stream(), named.stream()).toList();
  }
}
