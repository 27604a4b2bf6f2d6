package io.pgtopo.agent.campaign;

import io.pgtopo.agent.advice.Advice;
import io.pgtopo.agent.judge.Verdict;
import io.pgtopo.agent.observation.Observation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** What happened to one cluster: what was true, what was done, and what was told. */
final class Chronicle {
  /**
   * What was true from one moment to the next one.
   *
   * @param truth all that was not false
   * @param leaders the addresses of the servers that ran in production
   * @param running the addresses of the servers that ran, stopped or not
   * @param roles of the servers that ran, by their addresses
   * @param upstreams of the replicas that WAL streamed to, by their addresses
   */
  record Moment(
      Instant at,
      SortedMap<Fact, Standpoint> truth,
      Set<String> leaders,
      Set<String> running,
      Map<String, Measured.Role> roles,
      Map<String, String> upstreams) {
    Moment {
      leaders = Set.copyOf(leaders);
      running = Set.copyOf(running);
      roles = Map.copyOf(roles);
      upstreams = Map.copyOf(upstreams);
    }
  }

  /** What the stager did. */
  record Step(Instant at, int number, String text) {}

  /**
   * What the agent showed after one cycle.
   *
   * @param told statements that fire, and that this cycle saw, with their text
   * @param flapping seen, of what comes and goes so often that it did not end in between
   * @param pending seen, and not yet for long enough
   * @param unknown what could not be verified, or was not evaluated any more
   */
  record Shown(
      Instant from,
      Instant to,
      SortedMap<Fact, String> told,
      Set<Fact> flapping,
      SortedMap<Fact, String> pending,
      SortedMap<Fact, String> unknown,
      Map<Fact, Advice> advice,
      Map<String, Measured.Role> roles,
      Map<String, String> upstreams,
      Verdict.Health health,
      Set<String> alive,
      List<Observation> observations) {

    /** Whether it is shown as a fact. */
    boolean isTold(Fact fact) {
      return told.containsKey(fact) || flapping.contains(fact);
    }
  }

  private final String cluster;
  private final List<Moment> moments = new ArrayList<>();
  private final List<Step> steps = new ArrayList<>();
  private final List<Shown> shown = new ArrayList<>();

  Chronicle(String cluster) {
    this.cluster = cluster;
  }

  String cluster() {
    return cluster;
  }

  synchronized void add(Moment moment) {
    moments.add(moment);
  }

  synchronized void step(Instant at, String text) {
    steps.add(new Step(at, steps.size() + 1, text));
  }

  synchronized void add(Shown snapshot) {
    shown.add(snapshot);
  }

  synchronized List<Moment> moments() {
    return List.copyOf(moments);
  }

  synchronized List<Step> steps() {
    return List.copyOf(steps);
  }

  synchronized List<Shown> shown() {
    return List.copyOf(shown);
  }

  /** What is not false now. */
  synchronized SortedMap<Fact, Standpoint> now() {
    return moments.isEmpty() ? new TreeMap<>() : moments.getLast().truth();
  }

  /** The last step before a moment. */
  synchronized Optional<Step> before(Instant at) {
    return steps.stream().filter(step -> !step.at().isAfter(at)).reduce((a, b) -> b);
  }
}
