package io.pgtopo.agent.topology;

import io.pgtopo.agent.observation.ClockOffset;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.InstanceFacts;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.observation.SystemId;
import io.pgtopo.agent.observation.WalReceiver;
import io.pgtopo.config.model.Endpoint;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * From observations to a topology: clusters by system identifier, roles as each server reports its
 * own, links by the reports of both ends.
 */
public final class Inference {
  private final AddressBook addresses;
  private final LastKnown memory;
  private final SortedMap<Endpoint, InstanceFacts> reachable = new TreeMap<>();
  private final SortedMap<Endpoint, ClockOffset> clocks = new TreeMap<>();
  private final SortedMap<Endpoint, Failure> unreachable = new TreeMap<>();
  private final SortedMap<Endpoint, Failure> refusals = new TreeMap<>();
  private final NavigableSet<Endpoint> shared;
  private final SortedMap<Endpoint, Endpoint> duplicates;
  private final SortedMap<Endpoint, VirtualAddress> virtual = new TreeMap<>();

  /** The servers that answered, each once. */
  private final SortedMap<Endpoint, InstanceFacts> servers;

  private final DetachmentReasoning detachments;

  private final Collection<Observation> observations;

  private Inference(
      Collection<Observation> observations,
      AddressBook declared,
      Map<Endpoint, Endpoint> aliases,
      LastKnown memory) {
    this.memory = memory;
    this.observations =
        observations.stream()
            .filter(seen -> !declared.shared().contains(seen.endpoint()))
            .filter(seen -> !declared.virtual().contains(seen.endpoint()))
            .toList();
    for (var observation : this.observations) {
      switch (observation) {
        case Observation.Reachable(var endpoint, var window, var facts, var refusal) -> {
          reachable.put(endpoint, facts);
          refusal.ifPresent(failure -> refusals.put(endpoint, failure));
          clocks.put(endpoint, ClockOffset.of(facts.time(), window));
        }
        case Observation.Unreachable(var endpoint, var window, var failure) ->
            unreachable.put(endpoint, failure);
      }
    }
    shared =
        observations.stream()
            .map(Observation::endpoint)
            .filter(declared.shared()::contains)
            .collect(Collectors.toCollection(TreeSet::new));
    duplicates = DuplicateEndpoints.among(reachable, declared, memory);
    servers = new TreeMap<>(reachable);
    servers.keySet().removeAll(duplicates.keySet());
    addresses = declared.learn(reachable, undeclared(declared), duplicates).alias(aliases);
    detachments = new DetachmentReasoning(addresses, servers, unreachable);
    observations.stream()
        .filter(seen -> declared.virtual().contains(seen.endpoint()))
        .forEach(seen -> virtual.put(seen.endpoint(), behind(seen)));
  }

  private VirtualAddress behind(Observation seen) {
    return switch (seen) {
      case Observation.Unreachable(var endpoint, var window, var failure) ->
          new VirtualAddress.Silent(failure);
      case Observation.Reachable(var endpoint, var window, var facts, var refusal) ->
          servers.entrySet().stream()
              .filter(server -> server.getValue().identity().isSameServer(facts.identity()))
              .findFirst()
              .<VirtualAddress>map(server -> new VirtualAddress.LeadsTo(server.getKey()))
              .orElseGet(() -> new VirtualAddress.LeadsElsewhere(facts));
    };
  }

  private List<Endpoint> undeclared(AddressBook declared) {
    return observations.stream()
        .map(Observation::endpoint)
        .filter(endpoint -> !declared.isDeclared(endpoint))
        .toList();
  }

  /**
   * The topology that the observations prove.
   *
   * @param observations one for each endpoint, declared or not, in any order
   * @param addresses the declared ones; those that servers answered from are added
   */
  public static Topology infer(Collection<Observation> observations, AddressBook addresses) {
    return infer(observations, addresses, LastKnown.EMPTY);
  }

  /**
   * The same, with what is known of instances that do not report it.
   *
   * @param memory adds unproven links, and the clocks of servers that did not answer
   */
  public static Topology infer(
      Collection<Observation> observations, AddressBook addresses, LastKnown memory) {
    var proved = new Inference(observations, addresses, Map.of(), memory).topology();
    var learned = UpstreamAliases.of(proved, addresses);
    var topology =
        learned.isEmpty()
            ? proved
            : new Inference(observations, addresses, learned, memory).topology();
    return UnprovenLinks.remembered(topology, memory);
  }

