package io.pgtopo.agent.track;

import io.pgtopo.agent.drift.ClusterDrift;
import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.config.model.Endpoint;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The rule that a drift counts only when it was seen twice. Servers are not polled at the same
 * moment, so one cycle may show what was never true, such as two primaries during a switchover.
 */
public final class Confirmation {
  /** So many cycles in a row must see a drift before it fires, or miss it before it is closed. */
  static final int CYCLES = 2;

  /** So many in a row need not wait for the whole hold, where each has polled twice. */
  static final int CYCLES_OF_PROOF = 5;

  /** What each cycle that finds it polls for again: see {@link #toPollAgain}. */
  private static final Set<DriftKind> POLLED_TWICE =
      EnumSet.of(DriftKind.MULTIPLE_PRIMARIES, DriftKind.NO_PRIMARY);

  /** What the report of one server, or its silence, proves. */
  private static final Set<DriftKind> PROVED_BY_ONE_CYCLE =
      EnumSet.of(DriftKind.UNVERIFIABLE, DriftKind.INSTANCE_UNREACHABLE, DriftKind.AGENT_ISOLATED);

  private Confirmation() {}

  /** Whether so many cycles in a row that do not see a drift show that it is gone. */
  static boolean isGone(DriftKind kind, EpisodeState course) {
    return course.presence() == TrackedDrift.Presence.MISSED
        && (course.cycles() >= CYCLES || PROVED_BY_ONE_CYCLE.contains(kind));
  }

  /** Whether what was seen so often has lasted: as long as the hold, or a third of it if proven. */
  static boolean hasLasted(DriftKind kind, EpisodeState course, Duration hold) {
    var isProven = POLLED_TWICE.contains(kind) && course.cycles() >= CYCLES_OF_PROOF;
    return course.cycles() >= CYCLES
        && course.held().compareTo(isProven ? hold.dividedBy(3) : hold) >= 0;
  }

  /** Whether a cluster seems to have several primaries, or none, and this has not fired yet. */
  public static boolean isUrgent(DriftTracker tracker) {
    return tracker.episodes().values().stream()
        .anyMatch(
            episode ->
                POLLED_TWICE.contains(episode.key().kind())
                    && episode.firedAt().isEmpty()
                    && episode.course().presence() == TrackedDrift.Presence.SEEN);
  }

  /**
   * The members of clusters that seem to have several primaries, or none. They are polled again
   * within the cycle, all at the same time, and only that counts.
   */
  public static Set<Endpoint> toPollAgain(Collection<Drift> drifts) {
    var endpoints = new TreeSet<Endpoint>();
    for (var drift : drifts) {
      List<LiveInstance> members =
          switch (drift) {
            case ClusterDrift.MultiplePrimaries multiple -> multiple.primaries();
            case ClusterDrift.NoPrimary none -> none.replicas();
            default -> List.of();
          };
      members.forEach(member -> endpoints.add(member.endpoint()));
    }
    return endpoints;
  }

  /** Those that were in production both times, and all the time between: they did not restart. */
  public static Set<Endpoint> steady(Set<Endpoint> polled, Topology before, Topology after) {
    return polled.stream()
        .filter(endpoint -> isSteady(before.at(endpoint), after.at(endpoint)))
        .collect(Collectors.toSet());
  }

  private static boolean isSteady(Optional<LiveInstance> before, Optional<LiveInstance> after) {
    return before.isPresent()
        && after.isPresent()
        && before.get().role() == LiveRole.PRIMARY
        && after.get().role() == LiveRole.PRIMARY
        && before.get().facts().identity().isSameServer(after.get().facts().identity());
  }

  /** Whether one more cycle may show that a drift does not exist. */
  public static boolean needsAnotherCycle(DriftTracker tracker) {
    return tracker.episodes().values().stream()
        .filter(episode -> !PROVED_BY_ONE_CYCLE.contains(episode.key().kind()))
        .map(Episode::course)
        .anyMatch(
            course ->
                course.presence() != TrackedDrift.Presence.UNKNOWN && course.cycles() < CYCLES);
  }
}
