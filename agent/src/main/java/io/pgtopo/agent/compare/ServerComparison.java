package io.pgtopo.agent.compare;

import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Finding;
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
        .map(
            declared ->
                new Finding(
                    DriftKind.VERSION_MISMATCH,
                    Subject.of(instance),
                    "PostgreSQL " + declared,
                    "PostgreSQL " + version.major(),
                    List.of(says(instance, found) + "server_version is " + version)));
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
        .map(
            from ->
                new Finding(
                    DriftKind.ADDRESS_MISMATCH,
                    Subject.of(instance),
                    "on node " + found.endpoint().host(),
                    "on node " + from.host(),
                    List.of(
                        says(instance, found)
                            + "it was reached at %s, which is the address of another declared node"
                                .formatted(from))));
  }

  private static Drift readOnlyFinding(Instance instance, LiveInstance found) {
    return new Finding(
        DriftKind.PRIMARY_READ_ONLY,
        Subject.of(instance),
        "accepts writes",
        "new sessions are read-only",
        List.of(says(instance, found) + "default_transaction_read_only is on"));
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
                              "the agent's own role or database sets default_transaction_read_only,"
                                  + " so what other sessions get is not seen"));
                  default -> Optional.of(readOnlyFinding(instance, found));
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
                new Finding(
                    DriftKind.ARCHIVING_FAILS,
                    Subject.of(instance),
                    "archives its WAL",
                    "the last attempt failed",
                    List.of(
                        says(instance, found)
                            + "an attempt failed at %s, and nothing was archived since"
                                .formatted(production.archiver().lastFailed().orElseThrow()))));
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
    var tooLow = new ArrayList<String>();
    for (var name : HOT_STANDBY) {
      var has = own.flatMap(survey -> survey.number(name));
      var needs = theirs.flatMap(survey -> survey.number(name));
      if (has.isPresent() && needs.isPresent() && has.get() < needs.get()) {
        tooLow.add("%s is %d, the primary's is %d".formatted(name, has.get(), needs.get()));
      }
    }
    return tooLow.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Finding(
                DriftKind.PARAMETERS_TOO_LOW,
                Subject.of(instance),
                "what its primary has, at least",
                "%d settings are lower".formatted(tooLow.size()),
                tooLow.stream().map(line -> says(instance, found) + line).toList()));
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
                .map(upstream -> upstream.facts().timeline())
                .filter(theirs -> isExact(own) && isExact(theirs) && own.id() < theirs.id())
                .map(
                    theirs ->
                        new Finding(
                            DriftKind.TIMELINE_BEHIND,
                            Subject.of(instance),
                            "timeline " + theirs.id(),
                            "timeline " + own.id(),
                            List.of(
                                says(instance, found)
                                    + "recovery_target_timeline is "
                                    + (setting.isEmpty() ? "empty" : setting)
                                    + ", so it does not follow its upstream to timeline "
                                    + theirs.id()))));
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

  private static Optional<String> denied(LiveInstance found) {
    return found.facts().survey() instanceof Reading.Denied<Survey>(var reason)
        ? Optional.of(found.endpoint() + ": settings are not known: " + reason)
        : Optional.empty();
  }

  private static Optional<Survey> survey(LiveInstance found) {
    return found.facts().survey().ifSeen();
  }

  private static String says(Instance instance, LiveInstance found) {
    return instance.name() + " (" + found.endpoint() + ") says: ";
  }
}
