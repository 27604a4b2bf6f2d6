package io.pgtopo.exporter.view;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.HostPort;
import io.pgtopo.agent.observation.InstanceFacts;
import io.pgtopo.agent.observation.Lsn;
import io.pgtopo.agent.observation.ReplicationSlot;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.observation.Survey;
import io.pgtopo.agent.observation.Timeline;
import io.pgtopo.agent.observation.WalSender;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.topology.LiveUpstream;
import io.pgtopo.agent.topology.Positions;
import io.pgtopo.agent.topology.ReplicationClient;
import io.pgtopo.agent.topology.Trait;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.DeclaredUpstream;
import io.pgtopo.config.model.InstanceRole;
import io.pgtopo.config.model.Labelled;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** One declared instance; what follows {@code failure} is empty unless it answered. */
public record InstanceReport(
    String cluster,
    String name,
    @JsonPropertyDescription("its own name, where that is another one, such as Patroni's")
        Optional<String> alias,
    String address,
    @JsonPropertyDescription("null for a remote instance") @OneOf(InstanceRole.class)
        Optional<String> declaredRole,
    @JsonPropertyDescription("an instance, an address, cluster leader or none")
        String declaredUpstream,
    @OneOf(LiveRole.class) String role,
    boolean reachable,
    Optional<FailureReport> failure,
    Optional<String> version,
    Optional<String> systemIdentifier,
    @JsonPropertyDescription("by the server's own clock") Optional<Instant> startedAt,
    Optional<TimelineReport> timeline,
    Optional<PositionReport> lsn,
    @OneOf(ServerState.Replay.class) Optional<String> replay,
    Optional<DelayReport> delay,
    Optional<UpstreamReport> upstream,
    Optional<List<SlotReport>> slots,
    @JsonPropertyDescription("what it is beyond primary or replica") @OneOf(Trait.class)
        List<String> traits,
    @JsonPropertyDescription("what is behind each of its walsenders")
        Optional<List<ClientReport>> clients,
    @JsonPropertyDescription("the last full reading, of what changes rarely; null without one")
        Optional<SurveyReport> survey,
    @JsonPropertyDescription("what the monitoring role may not see") List<HiddenReport> hidden,
    @JsonPropertyDescription(
            "the declared services that led to it in the last two minutes, as clients or load"
                + " balancers showed; none if services are not dialled, and load balancers not read")
        List<String> services) {

  /** Why an instance did not answer. */
  public record FailureReport(
      @OneOf(Failure.Kind.class) String kind, String message, Optional<String> sqlState) {}

  /** A timeline, and where it was read. */
  public record TimelineReport(int id, @OneOf(Timeline.Source.class) String source) {
    static TimelineReport of(InstanceFacts facts) {
      return new TimelineReport(facts.timeline().id(), facts.timeline().source().label());
    }

    /**
     * The number as far as it is known.
     *
     * @param atLeast how a lower bound begins
     */
    public Optional<String> known(String atLeast) {
      return source.equals(Timeline.Source.HIDDEN.label())
          ? Optional.empty()
          : Optional.of((source.equals(Timeline.Source.CONTROL_FILE.label()) ? atLeast : "") + id);
    }
  }

  /** Where a server is in the WAL. */
  public record PositionReport(
      @JsonPropertyDescription("in production") Optional<String> written,
      @JsonPropertyDescription("in production, once promoted") Optional<String> promotedAt,
      @JsonPropertyDescription("in recovery") Optional<String> received,
      @JsonPropertyDescription("in recovery") Optional<String> replayed,
      @JsonPropertyDescription(
              "in recovery: age of the last transaction that it replayed, by the clocks of both")
          Optional<Duration> replayedCommitAge) {

    static PositionReport of(InstanceFacts facts) {
      return switch (facts.state()) {
        case ServerState.InProduction production ->
            new PositionReport(
                Optional.of(production.written().toString()),
                production.promotedAt().map(Lsn::toString),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        case ServerState.InRecovery recovery ->
            new PositionReport(
                Optional.empty(),
                Optional.empty(),
                recovery.received().map(Lsn::toString),
                recovery.replayed().map(Lsn::toString),
                recovery
                    .replayedCommit()
                    .map(at -> Duration.between(at, facts.time().now()))
                    .filter(age -> !age.isNegative())
                    .map(age -> age.truncatedTo(ChronoUnit.SECONDS)));
      };
    }
  }

  /** With which delay an instance replays. */
  public record DelayReport(Duration declared, Optional<Duration> live) {}

  /** Where a server receives WAL from. */
  public record UpstreamReport(
      @OneOf(State.class) String state,
      Optional<String> name,
      @JsonPropertyDescription("if foreign") Optional<String> systemIdentifier,
      @JsonPropertyDescription("if hidden") Optional<String> reason) {

    /** The states of an upstream. */
    public enum State implements Labelled {
      NOT_NEEDED,
      FOLLOWS,
      DETACHED,
      FOREIGN,
      HIDDEN
    }

    private UpstreamReport(State state, Optional<String> name) {
      this(state.label(), name, Optional.empty(), Optional.empty());
    }

    static UpstreamReport of(LiveUpstream upstream, DisplayNames names) {
      return switch (upstream) {
        case LiveUpstream.NotNeeded none -> new UpstreamReport(State.NOT_NEEDED, Optional.empty());
        case LiveUpstream.Detached none -> new UpstreamReport(State.DETACHED, Optional.empty());
        case LiveUpstream.Follows(var peer) ->
            new UpstreamReport(State.FOLLOWS, Optional.of(names.of(peer)));
        case LiveUpstream.Foreign(var peer, var systemId) ->
            new UpstreamReport(
                State.FOREIGN.label(),
                Optional.of(names.of(peer)),
                Optional.of(systemId.toString()),
                Optional.empty());
        case LiveUpstream.Hidden(var reason) ->
            new UpstreamReport(
                State.HIDDEN.label(), Optional.empty(), Optional.empty(), Optional.of(reason));
      };
    }
  }

  /** A replication slot. */
  public record SlotReport(
      String name,
      @OneOf(ReplicationSlot.Type.class) String type,
      boolean active,
      Optional<String> restartLsn,
      @JsonPropertyDescription("WAL of the server since restartLsn; null if none was reserved")
          Optional<Long> retainedBytes,
      Optional<String> walStatus) {

    private static SlotReport of(ReplicationSlot slot, ServerState state) {
      return new SlotReport(
          slot.name(),
          slot.type().label(),
          slot.activePid().isPresent(),
          slot.retention().restart().map(Lsn::toString),
          Positions.retainedBytes(state, slot),
          slot.retention().walStatus());
    }
  }

  /** What is behind a walsender. */
  public record ClientReport(
      String applicationName,
      Optional<String> address,
      @OneOf(ReplicationClient.Kind.class) String kind) {

    private static ClientReport of(ReplicationClient client) {
      return new ClientReport(
          client.sender().applicationName(),
          client.sender().stream()
              .ifSeen()
              .flatMap(WalSender.Stream::clientAddress)
              .map(HostPort::host),
          client.kind().label());
    }
  }

  /** The last reading of settings, databases and roles. */
  public record SurveyReport(
      @JsonPropertyDescription("the monitoring role: session_user") String login,
      @JsonPropertyDescription("how old it was when the server was polled, by the server's clock")
          long ageSeconds) {

    private static SurveyReport of(Survey survey, InstanceFacts facts) {
      var age = Duration.between(survey.readAt(), facts.time().now());
      return new SurveyReport(survey.login(), Math.max(0, age.toSeconds()));
    }
  }

  static InstanceReport of(InstanceView member, Cluster cluster, Snapshot snapshot) {
    var topology = snapshot.topology();
    var book = snapshot.addresses();
    var declared = member.declared();
    var names = new DisplayNames(book);
    var facts = member.live().map(live -> live.facts());
    return new InstanceReport(
        declared.cluster(),
        declared.name(),
        declared.alias(),
        declared.endpoint().toString(),
        declared.role().map(InstanceRole::label),
        declared.upstream() instanceof DeclaredUpstream.ClusterLeader
            ? "cluster leader"
            : names.upstreamOf(declared).orElse("none"),
        member.role().label(),
        member.live().isPresent(),
        member
            .failure()
            .map(it -> new FailureReport(it.kind().label(), it.message(), it.sqlState())),
        facts.map(it -> it.identity().version().toString()),
        facts.flatMap(it -> it.identity().systemId().ifSeen()).map(Object::toString),
        facts.map(it -> it.identity().startedAt()),
        facts.map(TimelineReport::of),
        facts.map(PositionReport::of),
        facts.flatMap(
            it ->
                it.state() instanceof ServerState.InRecovery recovery
                    ? Optional.of(recovery.replay().label())
                    : Optional.empty()),
        Optional.of(new DelayReport(declared.delay(), member.delay())),
        member.live().map(live -> UpstreamReport.of(live.upstream(), names)),
        facts.map(
            it ->
                it.replication().slots().stream()
                    .map(slot -> SlotReport.of(slot, it.state()))
                    .toList()),
        member
            .live()
            .map(live -> Trait.of(live, topology, book).stream().map(Trait::label).toList())
            .orElse(List.of()),
        facts.map(
            it -> ReplicationClient.of(it.replication()).stream().map(ClientReport::of).toList()),
        facts.flatMap(it -> it.survey().ifSeen().map(survey -> SurveyReport.of(survey, it))),
        facts.map(HiddenReport::of).orElse(List.of()),
        ServiceReach.of(cluster, member, snapshot));
  }
}
