package io.pgtopo.agent;

import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Inventory;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The walls between clusters: a bug that the data of one cluster bring to light costs that cluster,
 * and no other one. Each step of a cycle is a function of what was observed. Where it throws, it is
 * repeated with as many clusters as it does not throw for; nothing is claimed about the others.
 *
 * <p>An undeclared server is a cluster of its own here. Used by one thread.
 */
final class Walls {
  private static final Logger LOG = LoggerFactory.getLogger(Walls.class);

  private final Map<Endpoint, String> clusters = new TreeMap<>();
  private final Map<String, RuntimeException> failed = new TreeMap<>();
  private Set<String> logged = Set.of();

  Walls(Inventory inventory) {
    for (var cluster : inventory.clusters()) {
      cluster.virtualEndpoint().ifPresent(vip -> clusters.put(vip, cluster.name()));
    }
    inventory.instances().forEach(it -> clusters.put(it.endpoint(), it.cluster()));
  }

  /** The failure of a server that a bug keeps from being evaluated. */
  static Failure failure(RuntimeException bug) {
    return Failure.of(
        Failure.Kind.AGENT_BUG,
        "a bug of this agent: %s; see its log".formatted(bug.getClass().getSimpleName()));
  }

  /**
   * The result of a step for as much of what was observed as possible.
   *
   * @param whole what the step needs, made of all observations
   * @param part makes it of others
   * @param step pure, as is {@code part}: they may be repeated
   * @throws RuntimeException what the step throws even if no server has answered
   */
  <T, R> R run(
      T whole, List<Observation> seen, Function<List<Observation>, T> part, Function<T, R> step) {
    try {
      return step.apply(whole);
    } catch (RuntimeException bug) {
      var all = new TreeSet<String>();
      seen.forEach(it -> all.add(owner(it)));
      var left = new TreeSet<>(all);
      Function<Set<String>, R> attempt =
          others -> step.apply(part.apply(without(others, seen, bug)));
      admit(List.copyOf(all), left, attempt);
      return attempt.apply(left);
    }
  }

  /**
   * Searches for the clusters that a step does not throw for.
   *
   * @param left those that are not admitted, the candidates among them
   * @param attempt the step, without some clusters
   */
  private void admit(List<String> candidates, Set<String> left, Function<Set<String>, ?> attempt) {
    var others = new TreeSet<>(left);
    candidates.forEach(others::remove);
    try {
      var unused = attempt.apply(others);
      left.retainAll(others);
    } catch (RuntimeException bug) {
      if (candidates.size() == 1) {
        failed.put(candidates.getFirst(), bug);
        return;
      }
      var half = candidates.size() / 2;
      admit(candidates.subList(0, half), left, attempt);
      admit(candidates.subList(half, candidates.size()), left, attempt);
    }
  }

  /** The end of a cycle: logs what is new. */
  void cycleEnded() {
    failed.forEach(
        (cluster, bug) -> {
          if (!logged.contains(cluster)) {
            LOG.error("{} could not be evaluated; the other clusters were", cluster, bug);
          }
        });
    logged.stream()
        .filter(cluster -> !failed.containsKey(cluster))
        .forEach(cluster -> LOG.info("{} is evaluated again", cluster));
    logged = Set.copyOf(failed.keySet());
    failed.clear();
  }

  private String owner(Observation seen) {
    return clusters.getOrDefault(seen.endpoint(), seen.endpoint().toString());
  }

  /** What was observed, but for some clusters, whose servers were not evaluated. */
  private List<Observation> without(
      Set<String> excluded, List<Observation> seen, RuntimeException bug) {
    return seen.stream()
        .filter(it -> !excluded.contains(owner(it)) || clusters.containsKey(it.endpoint()))
        .map(it -> excluded.contains(owner(it)) ? missed(it, bug) : it)
        .toList();
  }

  private Observation missed(Observation seen, RuntimeException bug) {
    var why = failed.getOrDefault(owner(seen), bug);
    return new Observation.Unreachable(seen.endpoint(), seen.window(), failure(why));
  }
}
