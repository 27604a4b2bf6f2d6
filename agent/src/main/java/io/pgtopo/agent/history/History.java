package io.pgtopo.agent.history;

import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.service.OtherSources;
import io.pgtopo.agent.topology.AddressBook;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.agent.track.CycleContext;
import io.pgtopo.agent.track.DriftTracker;
import io.pgtopo.agent.track.Episode;
import io.pgtopo.agent.track.Hysteresis;
import io.pgtopo.agent.words.DriftText;
import io.pgtopo.config.model.Inventory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * All that the agent remembers, folded over time. Immutable: {@link #next} returns the one after.
 *
 * @param changes what happened, oldest first; the newest {@link #MOST_CHANGES}
 * @param news those of the last cycle
 */
public record History(
    LastAnswers roster, DriftTracker tracker, List<Change> changes, List<Change> news) {

  /** How many changes are remembered. */
  public static final int MOST_CHANGES = 1000;

  public History {
    changes = List.copyOf(changes);
    news = List.copyOf(news);
  }

  /** The history of an agent that has never polled. */
  public static History starting(Hysteresis hysteresis) {
    return new History(
        LastAnswers.empty(), DriftTracker.starting(hysteresis), List.of(), List.of());
  }

  /** This history with another hysteresis from now on. */
  public History with(Hysteresis hysteresis) {
    return new History(roster, tracker.with(hysteresis), changes, news);
  }

  /**
   * This history after one more cycle.
   *
   * @param now by the wall clock, to tell
   * @param steady by a clock that is never set, to decide how long something lasts
   */
  public History next(
      Inventory declared,
      Topology live,
      List<Drift> drifts,
      AddressBook names,
      OtherSources others,
      Instant now,
      Instant steady) {
    var words = new DriftText(names);
    var happened = new ArrayList<Change>();
    var isFirst = tracker.at().isEmpty();
    if (isFirst) {
      happened.add(start(now));
    }
    var after = roster.next(declared, live, names);
    if (!isFirst || !roster.members().isEmpty()) {
      happened.addAll(ServerChanges.between(roster, after, declared, live, words, now));
    }
    var context = CycleContext.of(declared, live, others, unsettled(happened));
    var tracked = tracker.next(drifts, context, now, steady);
    happened.addAll(DriftChanges.between(tracker, tracked, words, now));
    return new History(after, tracked, newest(happened), happened);
  }

  private static Change start(Instant now) {
    return new Change(
        now,
        Change.Kind.AGENT_STARTED,
        Optional.empty(),
        Optional.empty(),
        "what follows was noticed now, and may have happened before",
        Optional.empty());
  }

  private static Set<String> unsettled(List<Change> changes) {
    return changes.stream()
        .filter(change -> change.kind().isUnsettling())
        .flatMap(change -> change.subject().stream())
        .map(Subject::cluster)
        .collect(Collectors.toSet());
  }

  private List<Change> newest(List<Change> happened) {
    if (happened.isEmpty()) {
      return changes;
    }
    var all = Stream.concat(changes.stream(), happened.stream()).toList();
    return all.subList(Math.max(0, all.size() - MOST_CHANGES), all.size());
  }

  /** The history of an agent that starts again; drifts of what is declared no more are dropped. */
  public History within(Inventory declared) {
    var clusters = new HashSet<String>();
    var instances = new HashSet<Subject>();
    for (var cluster : declared.clusters()) {
      clusters.add(cluster.name());
      cluster.instances().forEach(instance -> instances.add(Subject.of(instance)));
    }
    var episodes =
        tracker.episodes().values().stream()
            .filter(episode -> isWithin(episode.key().subject(), clusters, instances))
            .toList();
    return new History(
        roster,
        DriftTracker.resuming(tracker.hysteresis(), episodes, tracker.resolved()),
        changes,
        List.of());
  }

  /** Undeclared servers have no node: they belong to the cluster that they stream from. */
  private static boolean isWithin(Subject subject, Set<String> clusters, Set<Subject> instances) {
    return clusters.contains(subject.cluster())
        && (subject.node().isEmpty() || instances.contains(subject.whole()));
  }

  /** Whether nothing but the passing of time makes it differ from another one. */
  public boolean isAsGoodAs(History other) {
    return roster.equals(other.roster)
        && changes.equals(other.changes)
        && tracker.resolved().size() == other.tracker.resolved().size()
        && areAsGoodAs(
            List.copyOf(tracker.episodes().values()),
            List.copyOf(other.tracker.episodes().values()));
  }

  private static boolean areAsGoodAs(List<Episode> some, List<Episode> others) {
    if (some.size() != others.size()) {
      return false;
    }
    for (var i = 0; i < some.size(); i++) {
      if (!some.get(i).isAsGoodAs(others.get(i))) {
        return false;
      }
    }
    return true;
  }
}
