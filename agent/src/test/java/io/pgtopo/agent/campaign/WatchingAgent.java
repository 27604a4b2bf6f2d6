package io.pgtopo.agent.campaign;

import io.pgtopo.agent.Agent;
import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.advice.Advice;
import io.pgtopo.agent.advice.Adviser;
import io.pgtopo.agent.campaign.Chronicle.Shown;
import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.judge.Verdict;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.postgres.JdbcProbe;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.topology.Liveness;
import io.pgtopo.agent.topology.Streaming;
import io.pgtopo.agent.track.Hysteresis;
import io.pgtopo.agent.track.TrackedDrift;
import io.pgtopo.agent.words.DriftText;
import io.pgtopo.config.Config;
import io.pgtopo.config.model.Crawl;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Inventory;
import io.pgtopo.config.model.Policy;
import io.pgtopo.config.settings.Connection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** An agent that polls a fleet once a second, and notes what it shows of each cluster. */
final class WatchingAgent implements AutoCloseable {
  static final Duration INTERVAL = Duration.ofSeconds(1);
  static final Duration HOLD = Duration.ofSeconds(2);
  private static final Duration DEADLINE = Duration.ofSeconds(2);
  private static final Agent.Horizon HORIZON = new Agent.Horizon(Crawl.OFF, host -> List.of());
  private static final Hysteresis HYSTERESIS = new Hysteresis(HOLD);

  private final JdbcProbe probe;
  private final List<Arena> arenas;
  private String text;
  private Inventory inventory;
  private Agent agent;

  WatchingAgent(List<Arena> arenas, String login) {
    this.arenas = arenas;
    this.text = Fleets.inventory(arenas);
    this.inventory = load(text);
    this.probe =
        new JdbcProbe(
            new Connection(login, "postgres", Optional.empty(), Connection.SslMode.PREFER),
            DEADLINE,
            InstantSource.system()::instant);
    this.agent =
        new Agent(
            inventory,
            Policy.NONE,
            probe,
            DEADLINE.plusMillis(500),
            HYSTERESIS,
            InstantSource.system()::instant,
            HORIZON,
            snapshot -> {});
  }

