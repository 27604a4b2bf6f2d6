package io.pgtopo.agent.words;

import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.Finding;
import io.pgtopo.agent.drift.ObjectDrift;
import io.pgtopo.agent.drift.RoleSwapped;
import io.pgtopo.agent.drift.UndeclaredServer;
import io.pgtopo.agent.observation.InstanceFacts;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.topology.AddressBook;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.topology.LiveUpstream;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.InstanceRole;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Drifts in words: what is declared, what is there, and what proves it. */
public final class DriftText {
  private final AddressBook names;
  private final FactText facts;

  public DriftText(AddressBook names) {
    this.names = names;
    this.facts = new FactText(names);
  }

  /** The name of what is at an endpoint, or its address if nothing is declared there. */
  public String nameOf(Endpoint endpoint) {
    return names.nameOf(endpoint);
  }

  /** Where a server is in its own words, without its name. */
  public static String position(InstanceFacts facts) {
    return FactText.position(facts);
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
      case Drift.UpstreamMismatch mismatch -> facts.follows(mismatch.live());
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
      case Drift.NoPrimary none -> none.replicas().stream().map(facts::position).toList();
      case Drift.Diverged diverged -> divergedProof(diverged);
      case Drift.TimelineFork fork -> forkProof(fork);
      case Drift.ForeignSystemId foreign ->
          List.of(
              facts.position(foreign.live()),
              "%d of its cluster have system identifier %s, it has %s"
                  .formatted(foreign.agreeing(), foreign.expected(), foreign.live().systemId()));
      case Drift.AgentIsolated isolated ->
          List.of(
              "the network does not lead to %d of all %d nodes, in unrelated clusters, and no replica lost one of them"
                  .formatted(isolated.silent(), isolated.nodes()));
      case Drift.InstanceUnreachable silent ->
          Stream.concat(
                  Stream.of(silent.instance().endpoint() + ": " + silent.failure().message()),
                  facts.verdict(silent.testimony()))
              .toList();
      case Drift.DuplicateInstance duplicate -> duplicateProof(duplicate);
      case Drift.SharedAddress shared ->
          List.of(
              "looks at %s reached different servers: it is a load balancer or a virtual address, and proves nothing of a member"
                  .formatted(shared.instance().endpoint()));
      case Drift.RoleMismatch mismatch -> List.of(facts.position(mismatch.live()));
      case RoleSwapped swap ->
          List.of(facts.position(swap.promoted().live()), facts.position(swap.demoted().live()));
      case Drift.UpstreamMismatch mismatch -> upstreamProof(mismatch);
      case Drift.ReplicaDetached detached -> detachedProof(detached.live());
      case Drift.ReplicationLoop loop -> loop.links().stream().map(facts::witnesses).toList();
      case Drift.OrphanedReplica orphaned ->
          List.of(
              facts.position(orphaned.live()),
              facts.position(orphaned.head())
                  + ", and "
                  + (orphaned.head().upstream() instanceof LiveUpstream.Detached
                      ? "has no walreceiver"
                      : facts.follows(orphaned.head().upstream())));
      case Drift.ReplayPaused paused ->
          List.of(facts.position(paused.live()) + ", and replay is paused");
      case Drift.DelayMismatch mismatch ->
          List.of(
              "%s says: recovery_min_apply_delay is %s"
                  .formatted(
                      facts.nameAndAddress(mismatch.live().endpoint()),
                      FactText.duration(mismatch.delay())));
      case Drift.UndeclaredInstance(var found) -> undeclaredProof(found);
      case Finding finding -> finding.proof();
      case ObjectDrift object ->
          ObjectText.proof(object, facts.nameAndAddress(object.witness().endpoint()));
      case Drift.Unverifiable unknown -> List.of(unknown.reason());
    };
  }

  private List<String> rivalsProof(Drift.MultiplePrimaries multiple) {
    var proof = new ArrayList<String>();
    multiple.primaries().forEach(primary -> proof.add(facts.position(primary)));
    if (multiple.moments() == Drift.MultiplePrimaries.Moments.AT_ONCE) {
      proof.add("in production at once: all were looked at twice, and none restarted in between");
    }
    multiple.rivalries().forEach(rivalry -> proof.add(facts.nature(rivalry)));
    proof.add(facts.followers(multiple.primaries()));
    return proof;
  }

  /** What an undeclared server is, in a few words. */
  private String undeclared(UndeclaredServer found) {
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

  private List<String> undeclaredProof(UndeclaredServer found) {
    return Stream.concat(
            found.link().map(facts::witnesses).stream(),
            found
                .live()
                .map(
                    live -> {
                      var identity = live.facts().identity();
                      return "%s, system %s, cluster_name \"%s\", PostgreSQL %s"
                          .formatted(
                              facts.position(live),
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

  private static String delay(Duration delay) {
    return delay.isZero() ? "no delay" : "a delay of " + FactText.duration(delay);
  }

  private static String declaredRole(Instance instance) {
    if (instance.isStandbyLeader()) {
      return "leader of a standby cluster";
    }
    return instance.role().map(InstanceRole::label).orElse("present");
  }

  private String namesOf(List<LiveInstance> instances) {
    return instances.stream()
        .map(instance -> names.nameOf(instance.endpoint()))
        .collect(Collectors.joining(", "));
  }

  private List<String> duplicateProof(Drift.DuplicateInstance duplicate) {
    var identity = duplicate.live().facts().identity();
    return List.of(
        "%s and %s answer as one server: system %s, started %s, port %d%s"
            .formatted(
                facts.nameAndAddress(duplicate.instance().endpoint()),
                facts.nameAndAddress(duplicate.server()),
                identity.systemId(),
                identity.startedAt(),
                identity.port(),
                identity.dataDirectory().ifSeen().map(path -> ", " + path).orElse("")));
  }

  private List<String> divergedProof(Drift.Diverged diverged) {
    return List.of(
        facts.position(diverged.live()),
        "its walreceiver and the walsender of %s agree that it has %d bytes that were never sent"
            .formatted(
                facts.nameAndAddress(diverged.upstream().endpoint()), diverged.bytesAhead()));
  }

  private List<String> forkProof(Drift.TimelineFork fork) {
    return List.of(
        facts.position(fork.live()),
        facts.position(fork.upstream()),
        "its walreceiver waits at %s, the end of its timeline for %s, and it replayed beyond"
            .formatted(fork.forkedAt(), names.nameOf(fork.upstream().endpoint())));
  }

  private List<String> upstreamProof(Drift.UpstreamMismatch mismatch) {
    return mismatch
        .link()
        .map(link -> List.of(facts.witnesses(link)))
        .orElseGet(
            () ->
                List.of(
                    facts.nameAndAddress(mismatch.instance().endpoint())
                        + " says: its walreceiver "
                        + facts.follows(mismatch.live())));
  }

  private List<String> detachedProof(LiveInstance live) {
    return List.of(
        facts.position(live) + ", without a walreceiver",
        live.upstream() instanceof LiveUpstream.Detached(var why)
            ? facts.reason(why)
            : facts.follows(live.upstream()));
  }
}