  private Topology topology() {
    var origins = new Origins(addresses, servers, memory);
    var copies = new TreeMap<Origin, SortedMap<Endpoint, InstanceFacts>>();
    origins
        .presumed()
        .forEach(
            (endpoint, origin) ->
                copies
                    .computeIfAbsent(origin, it -> new TreeMap<>())
                    .put(endpoint, Objects.requireNonNull(servers.get(endpoint))));
    var matching = new LinkMatching(addresses, servers, clocks, memory);
    var clusters = new TreeMap<Origin, LiveCluster>();
    copies.forEach(
        (origin, members) ->
            clusters.put(
                origin,
                new LiveCluster(
                    origin, members.keySet().stream().toList(), matching.linksOf(members))));
    var instances = instances(clusters, origins.proven(clusters.values()));
    var standIns = StandIns.among(servers, unreachable.keySet(), addresses, memory);
    var inference =
        new LivenessInference(observations, instances, clusters, memory, standIns.values());
    var liveness = new TreeMap<Endpoint, ReportedLiveness>();
    unreachable.keySet().forEach(silent -> liveness.put(silent, inference.of(silent)));
    var unproven = new UnprovenLinks(addresses, servers, unreachable.keySet(), clusters.values());
    var alone = new TreeMap<>(instances);
    alone.keySet().removeAll(duplicates.keySet());
    return new Topology(
        instances,
        clusters,
        unreachable,
        duplicates,
        standIns,
        unproven.all(),
        shared,
        virtual,
        liveness,
        LogicalMatching.among(alone, addresses));
  }

  private SortedMap<Endpoint, LiveInstance> instances(
      SortedMap<Origin, LiveCluster> clusters, SortedMap<Endpoint, Origin> proven) {
    var instances = new TreeMap<Endpoint, LiveInstance>();
    for (var cluster : clusters.values()) {
      for (var member : cluster.members()) {
        var facts = Objects.requireNonNull(servers.get(member));
        var clock = Objects.requireNonNull(clocks.get(member));
        instances.put(
            member,
            new LiveInstance(
                member,
                upstreamOf(member, facts, cluster),
                clock,
                facts,
                Optional.ofNullable(refusals.get(member)),
                cluster.origin(),
                Objects.requireNonNull(proven.get(member))));
      }
    }
    duplicates.forEach(
        (endpoint, server) -> {
          var live = Objects.requireNonNull(instances.get(server));
          instances.put(
              endpoint,
              new LiveInstance(
                  endpoint,
                  live.upstream(),
                  live.clock(),
                  live.facts(),
                  live.refusal(),
                  live.origin(),
                  live.proven()));
        });
    return instances;
  }

  private LiveUpstream upstreamOf(Endpoint endpoint, InstanceFacts facts, LiveCluster cluster) {
    return switch (facts.state()) {
      case ServerState.InProduction production -> new LiveUpstream.NotNeeded();
      case ServerState.InRecovery recovery ->
          switch (recovery.receiver()) {
            case Reading.Denied<Optional<WalReceiver>>(var reason) ->
                linked(endpoint, cluster).orElseGet(() -> new LiveUpstream.Hidden(reason));
            case Reading.Seen<Optional<WalReceiver>>(var receiver) ->
                receiver
                    .map(row -> upstreamBy(row, endpoint, cluster))
                    .orElseGet(
                        () ->
                            new LiveUpstream.Detached(
                                detachments.explain(endpoint, facts, cluster)));
          };
    };
  }

  private LiveUpstream upstreamBy(WalReceiver receiver, Endpoint endpoint, LiveCluster cluster) {
    return linked(endpoint, cluster)
        .or(() -> foreign(receiver))
        .orElseGet(() -> new LiveUpstream.Hidden("its walreceiver names no upstream"));
  }

  private static Optional<LiveUpstream> linked(Endpoint endpoint, LiveCluster cluster) {
    return cluster.linkTo(endpoint).map(link -> new LiveUpstream.Follows(link.upstream()));
  }

  private Optional<LiveUpstream> foreign(WalReceiver receiver) {
    return receiver
        .upstream()
        .flatMap(addresses::at)
        .flatMap(
            endpoint ->
                Optional.ofNullable(reachable.get(endpoint))
                    .map(facts -> foreign(new Peer.Known(endpoint), facts)));
  }

  private static LiveUpstream foreign(Peer upstream, InstanceFacts facts) {
    return switch (facts.identity().systemId()) {
      case Reading.Seen<SystemId>(var theirs) -> new LiveUpstream.Foreign(upstream, theirs);
      case Reading.Denied<SystemId>(var reason) -> new LiveUpstream.Hidden(reason);
    };
  }
}
