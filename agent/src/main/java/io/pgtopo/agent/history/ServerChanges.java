package io.pgtopo.agent.history;

import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.history.Change.Kind;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.observation.SystemId;
import io.pgtopo.agent.observation.WalDirectory;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.agent.words.DriftText;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Inventory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/** What happened to servers between two cycles, each with what proves it. */
final class ServerChanges {
  private final LastAnswers before;
  private final LastAnswers after;
  private final Topology live;
  private final DriftText words;
  private final Instant now;
  private final List<Change> changes = new ArrayList<>();

  private ServerChanges(
      LastAnswers before, LastAnswers after, Topology live, DriftText words, Instant now) {
    this.before = before;
    this.after = after;
    this.live = live;
    this.words = words;
    this.now = now;
  }

  /** In order of clusters and instances. */
  static List<Change> between(
      LastAnswers before,
      LastAnswers after,
      Inventory declared,
      Topology live,
      DriftText words,
      Instant now) {
    var changes = new ServerChanges(before, after, live, words, now);
    var wasElsewhere = before.isElsewhere();
    var isElsewhere = after.isElsewhere();
    for (var cluster : declared.clusters()) {
      changes.instances(cluster);
      changes.timelines(
          cluster, newest(before, cluster, wasElsewhere), newest(after, cluster, isElsewhere));
    }
    before.members().forEach(changes::leave);
    return changes.changes;
  }

  private void instances(Cluster cluster) {
    for (var instance : cluster.instances()) {
      after
          .at(instance.endpoint())
          .filter(member -> member.name().equals(instance.name()))
          .ifPresent(member -> compare(instance.endpoint(), member));
    }
  }

  private void compare(Endpoint endpoint, LastAnswer member) {
    var known = before.at(endpoint);
    var found = live.at(endpoint).filter(it -> live.isServer(endpoint));
    if (found.isEmpty()) {
      known
          .filter(it -> it.isAnswering() && !member.isAnswering())
          .ifPresent(it -> add(Kind.UNREACHABLE, endpoint, member, silence(endpoint, it)));
      return;
    }
    if (known.isEmpty()) {
      add(Kind.JOINED, endpoint, member, "answers for the first time; " + reports(found.get()));
      return;
    }
    if (!known.get().isAnswering()) {
      add(Kind.REACHABLE, endpoint, member, reports(found.get()));
    }
    compare(endpoint, member, known.get().reported(), found.get());
  }

  private void compare(
      Endpoint endpoint, LastAnswer member, LastAnswer.Reported was, LiveInstance found) {
    var is = member.reported();
    if (is.systemId().isPresent()
        && was.systemId().isPresent()
        && !is.systemId().equals(was.systemId())) {
      add(
          Kind.JOINED,
          endpoint,
          member,
          "is of system %s, and was of %s; %s"
              .formatted(is.systemId().get(), was.systemId().get(), reports(found)));
      return;
    }
    if (!is.startedAt().equals(was.startedAt())) {
      var text =
          "started %s by its own clock, before that %s".formatted(is.startedAt(), was.startedAt());
      add(Kind.RESTARTED, endpoint, member, text, Optional.of(is.startedAt()));
    }
    if (is.role() != was.role()) {
      var kind = is.role() == LiveRole.PRIMARY ? Kind.PROMOTED : Kind.DEMOTED;
      add(kind, endpoint, member, reports(found) + followed(is, was), promotedAt(found));
    } else if (is.role() == LiveRole.REPLICA
        && was.upstream().filter(it -> is.upstream().filter(it::isSame).isEmpty()).isPresent()) {
      add(
          Kind.UPSTREAM_CHANGED,
          endpoint,
          member,
          "streams from %s, before that from %s"
              .formatted(
                  is.upstream().map(LastAnswer.Followed::name).orElse("none"),
                  was.upstream().get().name()));
    }
  }

  private static String followed(LastAnswer.Reported is, LastAnswer.Reported was) {
    return is.upstream()
        .map(upstream -> ", and streams from " + upstream.name())
        .or(() -> was.upstream().map(upstream -> "; it streamed from " + upstream.name()))
        .orElse("");
  }

  private String reports(LiveInstance found) {
    return "reports: " + DriftText.position(found.facts());
  }

