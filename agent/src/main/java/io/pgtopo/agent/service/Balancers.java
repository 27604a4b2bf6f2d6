package io.pgtopo.agent.service;

import io.pgtopo.agent.observation.BalancerReport;
import io.pgtopo.agent.observation.BalancerReport.Reply;
import io.pgtopo.agent.observation.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the load balancers report.
 *
 * @param byNode the last reports of each, the newest {@link #KEPT}, oldest first
 * @param asOf when they were collected
 */
public record Balancers(SortedMap<String, List<BalancerReport>> byNode, Instant asOf) {
  /** The sessions between two reports show where connections went. */
  private static final int KEPT = 2;

  /** An older one shows nothing of the present. */
  private static final Duration OLDEST = Duration.ofMinutes(2);

  /** None was read. */
  public static final Balancers NONE = new Balancers(new TreeMap<>(), Instant.EPOCH);

  public Balancers {
    var copy = new TreeMap<String, List<BalancerReport>>();
    byNode.forEach((node, reports) -> copy.put(node, List.copyOf(reports)));
    byNode = Collections.unmodifiableSortedMap(copy);
  }

  /** Whether none was read. */
  public boolean isEmpty() {
    return byNode.isEmpty();
  }

  /** The last report of a node, unless it is old. */
  public Optional<BalancerReport> at(String node) {
    return recent(node).stream().reduce((first, second) -> second);
  }

  /** What the load balancer of a node has loaded; empty if it is unknown. */
  public Optional<Reply.Running> running(String node) {
    return at(node)
        .map(BalancerReport::reply)
        .filter(Reply.Running.class::isInstance)
        .map(Reply.Running.class::cast);
  }

  /**
   * Whether what a load balancer reported before of the connections that it forwards may still
   * hold: it does not answer, but something listens there, or may.
   */
  public boolean isHidden(String node) {
    return running(node).isEmpty() && !isStopped(node);
  }

  /** Whether nothing listens where a load balancer would report: it forwards no connection. */
  private boolean isStopped(String node) {
    return at(node)
        .map(BalancerReport::reply)
        .filter(Reply.Silent.class::isInstance)
        .filter(it -> ((Reply.Silent) it).failure().kind() == Failure.Kind.REFUSED)
        .isPresent();
  }

  /** The report before the last one, if that of the same node came right before. */
  Optional<Reply.Running> before(String node) {
    var reports = recent(node);
    return reports.size() < KEPT || !(reports.getFirst().reply() instanceof Reply.Running running)
        ? Optional.empty()
        : Optional.of(running);
  }

  private List<BalancerReport> recent(String node) {
    return byNode.getOrDefault(node, List.of()).stream()
        .filter(report -> !report.window().to().isBefore(asOf.minus(OLDEST)))
        .toList();
  }

  /** These with more. */
  public Balancers next(Collection<BalancerReport> fresh, Instant now) {
    var all = new TreeMap<String, List<BalancerReport>>();
    byNode.forEach((node, reports) -> all.put(node, new ArrayList<>(reports)));
    for (var report : fresh) {
      var reports = all.computeIfAbsent(report.address().host(), node -> new ArrayList<>());
      reports.add(report);
      if (reports.size() > KEPT) {
        reports.removeFirst();
      }
    }
    return new Balancers(all, now);
  }

  /** Those of some nodes. */
  public Balancers only(Set<String> nodes) {
    var kept = new TreeMap<>(byNode);
    kept.keySet().retainAll(nodes);
    return new Balancers(kept, asOf);
  }
}
