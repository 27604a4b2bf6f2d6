package io.pgtopo.agent.compare;

import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.MemberDrift;
import io.pgtopo.agent.drift.Reason;
import io.pgtopo.agent.drift.ReplicationDrift;
import io.pgtopo.agent.drift.ServerDrift;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.observation.Survey;
import io.pgtopo.agent.observation.Timeline;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.Peer;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What one server is set to, against what its cluster needs of it. */
final class ServerComparison {
  /** A standby with less of any of these than its primary pauses (14+) or refuses to start. */
  private static final List<String> HOT_STANDBY =
      List.of(
          "max_connections",
          "max_worker_processes",
          "max_wal_senders",
          "max_prepared_transactions",
          "max_locks_per_transaction");

  private final Cluster cluster;
  private final Topology live;
  private final Optional<Endpoint> leader;

  /** The hosts on which instances are declared. */
  private final Set<String> nodes;

  ServerComparison(Cluster cluster, Topology live, Optional<Endpoint> leader, Set<String> nodes) {
    this.nodes = nodes;
    this.cluster = cluster;
    this.live = live;
    this.leader = leader;
  }

  Stream<Drift> judge(Instance instance, LiveInstance found) {
    var byState =
        switch (found.facts().state()) {
          case ServerState.InProduction production ->
              Stream.of(readOnly(instance, found), archiving(instance, found, production));
          case ServerState.InRecovery recovery ->
              Stream.of(parameters(instance, found), timeline(instance, found));
        };
    return Stream.concat(Stream.of(version(instance, found), address(instance, found)), byState)
        .flatMap(Optional::stream);
  }

  private Optional<Drift> version(Instance instance, LiveInstance found) {
    var version = found.facts().identity().version();
    return cluster
        .traits()
        .version()
        .filter(declared -> declared != version.major())
        .map(declared -> new ServerDrift.VersionMismatch(instance, found, declared));
  }

  /**
   * Behind NAT or a proxy any address is right, but not that of a node that has its own instance.
   */
  private Optional<Drift> address(Instance instance, LiveInstance found) {
    return found
        .facts()
        .identity()
        .serverAddress()
        .filter(from -> !from.host().equals(found.endpoint().host()))
        .filter(from -> nodes.contains(from.host()) && nodes.contains(found.endpoint().host()))
        .filter(from -> IpAddress.parse(found.endpoint().host()).isPresent())
        .map(from -> new MemberDrift.AddressMismatch(instance, found, from));
  }

  private Optional<Drift> readOnly(Instance instance, LiveInstance found) {
    return survey(found)
        .flatMap(
            survey ->
                switch (survey.setting("default_transaction_read_only").orElse("hidden")) {
                  case "off" -> Optional.empty();
                  case "hidden" ->
                      Optional.of(
                          new Drift.Unverifiable(
                              DriftKind.PRIMARY_READ_ONLY,
                              Subject.of(instance),
                              new Reason.SettingOverridden("default_transaction_read_only")));
                  default -> Optional.of(new ServerDrift.PrimaryReadOnly(instance, found));
                });
  }

  private Optional<Drift> archiving(
      Instance instance, LiveInstance found, ServerState.InProduction production) {
    var archives =
        survey(found)
            .flatMap(survey -> survey.setting("archive_mode"))
            .filter(mode -> !mode.equals("off"));
    return archives
        .filter(mode -> production.archiver().isFailing())
        .map(
            mode ->
                new ServerDrift.ArchivingFails(
                    instance, found, production.archiver().lastFailed().orElseThrow()));
  }

  /** Against the primary, since these are written into its WAL. */
  private Optional<Drift> parameters(Instance instance, LiveInstance found) {
    var primary =
        leader
            .flatMap(live::at)
            .filter(theirs -> theirs.facts().state() instanceof ServerState.InProduction)
            .filter(theirs -> theirs.systemId().equals(found.systemId()));
    if (primary.isEmpty()) {
      return Optional.empty();
    }
    var hidden = denied(found).or(() -> denied(primary.get()));
    if (hidden.isPresent()) {
      return Optional.of(
          new Drift.Unverifiable(DriftKind.PARAMETERS_TOO_LOW, Subject.of(instance), hidden.get()));
    }
    var theirs = primary.flatMap(ServerComparison::survey);
    var own = survey(found);
    var tooLow = new ArrayList<ServerDrift.LowParameter>();
    for (var name : HOT_STANDBY) {
      var has = own.flatMap(survey -> survey.number(name));
      var needs = theirs.flatMap(survey -> survey.number(name));
      if (has.isPresent() && needs.isPresent() && has.get() < needs.get()) {
        tooLow.add(new ServerDrift.LowParameter(name, has.get(), needs.get()));
      }
    }
    return tooLow.isEmpty()
        ? Optional.empty()
        : Optional.of(new ServerDrift.ParametersTooLow(instance, found, primary.get(), tooLow));
  }

  /** Only where it is told not to follow: at a switch of timelines every standby lags a moment. */
  private Optional<Drift> timeline(Instance instance, LiveInstance found) {
    var target =
        survey(found)
            .flatMap(survey -> survey.setting("recovery_target_timeline"))
            .filter(setting -> !setting.equals("latest"));
    var own = found.facts().timeline();
    return target.flatMap(
        setting ->
            upstream(found)
                .filter(upstream -> isExact(own) && isExact(upstream.facts().timeline()))
                .filter(upstream -> own.id() < upstream.facts().timeline().id())
                .map(
                    upstream ->
                        new ReplicationDrift.TimelineBehind(instance, found, upstream, setting)));
  }

  private Optional<LiveInstance> upstream(LiveInstance found) {
    return live.linkTo(found)
        .flatMap(
            link ->
                link.upstream() instanceof Peer.Known(var endpoint)
                    ? live.at(endpoint)
                    : Optional.<LiveInstance>empty());
  }

  private static boolean isExact(Timeline timeline) {
    return timeline.source() != Timeline.Source.CONTROL_FILE;
  }

  private static Optional<Reason> denied(LiveInstance found) {
    return found.facts().survey() instanceof Reading.Denied<Survey>(var reason)
        ? Optional.of(new Reason.SettingsHidden(found.endpoint(), reason))
        : Optional.empty();
  }

  private static Optional<Survey> survey(LiveInstance found) {
    return found.facts().survey().ifSeen();
  }
}
