package io.pgtopo.agent.words;

import io.pgtopo.agent.drift.ClusterDrift;
import io.pgtopo.agent.drift.MemberDrift;
import io.pgtopo.agent.drift.Routing;
import io.pgtopo.agent.observation.Identity;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.observation.ServerVersion;
import io.pgtopo.agent.topology.AddressBook;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.topology.VirtualAddress;
import io.pgtopo.config.model.Endpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What is wrong with a cluster, in English. */
final class ClusterText {
  private final AddressBook names;
  private final FactText facts;

  ClusterText(AddressBook names, FactText facts) {
    this.names = names;
    this.facts = facts;
  }

  Wording of(ClusterDrift drift) {
    return switch (drift) {
      case ClusterDrift.MultiplePrimaries multiple ->
          new Wording(
              "one primary",
              multiple.primaries().size() + " primaries: " + namesOf(multiple.primaries()),
              rivals(multiple));
      case ClusterDrift.NoPrimary none ->
          new Wording(
              "one primary",
              "none: %d in recovery".formatted(none.replicas().size()),
              Stream.concat(
                      none.replicas().stream().map(facts::position),
                      none.replaying().stream().map(this::replaying))
                  .toList());
      case ClusterDrift.NoStandby none ->
          new Wording(
              none.replicas() == 1 ? "1 replica" : none.replicas() + " replicas",
              "no standby of " + names.nameOf(none.primary().endpoint()),
              List.of(
                  facts.position(none.primary()) + ", and shows no standby that streams",
                  none.losses().stream()
                      .map(loss -> loss.kind().label() + " " + loss.subject())
                      .collect(Collectors.joining(", "))));
      case ClusterDrift.RoleSwapped swap ->
          new Wording(
              swap.demoted().instance().name() + " is the " + leader(swap),
              swap.promoted().live().role() == LiveRole.PRIMARY
                  ? primary(swap.promoted())
                  : names.nameOf(swap.promoted().live().endpoint()) + " is the " + leader(swap),
              List.of(
                  facts.position(swap.promoted().live()), facts.position(swap.demoted().live())),
              broken(swap));
      case ClusterDrift.AgentIsolated isolated ->
          new Wording(
              "reachable",
              "most nodes are silent: the agent's own network is the likely cause",
              List.of(
                  "%d of %d nodes, in unrelated clusters, gave no route, no name or no answer in time; no replica has lost one of them"
                      .formatted(isolated.silent(), isolated.nodes())));
      case ClusterDrift.CommitsBlocked blocked ->
          new Wording(
              synchronous(blocked.standbys()),
              "%d commits wait for a synchronous standby".formatted(blocked.waits().backends()),
              evidence(
                  blocked.standbys(),
                  "the longest has waited for up to %d s (wait_event SyncRep)"
                      .formatted(blocked.waits().longest().toSeconds())));
      case ClusterDrift.SyncStandbyMissing missing ->
          new Wording(
              synchronous(missing.standbys()),
              String.valueOf(missing.standbys().streaming()),
              missing.waits() instanceof Reading.Denied<ServerState.SyncWaits>(var reason)
                  ? evidence(missing.standbys(), "unknown whether commits wait: " + reason)
                  : evidence(missing.standbys()));
      case ClusterDrift.VipMisplaced misplaced -> vip(misplaced);
      case ClusterDrift.NameMisplaced misplaced -> name(misplaced);
      case ClusterDrift.VersionMix mix ->
          new Wording(
              "one version",
              mix.instances().keySet().stream()
                  .map(ServerVersion::toString)
                  .collect(Collectors.joining(" and ")),
              mix.instances().entrySet().stream()
                  .map(
                      entry ->
                          "server_version is %s on %s"
                              .formatted(entry.getKey(), String.join(", ", entry.getValue())))
                  .toList());
      case ClusterDrift.ClockSkew skew ->
          new Wording(
              "clocks at most 2 s apart",
              "%s is %s to %s ahead of %s"
                  .formatted(
                      names.nameOf(skew.ahead().endpoint()),
                      FactText.duration(skew.difference().least()),
                      FactText.duration(skew.difference().most()),
                      names.nameOf(skew.behind().endpoint())),
              List.of(facts.clock(skew.ahead()), facts.clock(skew.behind())));
      case ClusterDrift.IgnoreRuleExpired expired ->
          new Wording(
              "no expired ignore rule",
              expired.rules().stream()
                  .map(rule -> rule.kind() + " ignored until " + rule.until())
                  .collect(Collectors.joining(", ")),
              expired.rules().stream()
                  .map(
                      rule ->
                          "%s of %s, accepted by %s: %s"
                              .formatted(rule.kind(), rule.where(), rule.owner(), rule.reason()))
                  .toList());
    };
  }

  private String replaying(LiveInstance replica) {
    return names.nameOf(replica.endpoint())
        + " replays the rest of its WAL without a walreceiver: it may be about to be promoted";
  }

  private List<String> rivals(ClusterDrift.MultiplePrimaries multiple) {
    var evidence = new ArrayList<>(multiple.primaries().stream().map(facts::position).toList());
    if (multiple.moments() == ClusterDrift.MultiplePrimaries.Moments.AT_ONCE) {
      evidence.add(
          "in production at the same time: all were polled twice, and none restarted in between");
    }
    multiple.rivalries().forEach(rivalry -> evidence.add(facts.relation(rivalry)));
    evidence.add(facts.followers(multiple.primaries()));
    return evidence;
  }

  private String namesOf(List<LiveInstance> instances) {
    return instances.stream()
        .map(instance -> names.nameOf(instance.endpoint()))
        .collect(Collectors.joining(", "));
  }

