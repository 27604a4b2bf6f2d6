package io.pgtopo.agent.drift;

import io.pgtopo.agent.observation.InstanceFacts;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.topology.AddressBook;
import io.pgtopo.agent.topology.Detachment;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.topology.LiveUpstream;
import io.pgtopo.agent.topology.ReplicationLink;
import io.pgtopo.agent.topology.Testimony;
import io.pgtopo.config.Endpoint;
import io.pgtopo.config.Instance;
import io.pgtopo.config.InstanceRole;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Drifts in words: what is declared, what is there, and what proves it. */
public final class DriftText {
  private final AddressBook names;

  public DriftText(AddressBook names) {
    this.names = names;
  }

  /** All of it in one line, for a log. */
  public String sentence(Drift drift) {
    var proof = String.join("; ", proof(drift));
    return drift instanceof Drift.Unverifiable unknown
        ? "cannot tell %s of %s: %s".formatted(unknown.about().label(), unknown.subject(), proof)
        : "%s %s: declared %s, live %s; %s"
            .formatted(drift.kind().label(), drift.subject(), declared(drift), live(drift), proof);
  }

  /** What is declared, in a few words. */
  public String declared(Drift drift) {
    return switch (drift) {
      case Drift.MultiplePrimaries multiple -> "one primary";
      case Drift.NoPrimary none -> "one primary";
      case Drift.Diverged diverged -> "a copy of " + names.nameOf(diverged.upstream().endpoint());
      case Drift.TimelineFork fork -> "a copy of " + names.nameOf(fork.upstream().endpoint());
      case Drift.ForeignSystemId foreign -> "a member of system " + foreign.expected();
      case Drift.AgentIsolated isolated -> "reachable";
      case Drift.InstanceUnreachable silent -> declaredRole(silent.instance());
      case Drift.DuplicateInstance duplicate -> "a server of its own";
      case Drift.SharedAddress shared -> "a server of its own";
      case Drift.RoleMismatch mismatch -> declaredRole(mismatch.instance());
      case RoleSwapped swap -> swap.demoted().instance().name() + " is the primary";
      case Drift.UpstreamMismatch mismatch -> "follows " + names.nameOf(mismatch.expected());
      case Drift.ReplicaDetached detached -> declaredRole(detached.instance());
      case Drift.ReplicationLoop loop -> "WAL from a primary";
      case Drift.OrphanedReplica orphaned -> "WAL from a primary";
      case Drift.ReplayPaused paused -> "replays";
      case Drift.DelayMismatch mismatch -> delay(mismatch.instance().delay());
      case Drift.UndeclaredInstance undeclared -> "nothing";
      case Finding finding -> finding.declared();
      case ObjectDrift object -> ObjectText.declared(object);
      case Drift.Unverifiable unknown -> "cannot tell " + unknown.about().label();
    };
  }

  /** What is there instead, in a few words. */
  public String live(Drift drift) {
    return switch (drift) {
      case Drift.MultiplePrimaries multiple ->
          multiple.primaries().size() + " primaries: " + namesOf(multiple.primaries());
      case Drift.NoPrimary none -> "none: " + none.replicas().size() + " of them in recovery";
      case Drift.Diverged diverged -> diverged.bytesAhead() + " bytes ahead of it";
      case Drift.TimelineFork fork -> "a fork since " + fork.forkedAt();
      case Drift.ForeignSystemId foreign -> "a member of system " + foreign.live().systemId();
      case Drift.AgentIsolated isolated -> "the agent seems to be cut off";
      case Drift.InstanceUnreachable silent -> "no answer: " + silent.failure().kind().label();
      case Drift.DuplicateInstance duplicate -> "the server of " + names.nameOf(duplicate.server());
      case Drift.SharedAddress shared -> "different servers at different times";
      case Drift.RoleMismatch mismatch -> mismatch.live().role().label();
      case RoleSwapped swap -> leads(swap.promoted());
      case Drift.UpstreamMismatch mismatch -> follows(mismatch.live());
      case Drift.ReplicaDetached detached -> "follows nobody";
      case Drift.ReplicationLoop loop ->
          "a loop: "
              + loop.links().stream()
                  .map(link -> names.nameOf(link.downstream()))
                  .collect(Collectors.joining(", "));
      case Drift.OrphanedReplica orphaned ->
          "cut off with " + names.nameOf(orphaned.head().endpoint());
      case Drift.ReplayPaused paused -> "paused";
      case Drift.DelayMismatch mismatch -> delay(mismatch.delay());
      case Drift.UndeclaredInstance(var found) -> undeclared(found);
      case Finding finding -> finding.live();
      case ObjectDrift object -> ObjectText.live(object);
      case Drift.Unverifiable unknown -> "unknown";
    };
  }

