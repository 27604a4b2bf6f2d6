package io.pgtopo.exporter.http;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.drift.ClusterDrift;
import io.pgtopo.agent.drift.CompetingPrimary;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.judge.JudgedDrift;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.topology.LiveInstance;
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

/** Whether a load balancer should send connections to an instance. */
record Balancing(ClusterView view, InstanceView member, Snapshot snapshot) {
  /** Copies of something other than their cluster: they must not serve reads. */
  private static final Set<DriftKind> OTHER_HISTORY =
      Set.of(DriftKind.DIVERGED, DriftKind.TIMELINE_FORK, DriftKind.FOREIGN_SYSTEM_ID);

  /** What a load balancer checks for. */
  enum Check {
    PRIMARY,
    REPLICA,
    READ_ONLY,
    HEALTH;

    String path() {
      return "/" + name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /**
   * What a check yields.
   *
   * @param reason why it fails; empty if it succeeds
   * @param observedAt when the instance was polled, if it was
   */
  record Result(LiveRole role, Optional<String> reason, Optional<Instant> observedAt) {}

  /**
   * Checks an instance; empty if it is not declared.
   *
   * @param maxLag bytes that a replica may be behind; empty for any number
   */
  static Optional<Result> check(
      Snapshot snapshot, String instance, Check check, Optional<Long> maxLag) {
    for (var view : ClusterView.of(snapshot)) {
      for (var member : view.members()) {
        if (member.declared().name().equals(instance)) {
          return Optional.of(
              new Result(
                  member.role(),
                  new Balancing(view, member, snapshot).failure(check, maxLag),
                  member.observation().map(seen -> seen.window().to())));
        }
      }
    }
    return Optional.empty();
  }

  private Optional<String> failure(Check check, Optional<Long> maxLag) {
    if (member.live().isEmpty()) {
      return Optional.of(
          member
              .failure()
              .map(failure -> "it did not answer: " + failure.kind().label())
              .orElse("it was not polled"));
    }
    return refusal().or(() -> roleFailure(check, maxLag));
  }

  /**
   * Why a session that begins now fails, although the agent's own still answers. A server whose
   * connections are all in use stays in: a balancer that takes it out may end those sessions too.
   */
  private Optional<String> refusal() {
    return member
        .live()
        .flatMap(LiveInstance::refusal)
        .map(Failure::kind)
        .filter(kind -> kind != Failure.Kind.TOO_MANY_CONNECTIONS)
        .map(kind -> "it refuses new connections: " + kind.label());
  }

  private Optional<String> roleFailure(Check check, Optional<Long> maxLag) {
    return switch (check) {
      case HEALTH -> Optional.empty();
      case PRIMARY -> otherRole(LiveRole.PRIMARY).or(this::splitBrain);
      case REPLICA -> otherRole(LiveRole.REPLICA).or(this::otherHistory).or(() -> lag(maxLag));
      case READ_ONLY -> splitBrain().or(this::otherHistory).or(() -> lag(maxLag));
    };
  }

  private Optional<String> otherRole(LiveRole role) {
    return member.role() == role
        ? Optional.empty()
        : Optional.of("it is a " + member.role().label());
  }

  /** Why writes to this primary could be lost, although it accepts them. */
  private Optional<String> splitBrain() {
    return view.drifts()
        .map(JudgedDrift::drift)
        .filter(ClusterDrift.MultiplePrimaries.class::isInstance)
        .flatMap(drift -> ((ClusterDrift.MultiplePrimaries) drift).rivalries().stream())
        .flatMap(rivalry -> rivalry(rivalry).stream())
        .findFirst();
  }

  private Optional<String> rivalry(CompetingPrimary rivalry) {
    var own = member.declared().endpoint();
    if (isAt(own, rivalry.rival().endpoint())) {
      return Optional.of(
          "there are two primaries, and this one is the older: " + rivalry.relation().label());
    }
    var isTwin = rivalry.relation() == CompetingPrimary.Relation.TWIN;
    return isTwin && isAt(own, rivalry.newest().endpoint())
        ? Optional.of("there are two primaries, and it is unknown which is the right one")
        : Optional.empty();
  }

  private boolean isAt(Endpoint own, Endpoint other) {
    return snapshot.topology().serverAt(own).equals(other);
  }

  private Optional<String> otherHistory() {
    var own = Optional.of(member.declared().name());
    return view.open().stream()
        .filter(judged -> judged.counts() && judged.drift().subject().instance().equals(own))
        .map(judged -> judged.drift().kind())
        .filter(OTHER_HISTORY::contains)
        .findFirst()
        .map(kind -> "it is not a copy of its cluster: " + kind.label());
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
      return Optional.of("its lag is unknown");
    }
    var most = lags.stream().max(Long::compare).orElseThrow();
    return most <= longest.get()
        ? Optional.empty()
        : Optional.of("it is " + most + " bytes behind");
  }
}
