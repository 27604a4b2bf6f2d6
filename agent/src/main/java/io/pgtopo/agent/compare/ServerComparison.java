package io.pgtopo.agent.compare;

import io.pgtopo.agent.drift.ArchiveFault;
import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.LowParameter;
import io.pgtopo.agent.drift.MemberDrift;
import io.pgtopo.agent.drift.Reason;
import io.pgtopo.agent.drift.ReplicationDrift;
import io.pgtopo.agent.drift.ServerDrift;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.observation.Survey;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.Peer;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.IpAddress;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Stream;

/** What one server is set to, against what its cluster needs of it. */
final class ServerComparison {
  /** A standby with less of any of these than its primary pauses (14+) or refuses to start. */
  private final Cluster cluster;

  private final Topology live;
  private final Optional<Endpoint> leader;
  private final ArchiveWaits archives;

  private static final Set<DriftKind> OF_A_PRIMARY = EnumSet.of(DriftKind.PRIMARY_READ_ONLY);
  private static final Set<DriftKind> OF_A_STANDBY =
      EnumSet.of(DriftKind.PARAMETERS_TOO_LOW, DriftKind.TIMELINE_BEHIND);

  /** The hosts on which instances are declared. */
  private final Set<String> nodes;

  private ServerComparison(ClusterContext context) {
    this.nodes = context.fleet().declared().hosts();
    this.cluster = context.cluster();
    this.live = context.live();
    this.leader = context.leader();
    this.archives = context.fleet().earlier().past().archives();
  }

  static Evaluation evaluate(ClusterContext cluster) {
    return cluster.each(new ServerComparison(cluster)::evaluate);
  }

  private Evaluation evaluate(Instance instance, LiveInstance found) {
    var subject = Subject.of(instance);
    var byState =
        switch (found.facts().state()) {
          case ServerState.InProduction production ->
              Stream.of(Evaluation.of(OF_A_STANDBY, subject, List.of()), readOnly(instance, found));
          case ServerState.InRecovery recovery ->
              Stream.of(
                  Evaluation.of(OF_A_PRIMARY, subject, List.of()),
                  parameters(instance, found),
                  timeline(instance, found));
        };
    return Evaluation.merged(
        Stream.concat(
            Stream.of(
                version(instance, found), address(instance, found), archiving(instance, found)),
            byState));
  }

  private Evaluation version(Instance instance, LiveInstance found) {
    return cluster
        .traits()
        .version()
        .map(
            declared ->
                Evaluation.of(
                    DriftKind.VERSION_MISMATCH,
                    Subject.of(instance),
                    declared == found.facts().identity().version().major()
                        ? Optional.empty()
                        : Optional.of(new ServerDrift.VersionMismatch(instance, found, declared))))
        .orElse(Evaluation.NOTHING);
  }

  /**
   * Behind NAT or a proxy any address is right, but not that of a node that has its own instance. A
   * host name says nothing of addresses; a server that names none answered through a Unix socket.
   */
  private Evaluation address(Instance instance, LiveInstance found) {
    var address = found.facts().identity().serverAddress();
    var host = found.endpoint().host();
    return address.isPresent() && IpAddress.parse(host).isEmpty()
        ? Evaluation.NOTHING
        : Evaluation.of(
            DriftKind.ADDRESS_MISMATCH,
            Subject.of(instance),
            address
                .filter(from -> !from.host().equals(host))
                .filter(from -> nodes.contains(from.host()) && nodes.contains(host))
                .map(from -> new MemberDrift.AddressMismatch(instance, found, from)));
  }

  private static Evaluation readOnly(Instance instance, LiveInstance found) {
    var kind = DriftKind.PRIMARY_READ_ONLY;
    var subject = Subject.of(instance);
    // Not unverifiable where a setting of the agent's own login hides it: it would be so for ever.
    return survey(found)
        .flatMap(survey -> survey.setting("default_transaction_read_only"))
        .map(
            value ->
                Evaluation.of(
                    kind,
                    subject,
                    value.equals("off")
                        ? Optional.empty()
                        : Optional.of(new ServerDrift.PrimaryReadOnly(instance, found))))
        .orElse(Evaluation.NOTHING);
  }

