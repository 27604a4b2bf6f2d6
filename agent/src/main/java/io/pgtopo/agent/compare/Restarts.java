package io.pgtopo.agent.compare;

import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.MemberDrift;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.topology.Origin;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The servers that went down and came back lately, folded over polls. Immutable. */
public record Restarts(SortedMap<Endpoint, Course> byEndpoint) {
  /** Nothing was polled before. */
  public static final Restarts NONE = new Restarts(new TreeMap<>());

  private static final Duration LATELY = Duration.ofMinutes(10);

  /** The shortest time that tells a loop from a repair that was tried again. */
  private static final Duration SHORTEST = Duration.ofSeconds(30);

  /** One may be a repair, and two a change that was taken back. */
  private static final int MANY = 3;

  /**
   * One server.
   *
   * @param recoveredAt when its checkpointer started, if that is not hidden
   * @param restarts those of the last minutes, in order
   * @param outage what it did since it answered last
   */
  public record Course(
      Origin origin,
      LiveRole role,
      Instant startedAt,
      Optional<Instant> recoveredAt,
      List<Restart> restarts,
      Outage outage) {
    public Course {
      restarts = List.copyOf(restarts);
    }

    /** A checkpointer that one poll does not show is the one that the poll before showed. */
    private static Course of(LiveInstance found, Optional<Course> before, List<Restart> restarts) {
      var startedAt = found.facts().identity().startedAt();
      return new Course(
          found.origin(),
          found.role(),
          startedAt,
          found
              .facts()
              .time()
              .checkpointerStartedAt()
              .or(
                  () ->
                      before
                          .filter(then -> then.startedAt.equals(startedAt))
                          .flatMap(Course::recoveredAt)),
          restarts,
          Outage.NONE);
    }

    /** After a poll that it did not answer. */
    private Course without(Failure.Kind failure, Instant now) {
      if (failure.isOwn()) {
        return at(now);
      }
      var hasFailed = outage == Outage.STARTING && failure == Failure.Kind.REFUSED;
      var all = new ArrayList<>(restarts);
      if (hasFailed) {
        all.add(new Restart(now, Restart.Kind.FAILED_START));
      }
      var next =
          switch (failure) {
            case REFUSED -> Outage.DOWN;
            case CANNOT_CONNECT_NOW -> outage == Outage.NONE ? Outage.NONE : Outage.STARTING;
            default -> outage;
          };
      return new Course(origin, role, startedAt, recoveredAt, all, next).at(now);
    }

    private Course at(Instant now) {
      var lately =
          restarts.stream()
              .filter(it -> !it.at.isBefore(now.minus(LATELY)) && !it.at.isAfter(now))
              .toList();
      return new Course(
          origin, role, startedAt, recoveredAt, isOver(lately, now) ? List.of() : lately, outage);
    }

    /** A loop is over once nothing restarted for as long as its last restarts took. */
    private static boolean isOver(List<Restart> restarts, Instant now) {
      if (restarts.size() < MANY) {
        return false;
      }
      var last = restarts.getLast().at;
      var since = Duration.between(restarts.get(restarts.size() - MANY).at, last);
      var longest = since.compareTo(SHORTEST) < 0 ? SHORTEST : since;
      return Duration.between(last, now).compareTo(longest) > 0;
    }
  }

  /** One restart, and when it was noticed by the agent's clock. */
  public record Restart(Instant at, Kind kind) {
    /** What was started again. */
    public enum Kind {
      SERVER,
      /** All its processes but the first, after one of them crashed. */
      PROCESSES,
      /** The server, which went down again before it let anybody in. */
      FAILED_START
    }
  }

  /** What a server that does not answer was seen to do. */
  public enum Outage {
    /** It answers, or did a moment ago: what it says may be that it shuts down. */
    NONE,
    DOWN,
    /** It was down, and its postmaster runs. */
    STARTING
  }

  public Restarts {
    byEndpoint = Collections.unmodifiableSortedMap(new TreeMap<>(byEndpoint));
  }

  /** After one more poll; what is silent keeps its past. */
  public Restarts next(Topology live, Instant now) {
    var next = new TreeMap<Endpoint, Course>();
    byEndpoint.forEach(
        (endpoint, course) -> {
          var failure = live.unreachable().get(endpoint);
          if (failure != null) {
            next.put(endpoint, course.without(failure.kind(), now));
          }
        });
    live.instances()
        .forEach(
            (endpoint, found) -> {
              var before = Optional.ofNullable(byEndpoint.get(endpoint));
              var restarts = new ArrayList<Restart>();
              before.ifPresent(then -> restarts.addAll(then.restarts));
              before
                  .flatMap(then -> kind(then, found))
                  .ifPresent(kind -> restarts.add(new Restart(now, kind)));
              next.put(endpoint, Course.of(found, before, restarts).at(now));
            });
    return new Restarts(next);
  }

  /** A restart with another role is a switchover's, and an earlier start is another server's. */
  private static Optional<Restart.Kind> kind(Course then, LiveInstance found) {
    var startedAt = found.facts().identity().startedAt();
    if (!then.origin.equals(found.origin()) || then.role != found.role()) {
      return Optional.empty();
    }
    if (startedAt.isAfter(then.startedAt)) {
      return Optional.of(Restart.Kind.SERVER);
    }
    return found
        .facts()
        .time()
        .checkpointerStartedAt()
        .filter(now -> startedAt.equals(then.startedAt))
        .filter(now -> then.recoveredAt.filter(now::isAfter).isPresent())
        .map(now -> Restart.Kind.PROCESSES);
  }

  /** An instance that restarts again and again; empty if it does not. */
  Optional<Drift> loop(Instance instance) {
    var restarts =
        Optional.ofNullable(byEndpoint.get(instance.endpoint()))
            .map(Course::restarts)
            .orElse(List.of());
    return restarts.size() < MANY
        ? Optional.empty()
        : Optional.of(
            new MemberDrift.RestartLoop(
                instance,
                count(Restart.Kind.PROCESSES, restarts),
                count(Restart.Kind.SERVER, restarts),
                count(Restart.Kind.FAILED_START, restarts)));
  }

  private static int count(Restart.Kind kind, List<Restart> restarts) {
    return (int) restarts.stream().filter(it -> it.kind == kind).count();
  }
}