  /** The facts that prove it, one a line. */
  public List<String> proof(Drift drift) {
    return switch (drift) {
      case Drift.MultiplePrimaries multiple -> rivalsProof(multiple);
      case Drift.NoPrimary none -> none.replicas().stream().map(this::position).toList();
      case Drift.Diverged diverged -> divergedProof(diverged);
      case Drift.TimelineFork fork -> forkProof(fork);
      case Drift.ForeignSystemId foreign ->
          List.of(
              position(foreign.live()),
              "%d of its cluster have system identifier %s, it has %s"
                  .formatted(foreign.agreeing(), foreign.expected(), foreign.live().systemId()));
      case Drift.AgentIsolated isolated ->
          List.of(
              "the network does not lead to %d of all %d nodes, in unrelated clusters, and no replica lost one of them"
                  .formatted(isolated.silent(), isolated.nodes()));
      case Drift.InstanceUnreachable silent ->
          Stream.concat(
                  Stream.of(silent.instance().endpoint() + ": " + silent.failure().message()),
                  verdict(silent.testimony()))
              .toList();
      case Drift.DuplicateInstance duplicate -> duplicateProof(duplicate);
      case Drift.SharedAddress shared ->
          List.of(
              "looks at %s reached different servers: it is a load balancer or a virtual address, and proves nothing of a member"
                  .formatted(shared.instance().endpoint()));
      case Drift.RoleMismatch mismatch -> List.of(position(mismatch.live()));
      case RoleSwapped swap ->
          List.of(position(swap.promoted().live()), position(swap.demoted().live()));
      case Drift.UpstreamMismatch mismatch -> upstreamProof(mismatch);
      case Drift.ReplicaDetached detached -> detachedProof(detached.live());
      case Drift.ReplicationLoop loop -> loop.links().stream().map(this::witnesses).toList();
      case Drift.OrphanedReplica orphaned ->
          List.of(
              position(orphaned.live()),
              position(orphaned.head())
                  + ", and "
                  + (orphaned.head().upstream() instanceof LiveUpstream.Detached
                      ? "has no walreceiver"
                      : follows(orphaned.head().upstream())));
      case Drift.ReplayPaused paused -> List.of(position(paused.live()) + ", and replay is paused");
      case Drift.DelayMismatch mismatch ->
          List.of(
              "%s says: recovery_min_apply_delay is %s"
                  .formatted(
                      nameAndAddress(mismatch.live().endpoint()), duration(mismatch.delay())));
      case Drift.UndeclaredInstance(var found) -> undeclaredProof(found);
      case Finding finding -> finding.proof();
      case ObjectDrift object ->
          ObjectText.proof(object, nameAndAddress(object.witness().endpoint()));
      case Drift.Unverifiable unknown -> List.of(unknown.reason());
    };
  }

  private List<String> rivalsProof(Drift.MultiplePrimaries multiple) {
    var proof = new ArrayList<String>();
    multiple.primaries().forEach(primary -> proof.add(position(primary)));
    if (multiple.moments() == Drift.MultiplePrimaries.Moments.AT_ONCE) {
      proof.add("in production at once: all were looked at twice, and none restarted in between");
    }
    multiple.rivalries().forEach(rivalry -> proof.add(nature(rivalry)));
    return proof;
  }

  /** What an undeclared server is, in a few words. */
  private String undeclared(Undeclared found) {
    var place =
        found
            .link()
            .map(
                link ->
                    link.downstream().equals(found.peer())
                        ? "follows " + names.nameOf(link.upstream())
                        : "is followed by " + names.nameOf(link.downstream()))
            .orElse("linked to nobody");
    return found
        .live()
        .filter(live -> found.link().isEmpty() || live.role() == LiveRole.PRIMARY)
        .map(live -> live.role().label() + ", " + place)
        .orElse(place);
  }

  private List<String> undeclaredProof(Undeclared found) {
    return Stream.concat(
            found.link().map(this::witnesses).stream(),
            found
                .live()
                .map(
                    live -> {
                      var identity = live.facts().identity();
                      return "%s, system %s, cluster_name \"%s\", PostgreSQL %s"
                          .formatted(
                              position(live),
                              identity.systemId(),
                              identity.clusterName(),
                              identity.version());
                    })
                .stream())
        .toList();
  }

