package io.pgtopo.exporter.http;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.drift.ClusterDrift;
import io.pgtopo.agent.drift.CompetingPrimary;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.topology.Peer;
import io.pgtopo.agent.topology.Positions;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.exporter.view.ClusterView;
import io.pgtopo.exporter.view.InstanceView;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Whether a load balancer should send connections to the instance on this machine. */
final class Balancing {
  /** Copies of something else than their cluster: nobody should read them. */
  private static final Set<DriftKind> SPOILT =
      Set.of(DriftKind.DIVERGED, DriftKind.TIMELINE_FORK, DriftKind.FOREIGN_SYSTEM_ID);

  private final ClusterView view;
  private final InstanceView member;
  private final Snapshot snapshot;

  private Balancing(ClusterView view, InstanceView member, Snapshot snapshot) {
    this.view = view;
    this.member = member;
    this.snapshot = snapshot;
  }

  /** What a load balancer may ask for. */
  enum Question {
    PRIMARY,
    REPLICA,
    READ_ONLY,
    HEALTH;

    String path() {
      return "/" + name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /**
   * The answer.
   *
   * @param reason why not; empty if it should
   * @param observedAt when the instance was looked at, if it was
   */
  record Answer(
      String instance, LiveRole role, Optional<String> reason, Optional<Instant> observedAt) {}

  /**
   * What is to be said of the instance.
   *
   * @param longestLag bytes that a replica may be behind; empty for any number
   */
  static Answer judge(
      Snapshot snapshot, String instance, Question question, Optional<Long> longestLag) {
    for (var view : ClusterView.of(snapshot)) {
      for (var member : view.members()) {
        if (member.declared().name().equals(instance)) {
          return new Balancing(view, member, snapshot).answer(question, longestLag);
        }
      }
    }
    return new Answer(
        instance, LiveRole.UNKNOWN, Optional.of("it is not declared"), Optional.empty());
  }

  private Answer answer(Question question, Optional<Long> longestLag) {
    return new Answer(
        member.declared().name(),
        member.role(),
        whyNot(question, longestLag),
        member.observation().map(seen -> seen.window().to()));
  }

  private Optional<String> whyNot(Question question, Optional<Long> longestLag) {
    if (member.live().isEmpty()) {
      return Optional.of(
          member
              .failure()
              .map(failure -> "it did not answer: " + failure.kind().label())
              .orElse("it was not looked at"));
    }
    return switch (question) {
      case HEALTH -> Optional.empty();
      case PRIMARY -> wanted(LiveRole.PRIMARY).or(this::rivalry);
      case REPLICA -> wanted(LiveRole.REPLICA).or(this::spoilt).or(() -> lag(longestLag));
      case READ_ONLY -> rivalry().or(this::spoilt).or(() -> lag(longestLag));
    };
  }

  private Optional<String> wanted(LiveRole role) {
    return member.role() == role
        ? Optional.empty()
        : Optional.of("it is a " + member.role().label());
  }

  /** Why writes to this primary would be lost or split, although it takes them. */
  private Optional<String> rivalry() {
    return view.drifts().stream()
        .map(tracked -> tracked.drift())
        .filter(ClusterDrift.MultiplePrimaries.class::isInstance)
        .flatMap(drift -> ((ClusterDrift.MultiplePrimaries) drift).rivalries().stream())
        .flatMap(rivalry -> rivalry(rivalry).stream())
        .findFirst();
  }

  private Optional<String> rivalry(CompetingPrimary rivalry) {
    var own = member.declared().endpoint();
    if (isAt(own, rivalry.rival().endpoint())) {
      return Optional.of(
          "there are two primaries, and this one is the older: " + rivalry.nature().label());
    }
    var isTwin = rivalry.nature() == CompetingPrimary.Nature.TWIN;
    return isTwin && isAt(own, rivalry.newest().endpoint())
        ? Optional.of("there are two primaries, and nobody can tell which is the right one")
        : Optional.empty();
  }

  private boolean isAt(Endpoint own, Endpoint other) {
    return snapshot.topology().serverAt(own).equals(other);
  }

  private Optional<String> spoilt() {
    return view.about(Optional.of(member.declared().name())).stream()
        .map(tracked -> tracked.drift().kind())
        .filter(SPOILT::contains)
        .findFirst()
        .map(kind -> "it is no copy of its cluster: " + kind.label());
  }

  private Optional<String> lag(Optional<Long> longest) {
    if (longest.isEmpty() || member.role() == LiveRole.PRIMARY) {
      return Optional.empty();
    }
    var own = new Peer.Known(snapshot.topology().serverAt(member.declared().endpoint()));
    List<Long> lags =
        view.links().stream()
            .filter(link -> link.downstream().equals(own))
            .flatMap(link -> Positions.replayLagBytes(link, snapshot.topology()).stream())
            .toList();
    if (lags.isEmpty()) {
      return Optional.of("nobody knows how far it is behind");
    }
    var most = lags.stream().max(Long::compare).orElseThrow();
    return most <= longest.get()
        ? Optional.empty()
        : Optional.of("it is " + most + " bytes behind");
  }
}