  private static String leader(ClusterDrift.RoleSwapped swap) {
    return swap.demoted().instance().isStandbyLeader()
        ? "leader of the standby cluster"
        : "primary";
  }

  private String primary(MemberDrift.RoleMismatch promoted) {
    var live = promoted.live().facts();
    var since =
        live.state() instanceof ServerState.InProduction production
            ? production.promotedAt().map(lsn -> " since its promotion at " + lsn)
            : Optional.<String>empty();
    return "%s is the primary%s on timeline %d"
        .formatted(
            names.nameOf(promoted.live().endpoint()), since.orElse(""), live.timeline().id());
  }

  /** What goes by the declared role: Pigsty's playbooks and templates. */
  private static List<String> broken(ClusterDrift.RoleSwapped swap) {
    var old = swap.demoted().instance().name();
    var dns =
        swap.cluster().traits().dnsName().stream()
            .map(
                name ->
                    "Pigsty renders the DNS name %s so that it leads to %s".formatted(name, old));
    if (swap.demoted().instance().isStandbyLeader()) {
      return List.of(
          "what goes by pg_upstream takes %s for the leader of the standby cluster".formatted(old));
    }
    return Stream.of(
            Stream.of(
                "playbooks create users and databases on %1$s, which is read-only, and fail; backup, restore and removal treat %1$s as the primary"
                    .formatted(old),
                "HBA rules for a role are those of the declared role"),
            dns,
            swap.routings().stream().map(ClusterText::routing))
        .flatMap(lines -> lines)
        .toList();
  }

  private static String routing(Routing routing) {
    return switch (routing.effect()) {
      case WRONG_ROLE ->
          "service %s reaches only %s, the primary, until its servers are rendered again"
              .formatted(routing.service(), routing.server());
      case NOWHERE ->
          "service %s reaches no server until its servers are rendered again"
              .formatted(routing.service());
      case MIXED ->
          "service %s reaches %s, the primary, as well as replicas"
              .formatted(routing.service(), routing.server());
      case UNKNOWN ->
          "unknown which servers service %s reaches: its health check is %s"
              .formatted(routing.service(), routing.check());
    };
  }

  private static String synchronous(ClusterDrift.MissingStandbys standbys) {
    return standbys.needed().needed() + " synchronous";
  }

  private String standbys(ClusterDrift.MissingStandbys standbys) {
    return facts.reports(standbys.primary())
        + "synchronous_standby_names needs %d of %s; %d streaming"
            .formatted(
                standbys.needed().needed(),
                String.join(", ", standbys.needed().names()),
                standbys.streaming());
  }

  private List<String> evidence(ClusterDrift.MissingStandbys missing, String... more) {
    return Stream.of(
            Stream.of(standbys(missing)),
            missing.idle().stream().map(ClusterText::idle),
            Stream.of(more))
        .flatMap(lines -> lines)
        .toList();
  }

  private static String idle(ClusterDrift.IdleStandby standby) {
    var confirmed = standby.confirmed().map(lsn -> ", and confirmed up to " + lsn).orElse("");
    return standby
        .silence()
        .map(
            silence ->
                "%s sent its last reply at least %s ago%s"
                    .formatted(standby.name(), FactText.seconds(silence.lasting()), confirmed))
        .orElseGet(
            () ->
                "%s streams, but confirmed nothing between two polls while a commit waited%s%s"
                    .formatted(
                        standby.name(),
                        confirmed,
                        standby
                            .replay()
                            .map(why -> "; its replay: " + ReplicationText.standstill(why))
                            .orElse("")));
  }

  private Wording name(ClusterDrift.NameMisplaced misplaced) {
    var name = misplaced.report().name();
    return new Wording(
        "the DNS name %s leads to the primary, %s"
            .formatted(name, names.nameOf(misplaced.primary().endpoint())),
        "it leads to %s, no primary".formatted(namesOf(misplaced.reached())),
        Stream.concat(
                Stream.of(
                    "%s has the address %s, looked up at %s"
                        .formatted(
                            name,
                            String.join(", ", misplaced.report().addresses()),
                            misplaced.report().window().to())),
                Stream.concat(misplaced.reached().stream(), Stream.of(misplaced.primary()))
                    .map(facts::position))
            .toList(),
        List.of("clients of that name get a read-only server, and their writes fail"));
  }

  private Wording vip(ClusterDrift.VipMisplaced misplaced) {
    var declared =
        "the VIP leads to "
            + misplaced
                .primary()
                .map(primary -> "the primary, " + names.nameOf(primary.endpoint()))
                .orElse(misplaced.cluster().upstream().isPresent() ? "a member" : "the primary");
    var vip = misplaced.vip();
    return switch (misplaced.found()) {
      case VirtualAddress.LeadsTo(var server) ->
          misplaced
              .member()
              .map(
                  member ->
                      new Wording(
                          declared,
                          "it leads to %s, a %s"
                              .formatted(names.nameOf(server), member.role().label()),
                          List.of(
                              identity(vip, member.facts().identity())
                                  + ", the same as "
                                  + facts.nameAndAddress(server))))
              .orElseGet(
                  () ->
                      new Wording(
                          declared,
                          "it leads to %s, which is no member".formatted(server),
                          List.of("%s leads to the server of %s".formatted(vip, server))));
      case VirtualAddress.LeadsElsewhere(var found) ->
          new Wording(
              declared,
              "it leads to a server that is no member",
              List.of(identity(vip, found.identity())));
      case VirtualAddress.Silent(var failure) ->
          new Wording(declared, "no answer", List.of(failure.message()));
    };
  }

  static String identity(Endpoint vip, Identity identity) {
    return "%s answers with system identifier %s, started %s, port %d"
        .formatted(vip, FactText.systemId(identity), identity.startedAt(), identity.port());
  }
}