  private String leads(Drift.RoleMismatch promoted) {
    var facts = promoted.live().facts();
    var since =
        facts.state() instanceof ServerState.InProduction production
            ? production.promotedAt().map(lsn -> " since its promotion at " + lsn)
            : Optional.<String>empty();
    return "%s is the primary%s on timeline %d"
        .formatted(
            names.nameOf(promoted.live().endpoint()), since.orElse(""), facts.timeline().id());
  }

  private Stream<String> verdict(Testimony testimony) {
    var witnesses =
        testimony.witnesses().stream().map(names::nameOf).collect(Collectors.joining(", "));
    return switch (testimony.verdict()) {
      case ALIVE ->
          Stream.of(
              testimony.witnesses().isEmpty()
                  ? "alive: the server itself said so"
                  : "alive: " + witnesses + " heard from it after the agent began to try");
      case LOST -> Stream.of("lost: every replica that wants it has lost it: " + witnesses);
      case UNKNOWN ->
          testimony.witnesses().isEmpty()
              ? Stream.empty()
              : Stream.of(
                  "whether it is there is not known: %s %s not lost it yet"
                      .formatted(witnesses, testimony.witnesses().size() == 1 ? "has" : "have"));
    };
  }

  private static String delay(Duration delay) {
    return delay.isZero() ? "no delay" : "a delay of " + duration(delay);
  }

  private static String duration(Duration duration) {
    return duration.toMillisPart() == 0 ? duration.toSeconds() + " s" : duration.toMillis() + " ms";
  }

  private static String declaredRole(Instance instance) {
    if (instance.isStandbyLeader()) {
      return "leader of a standby cluster";
    }
    return instance.role().map(InstanceRole::label).orElse("present");
  }

  private String follows(LiveUpstream upstream) {
    return switch (upstream) {
      case LiveUpstream.Follows(var peer) -> "follows " + names.nameOf(peer);
      case LiveUpstream.Foreign(var peer, var system) ->
          "tries to follow " + names.nameOf(peer) + " of system " + system;
      case LiveUpstream.NotNeeded notNeeded -> "follows nobody";
      case LiveUpstream.Detached detached -> "follows nobody";
      case LiveUpstream.Hidden hidden -> "unknown";
    };
  }

  private String namesOf(List<LiveInstance> instances) {
    return instances.stream()
        .map(instance -> names.nameOf(instance.endpoint()))
        .collect(Collectors.joining(", "));
  }

  /** Where a server is in its own words. */
  private String position(LiveInstance live) {
    return nameAndAddress(live.endpoint()) + " says: " + position(live.facts());
  }

  private static String position(InstanceFacts facts) {
    var timeline = "timeline " + facts.timeline().id();
    return switch (facts.state()) {
      case ServerState.InProduction(var written, var promotedAt, var waits, var archiver) ->
          "in production at %s on %s%s"
              .formatted(
                  written,
                  timeline,
                  promotedAt.map(lsn -> ", promoted at " + lsn + " since its start").orElse(""));
      case ServerState.InRecovery recovery ->
          "in recovery at %s on %s"
              .formatted(recovery.replayed().map(Object::toString).orElse("no LSN"), timeline);
    };
  }

  private List<String> duplicateProof(Drift.DuplicateInstance duplicate) {
    var identity = duplicate.live().facts().identity();
    return List.of(
        "%s and %s answer as one server: system %s, started %s, port %d%s"
            .formatted(
                nameAndAddress(duplicate.instance().endpoint()),
                nameAndAddress(duplicate.server()),
                identity.systemId(),
                identity.startedAt(),
                identity.port(),
                identity.dataDirectory().ifSeen().map(path -> ", " + path).orElse("")));
  }

  private String nature(Rivalry rivalry) {
    var rival = names.nameOf(rivalry.rival().endpoint());
    var newest = names.nameOf(rivalry.newest().endpoint());
    var timeline = rivalry.newest().facts().timeline().id();
    return switch (rivalry.nature()) {
      case ZOMBIE ->
          "zombie: %s has not written past the point where timeline %d of %s began"
              .formatted(rival, timeline, newest);
      case UNDETERMINED ->
          "undetermined: where timeline %d of %s left that of %s is not known"
              .formatted(timeline, newest, rival);
      case TWIN -> "twins: %s and %s are on the same timeline".formatted(rival, newest);
      case DIVERGED ->
          "diverged: %s wrote %d bytes past the point where timeline %d of %s began"
              .formatted(rival, rivalry.bytesBeyond(), timeline, newest);
    };
  }

