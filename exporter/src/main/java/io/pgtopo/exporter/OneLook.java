package io.pgtopo.exporter;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.drift.Hysteresis;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.config.Config;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** One cycle, for a command that prints what it sees and ends. */
final class OneLook {
  /** As diff(1) has it: something went wrong, so that nothing can be claimed. */
  static final int TROUBLE = 2;

  private OneLook() {}

  static Snapshot look(Config config, Surroundings surroundings) throws InterruptedException {
    try (var probe = surroundings.probes().apply(config.settings());
        var agent = Daemon.agent(config, probe, surroundings, new Hysteresis(Duration.ZERO))) {
      return agent.cycle();
    }
  }

  /** Says what keeps the answer from being whole. */
  static void complain(Config config, List<ClusterView> views, PrintWriter err) {
    if (!config.warnings().isEmpty()) {
      err.println(
          "pgtopo: "
              + Summary.count(config.warnings().size(), "warning")
              + " about the inventory; 'pgtopo inventory' shows them");
    }
    if (Summary.of(views).reachable() == 0) {
      err.println("pgtopo: no server answered (" + causes(views) + ")");
    }
  }

  private static String causes(List<ClusterView> views) {
    Map<Failure.Kind, Integer> counts = new TreeMap<>();
    views.stream()
        .flatMap(view -> view.members().stream())
        .flatMap(member -> member.failure().stream())
        .forEach(failure -> counts.merge(failure.kind(), 1, Integer::sum));
    return counts.entrySet().stream()
        .map(entry -> entry.getKey().label() + ": " + entry.getValue())
        .collect(Collectors.joining(", "));
  }
}
