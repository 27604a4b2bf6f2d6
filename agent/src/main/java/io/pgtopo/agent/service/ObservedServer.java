package io.pgtopo.agent.service;

import io.pgtopo.agent.observation.InstanceFacts;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.observation.ServerState.Replay;
import io.pgtopo.agent.observation.Timeline;
import io.pgtopo.agent.service.Managers.Being;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveUpstream;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.config.model.Endpoint;
import java.time.Instant;
import java.util.Optional;

/**
 * What a server is, and when that was first seen.
 *
 * @param followed from where it receives WAL; empty if that is not proved
 * @param placed its timeline; empty if that is hidden, or it may not replay it yet
 */
public record ObservedServer(
    Being being, Instant since, Optional<Followed> followed, Optional<Placed> placed) {

  /** From where a server receives WAL, and since when that was seen. */
  public record Followed(Endpoint upstream, Instant since) {}

  /** On which timeline a server is, and since when that was seen. */
  public record Placed(Timeline timeline, Instant since) {

    /** The same, as it was read again; empty if that is another one. */
    private Optional<Placed> with(Timeline read) {
      return read.id() == timeline.id() ? Optional.of(new Placed(read, since)) : Optional.empty();
    }

    /** Whether a server is not on a timeline: this one is another, or begins after it. */
    public boolean excludes(int id) {
      return timeline.isExact() ? timeline.id() != id : timeline.id() > id;
    }
  }

  /** As far as a poll shows the same; empty if the server has become something else. */
  Optional<ObservedServer> asOf(Topology live, Endpoint endpoint) {
    return Managers.being(live, endpoint)
        .filter(it -> it == being)
        .map(
            unused ->
                new ObservedServer(
                    being,
                    since,
                    followed.filter(
                        it -> upstream(live, endpoint).equals(Optional.of(it.upstream()))),
                    timeline(live, endpoint)
                        .flatMap(it -> placed.flatMap(before -> before.with(it)))));
  }

  /** After a poll; empty if it does not show what the server is. */
  static Optional<ObservedServer> next(
      Optional<ObservedServer> before, Topology live, Endpoint endpoint, Instant now) {
    return Managers.being(live, endpoint)
        .map(
            being ->
                new ObservedServer(
                    being,
                    before.filter(it -> it.being() == being).map(ObservedServer::since).orElse(now),
                    upstream(live, endpoint)
                        .map(
                            upstream ->
                                before
                                    .flatMap(ObservedServer::followed)
                                    .filter(it -> it.upstream().equals(upstream))
                                    .orElseGet(() -> new Followed(upstream, now))),
                    timeline(live, endpoint)
                        .map(
                            timeline ->
                                before
                                    .flatMap(ObservedServer::placed)
                                    .flatMap(it -> it.with(timeline))
                                    .orElseGet(() -> new Placed(timeline, now)))));
  }

  /** The polled server from which another one receives WAL, if that is proved. */
  private static Optional<Endpoint> upstream(Topology live, Endpoint endpoint) {
    return live.at(endpoint)
        .map(LiveInstance::upstream)
        .filter(LiveUpstream.Follows.class::isInstance)
        .map(LiveUpstream.Follows.class::cast)
        .flatMap(it -> it.upstream().ifKnown());
  }

  /** A standby that was paused may have received a timeline that it does not replay yet. */
  private static Optional<Timeline> timeline(Topology live, Endpoint endpoint) {
    return live.at(endpoint)
        .map(LiveInstance::facts)
        .filter(
            facts ->
                !(facts.state() instanceof ServerState.InRecovery standby)
                    || standby.replay() == Replay.RUNNING)
        .map(InstanceFacts::timeline)
        .filter(it -> it.source() != Timeline.Source.HIDDEN);
  }
}