  private List<String> divergedProof(Drift.Diverged diverged) {
    return List.of(
        position(diverged.live()),
        "its walreceiver and the walsender of %s agree that it has %d bytes that were never sent"
            .formatted(nameAndAddress(diverged.upstream().endpoint()), diverged.bytesAhead()));
  }

  private List<String> forkProof(Drift.TimelineFork fork) {
    return List.of(
        position(fork.live()),
        position(fork.upstream()),
        "its walreceiver waits at %s, the end of its timeline for %s, and it replayed beyond"
            .formatted(fork.forkedAt(), names.nameOf(fork.upstream().endpoint())));
  }

  private List<String> upstreamProof(Drift.UpstreamMismatch mismatch) {
    return mismatch
        .link()
        .map(link -> List.of(witnesses(link)))
        .orElseGet(
            () ->
                List.of(
                    nameAndAddress(mismatch.instance().endpoint())
                        + " says: its walreceiver "
                        + follows(mismatch.live())));
  }

  /** Who says that a link exists. */
  private String witnesses(ReplicationLink link) {
    var upstream = names.nameOf(link.upstream());
    var downstream = names.nameOf(link.downstream());
    return switch (link.grade()) {
      case BOTH_ENDS ->
          "both ends say so: walsender %s of %s, walreceiver %s of %s"
              .formatted(senderPid(link), upstream, receiverPid(link), downstream);
      case DOWNSTREAM_ONLY ->
          "%s says so (walreceiver %s); %s does not confirm it"
              .formatted(downstream, receiverPid(link), upstream);
      case UPSTREAM_ONLY ->
          "%s says so (walsender %s); the other end was not asked"
              .formatted(upstream, senderPid(link));
    };
  }

  private static String senderPid(ReplicationLink link) {
    return link.sender().map(row -> String.valueOf(row.backend().pid())).orElse("");
  }

  private static String receiverPid(ReplicationLink link) {
    return link.receiver().map(row -> String.valueOf(row.backend().pid())).orElse("");
  }

  private List<String> detachedProof(LiveInstance live) {
    return List.of(
        position(live) + ", without a walreceiver",
        live.upstream() instanceof LiveUpstream.Detached(var why)
            ? reason(why)
            : follows(live.upstream()));
  }

  private String reason(Detachment why) {
    return switch (why) {
      case Detachment.ToldNobody none -> "its primary_conninfo is empty";
      case Detachment.UpstreamSilent(var upstream, var failure) ->
          "its upstream %s did not answer the agent either: %s"
              .formatted(nameAndAddress(upstream), failure.label());
      case Detachment.OtherFamily(var upstream, var theirs) ->
          "it wants %s, which is of system %s".formatted(nameAndAddress(upstream), theirs);
      case Detachment.OlderTimeline(var upstream, var theirs, var own) ->
          "it is on timeline %d, and wants %s, which is on timeline %d"
              .formatted(own, nameAndAddress(upstream), theirs);
      case Detachment.SlotMissing(var upstream, var slot) ->
          "it uses slot %s, which %s does not have".formatted(slot, nameAndAddress(upstream));
      case Detachment.SlotLost(var upstream, var slot) ->
          "its slot %s at %s has lost WAL that it needs".formatted(slot, nameAndAddress(upstream));
      case Detachment.WalRemoved(var upstream, var needed, var oldest) ->
          "it needs WAL from %s on, and the oldest that %s has begins at %s: it must be rebuilt"
              .formatted(needed, nameAndAddress(upstream), oldest);
      case Detachment.NoWalSenderLeft(var upstream, var max) ->
          "all %d walsenders of %s are taken (max_wal_senders)"
              .formatted(max, nameAndAddress(upstream));
      case Detachment.SlotBusy(var upstream, var slot, var user) ->
          "its slot %s at %s is used by %s"
              .formatted(slot, nameAndAddress(upstream), names.nameOf(user));
      case Detachment.Unexplained(var upstream) ->
          "nothing that %s shows prevents it: login, pg_hba.conf, network, or WAL that is gone"
              .formatted(nameAndAddress(upstream));
      case Detachment.Unknown(var reason) -> "why is not known: " + reason;
    };
  }

  private String nameAndAddress(Endpoint endpoint) {
    var name = Optional.ofNullable(names.names().get(endpoint));
    return name.map(known -> known + " (" + endpoint + ")").orElseGet(endpoint::toString);
  }
}