  private static Inventory load(String inventory) {
    try {
      var file = Files.createTempFile("pgtopo", ".yml");
      try {
        Files.writeString(file, inventory);
        return Config.load(Optional.empty(), List.of(file.toString()), Map.of()).inventory();
      } finally {
        Files.delete(file);
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** One cycle, by the inventory as it is now. */
  void cycle() throws InterruptedException {
    arenas.forEach(Arena::adopt);
    var declared = Fleets.inventory(arenas);
    if (!declared.equals(text)) {
      text = declared;
      inventory = load(text);
      var next =
          agent.continuing(
              inventory, Policy.NONE, probe, DEADLINE.plusMillis(500), HYSTERESIS, HORIZON);
      agent.close();
      agent = next;
    }
    var snapshot = agent.cycle();
    arenas.forEach(arena -> arena.chronicle.add(shown(snapshot, arena)));
  }

  private Shown shown(Snapshot snapshot, Arena arena) {
    var words = new DriftText(snapshot.addresses());
    var told = new TreeMap<Fact, String>();
    var pending = new TreeMap<Fact, String>();
    var flapping = new TreeSet<Fact>();
    var unknown = new TreeMap<Fact, String>();
    var advice = new TreeMap<Fact, Advice>();
    var adviser =
        new Adviser(
            inventory, snapshot.topology(), snapshot.others().managers(), snapshot.drifts());
    for (var tracked : snapshot.drifts()) {
      var drift = tracked.drift();
      if (!drift.subject().cluster().equals(arena.name())) {
        continue;
      }
      var place =
          drift.kind() == DriftKind.UNVERIFIABLE
                  || tracked.presence() == TrackedDrift.Presence.UNKNOWN
              ? unknown
              : tracked.presence() == TrackedDrift.Presence.MISSED
                  ? new TreeMap<Fact, String>()
                  : tracked.state() == TrackedDrift.State.FIRING ? told : pending;
      if (drift.kind() != DriftKind.UNVERIFIABLE
          && tracked.presence() == TrackedDrift.Presence.SEEN
          && tracked.state() == TrackedDrift.State.FLAPPING) {
        flapping.add(fact(drift));
      }
      place.put(fact(drift), words.sentence(drift));
      adviser.of(tracked).ifPresent(it -> advice.put(fact(drift), it));
    }
    return new Shown(
        snapshot.window().from(),
        snapshot.window().to(),
        told,
        flapping,
        pending,
        withUnevaluated(unknown, snapshot, arena),
        advice,
        roles(snapshot, arena),
        upstreams(snapshot, arena),
        health(snapshot, arena),
        alive(snapshot, arena),
        observations(snapshot, arena));
  }

  private static Fact fact(Drift drift) {
    var kind = drift.topic();
    var subject =
        kind == DriftKind.UNDECLARED_INSTANCE || kind == DriftKind.REPLICATION_LOOP
            ? drift.subject().cluster()
            : drift.subject().toString();
    return new Fact(kind, subject);
  }

  /** Kinds that no rule could evaluate of a subject of this cluster. */
  private static SortedMap<Fact, String> withUnevaluated(
      SortedMap<Fact, String> unknown, Snapshot snapshot, Arena arena) {
    var all = new TreeMap<>(unknown);
    snapshot
        .compared()
        .evaluated()
        .forEach(
            (subject, kinds) -> {
              if (subject.cluster().equals(arena.name())) {
                for (var kind : DriftKind.values()) {
                  if (!kinds.contains(kind)) {
                    all.putIfAbsent(new Fact(kind, subject.toString()), "not evaluated");
                  }
                }
              }
            });
    return all;
  }

  private static Map<String, Measured.Role> roles(Snapshot snapshot, Arena arena) {
    return instances(snapshot, arena)
        .collect(
            Collectors.toMap(
                it -> address(it.endpoint()),
                it ->
                    it.role() == LiveRole.PRIMARY ? Measured.Role.PRIMARY : Measured.Role.REPLICA));
  }

  /** Of the replicas to which WAL streams, as far as both ends show it. */
  private static Map<String, String> upstreams(Snapshot snapshot, Arena arena) {
    var live = snapshot.topology();
    var found = new TreeMap<String, String>();
    instances(snapshot, arena)
        .filter(it -> live.isServer(it.endpoint()))
        .forEach(
            it ->
                live.linkTo(it)
                    .filter(link -> Streaming.of(link, live) == Streaming.YES)
                    .flatMap(link -> link.upstream().ifKnown())
                    .ifPresent(upstream -> found.put(address(it.endpoint()), address(upstream))));
    return found;
  }

  private static Verdict.Health health(Snapshot snapshot, Arena arena) {
    return snapshot.judgement().verdicts().stream()
        .filter(it -> it.cluster().equals(arena.name()))
        .findFirst()
        .orElseThrow()
        .health();
  }

  private static Set<String> alive(Snapshot snapshot, Arena arena) {
    var live = snapshot.topology();
    return live.unreachable().keySet().stream()
        .filter(it -> live.livenessOf(it).liveness() == Liveness.ALIVE)
        .map(WatchingAgent::address)
        .filter(it -> arena.adopted().stream().anyMatch(line -> line.address().equals(it)))
        .collect(Collectors.toSet());
  }

  private static Stream<LiveInstance> instances(Snapshot snapshot, Arena arena) {
    var hosts = arena.adopted().stream().map(Arena.Line::address).collect(Collectors.toSet());
    return snapshot.topology().instances().values().stream()
        .filter(it -> hosts.contains(address(it.endpoint())))
        .filter(it -> snapshot.topology().isServer(it.endpoint()));
  }

  private static String address(Endpoint endpoint) {
    return endpoint.host() + ":" + endpoint.port();
  }

  private static List<Observation> observations(Snapshot snapshot, Arena arena) {
    var hosts = arena.adopted().stream().map(Arena.Line::address).collect(Collectors.toSet());
    return snapshot.observations().stream()
        .filter(it -> hosts.contains(address(it.endpoint())))
        .toList();
  }

  @Override
  public void close() {
    agent.close();
    probe.close();
  }
}