  private String silence(Endpoint endpoint, LastAnswer was) {
    var failure = Optional.ofNullable(live.unreachable().get(endpoint)).map(Failure::message);
    return "does not answer: %s; it was %s on timeline %d"
        .formatted(
            failure.orElse("it was not polled"),
            was.reported().role().label(),
            was.reported().timeline());
  }

  /**
   * The newest timeline of each system identifier in a cluster, with the instance that began it.
   */
  private void timelines(
      Cluster cluster, SortedMap<SystemId, Integer> old, SortedMap<SystemId, Integer> newest) {
    newest.forEach(
        (systemId, timeline) -> {
          var was = Objects.requireNonNullElse(old.get(systemId), timeline);
          if (timeline > was) {
            changes.add(
                new Change(
                    now,
                    Kind.TIMELINE_SWITCHED,
                    Optional.of(Subject.of(cluster)),
                    Optional.empty(),
                    "%s is on timeline %d, before that %d%s"
                        .formatted(
                            cluster.name(),
                            timeline,
                            was,
                            switchPoint(cluster, systemId, timeline)),
                    promoted(cluster, systemId, timeline).flatMap(ServerChanges::promotedAt)));
          }
        });
  }

  /** A member that follows another cluster is on the timeline of that one. */
  private static SortedMap<SystemId, Integer> newest(
      LastAnswers roster, Cluster cluster, Predicate<LastAnswer> isElsewhere) {
    var newest = new TreeMap<SystemId, Integer>();
    for (var instance : cluster.instances()) {
      roster
          .at(instance.endpoint())
          .filter(member -> cluster.upstream().isPresent() || !isElsewhere.test(member))
          .map(LastAnswer::reported)
          .ifPresent(
              answer ->
                  answer
                      .systemId()
                      .ifPresent(id -> newest.merge(id, answer.timeline(), Math::max)));
    }
    return newest;
  }

  private String switchPoint(Cluster cluster, SystemId systemId, int timeline) {
    return promoted(cluster, systemId, timeline).map(this::switchPoint).orElse("");
  }

  private Optional<LiveInstance> promoted(Cluster cluster, SystemId systemId, int timeline) {
    return cluster.instances().stream()
        .map(instance -> live.at(instance.endpoint()))
        .flatMap(Optional::stream)
        .filter(found -> found.proven().systemId().equals(Optional.of(systemId)))
        .filter(found -> found.facts().timeline().id() == timeline)
        .filter(found -> found.facts().state() instanceof ServerState.InProduction)
        .findFirst();
  }

  /** When a server in production wrote the history of its timeline: when it was promoted. */
  private static Optional<Instant> promotedAt(LiveInstance found) {
    return found.role() == LiveRole.PRIMARY
        ? found
            .facts()
            .survey()
            .ifSeen()
            .flatMap(survey -> survey.wal().ifSeen())
            .flatMap(WalDirectory::newestHistory)
            .filter(history -> history.timeline() == found.facts().timeline().id())
            .map(WalDirectory.TimelineHistory::written)
        : Optional.empty();
  }

  private String switchPoint(LiveInstance promoted) {
    var name = words.nameOf(promoted.endpoint());
    return promoted.facts().state() instanceof ServerState.InProduction production
        ? production
            .promotedAt()
            .map(point -> "; it began at %s, where %s was promoted".formatted(point, name))
            .orElse("; %s is on it".formatted(name))
        : "";
  }

  private void leave(Endpoint endpoint, LastAnswer member) {
    if (after.at(endpoint).isEmpty()) {
      add(Kind.LEFT, endpoint, member, "is declared no more at " + endpoint);
    }
  }

  private void add(Kind kind, Endpoint endpoint, LastAnswer member, String text) {
    add(kind, endpoint, member, text, Optional.empty());
  }

  private void add(
      Kind kind, Endpoint endpoint, LastAnswer member, String text, Optional<Instant> serverTime) {
    var subject =
        new Subject(
            member.cluster(),
            Optional.of(member.name()),
            Optional.of(endpoint.host()),
            Optional.empty());
    changes.add(
        new Change(
            now,
            kind,
            Optional.of(subject),
            Optional.empty(),
            member.name() + " " + text,
            serverTime));
  }
}