  private Evaluation archiving(Instance instance, LiveInstance found) {
    if (survey(found).flatMap(survey -> survey.setting("archive_mode")).isEmpty()) {
      return Evaluation.NOTHING;
    }
    var kind = DriftKind.ARCHIVING_FAILS;
    var subject = Subject.of(instance);
    if (!ArchiveWaits.archives(found)) {
      return Evaluation.of(kind, subject, Optional.empty());
    }
    return switch (found.facts().state().archiver()) {
      case Reading.Denied<ServerState.Archiver>(var reason) ->
          Evaluation.unverifiable(
              kind, subject, new Reason.Hidden(Reason.Hidden.What.FACT, reason));
      case Reading.Seen<ServerState.Archiver>(var archiver) ->
          Evaluation.of(
              kind,
              subject,
              fault(found, archiver)
                  .map(why -> new ServerDrift.ArchivingFails(instance, found, why)));
    };
  }

  private Optional<ArchiveFault> fault(LiveInstance found, ServerState.Archiver archiver) {
    return archiver
        .lastFailed()
        .filter(at -> archiver.isFailing())
        .<ArchiveFault>map(ArchiveFault.Failed::new)
        .or(() -> archives.fault(found));
  }

  /** Against the primary, since these are written into its WAL. */
  private Evaluation parameters(Instance instance, LiveInstance found) {
    var kind = DriftKind.PARAMETERS_TOO_LOW;
    var subject = Subject.of(instance);
    var primary =
        leader
            .flatMap(live::at)
            .filter(theirs -> theirs.facts().state() instanceof ServerState.InProduction)
            .filter(found::isCopyOf);
    if (primary.isEmpty()) {
      return Evaluation.NOTHING;
    }
    return denied(found)
        .or(() -> denied(primary.get()))
        .map(reason -> Evaluation.unverifiable(kind, subject, reason))
        .orElseGet(
            () ->
                Evaluation.of(
                    LowParameter.areShown(found) && LowParameter.areShown(primary.get())
                        ? EnumSet.of(kind)
                        : EnumSet.noneOf(DriftKind.class),
                    subject,
                    parameters(instance, found, primary.get())));
  }

  private static List<Drift> parameters(
      Instance instance, LiveInstance found, LiveInstance primary) {
    var tooLow = LowParameter.of(found, primary);
    return tooLow.isEmpty()
        ? List.of()
        : List.of(new ServerDrift.ParametersTooLow(instance, found, primary, tooLow));
  }

  /** Only where it is set not to follow: at a switch of timelines every standby lags a moment. */
  private Evaluation timeline(Instance instance, LiveInstance found) {
    var target = survey(found).flatMap(survey -> survey.setting("recovery_target_timeline"));
    var follows = target.filter("latest"::equals).isPresent();
    var own = found.facts().timeline();
    var upstream = upstream(found).filter(it -> own.isExact() && it.facts().timeline().isExact());
    if (target.isEmpty() || (!follows && upstream.isEmpty())) {
      return Evaluation.NOTHING;
    }
    return Evaluation.of(
        DriftKind.TIMELINE_BEHIND,
        Subject.of(instance),
        upstream
            .filter(theirs -> !follows && own.id() < theirs.facts().timeline().id())
            .map(
                theirs ->
                    new ReplicationDrift.TimelineBehind(instance, found, theirs, target.get())));
  }

  private Optional<LiveInstance> upstream(LiveInstance found) {
    return live.linkTo(found)
        .flatMap(
            link ->
                link.upstream() instanceof Peer.Known(var endpoint)
                    ? live.at(endpoint)
                    : Optional.<LiveInstance>empty());
  }

  private static Optional<Reason> denied(LiveInstance found) {
    return found.facts().settings() instanceof Reading.Denied<SortedMap<String, String>>(var reason)
        ? Optional.of(new Reason.SettingsHidden(found.endpoint(), reason))
        : Optional.empty();
  }

  private static Optional<Survey> survey(LiveInstance found) {
    return found.facts().survey().ifSeen();
  }
}
