package io.pgtopo.exporter.testing;

import io.pgtopo.agent.PollResult;
import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.compare.Comparison;
import io.pgtopo.agent.compare.EarlierPoll;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.history.History;
import io.pgtopo.agent.judge.Judgement;
import io.pgtopo.agent.observation.BalancerReport;
import io.pgtopo.agent.observation.BalancerReport.Proxy;
import io.pgtopo.agent.observation.BalancerReport.ProxyServer;
import io.pgtopo.agent.observation.BalancerReport.Reply;
import io.pgtopo.agent.observation.BalancerReport.ServerStatus;
import io.pgtopo.agent.observation.Dial;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.observation.Window;
import io.pgtopo.agent.service.Balancers;
import io.pgtopo.agent.service.Dials;
import io.pgtopo.agent.service.Managers;
import io.pgtopo.agent.service.OtherSources;
import io.pgtopo.agent.topology.AddressBook;
import io.pgtopo.agent.topology.Inference;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.agent.topology.WrittenTimes;
import io.pgtopo.agent.track.Hysteresis;
import io.pgtopo.config.Config;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Crawl;
import io.pgtopo.config.model.DeclaredUpstream;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.InstanceRole;
import io.pgtopo.config.model.Inventory;
import io.pgtopo.config.model.Policy;
import io.pgtopo.config.model.Service;
import io.pgtopo.config.settings.Connection;
import io.pgtopo.config.settings.Settings;
import io.pgtopo.config.settings.Tracking;
import io.pgtopo.exporter.runtime.Reload;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The declared cluster of the stories: pg-test-1 is the primary, 2 and 3 follow it, 4 follows 2.
 */
public final class World {
  public static final Instant START = Instant.parse("2026-11-22T10:00:00Z");
  public static final Window CYCLE = new Window(START, START.plusMillis(25));

  private static final Hysteresis HYSTERESIS = new Hysteresis(Duration.ofSeconds(15));

  public static final Inventory INVENTORY = new Inventory(List.of(cluster()));

  private World() {}

  /** What a daemon without a requested reload says of its declaration. */
  public static Reload neverReloaded() {
    return new Reload(config(), World::config, () -> START);
  }

  /** The declaration, with default settings. */
  public static Config config() {
    return new Config(
        new Settings(
            Duration.ofSeconds(5),
            Duration.ofSeconds(2),
            new Tracking(HYSTERESIS.hold(), Duration.ZERO, Optional.empty()),
            Crawl.OFF,
            new Connection("monitor", "postgres", Optional.empty(), Connection.SslMode.PREFER),
            new Endpoint("127.0.0.1", 8432)),
        INVENTORY,
        Policy.NONE,
        Optional.empty(),
        List.of(),
        List.of());
  }

  public static Endpoint endpoint(int seq) {
    return new Endpoint("10.10.10." + (10 + seq), 5432);
  }

  private static Cluster cluster() {
    return new Cluster(
        "pg-test",
        new Cluster.Traits(
            "pg-test",
            0,
            "pgsql",
            Optional.empty(),
            Optional.empty(),
            Optional.of(new Cluster.ManagerApi(8008, Cluster.ManagerApi.Scheme.HTTP))),
        List.of(
            instance(1, InstanceRole.PRIMARY, new DeclaredUpstream.None()),
            instance(2, InstanceRole.REPLICA, new DeclaredUpstream.ClusterLeader()),
            instance(3, InstanceRole.REPLICA, new DeclaredUpstream.ClusterLeader()),
            instance(4, InstanceRole.OFFLINE, new DeclaredUpstream.Member(endpoint(2)))),
        List.of(replicaService()),
        List.of(),
        List.of());
  }

  private static Service replicaService() {
    return new Service(
        "replica",
        new Service.Listen("*", 5434, List.of("10.10.10.11", "10.10.10.12", "10.10.10.13")),
        new Service.Definition(
            "[]",
            Optional.of("[? pg_role == `primary`]"),
            Service.Destination.Standard.PGBOUNCER,
            "/read-only"),
        List.of(server(2), server(3)),
        List.of(server(1)));
  }

  private static Service.Server server(int seq) {
    return new Service.Server("pg-test-" + seq, new Endpoint(endpoint(seq).host(), 6432), 100);
  }

  private static Instance instance(int seq, InstanceRole role, DeclaredUpstream upstream) {
    return new Instance(
        "pg-test",
        seq,
        Optional.of(role),
        endpoint(seq),
        upstream,
        Duration.ZERO,
        Instance.Traffic.DEFAULT);
  }

  /** The snapshot of these observations, seen for the first time. */
  public static Snapshot firstSight(List<Observation> observations) {
    return snapshot(observations, History.starting(HYSTERESIS), CYCLE);
  }

  /** The snapshot of observations that have been the same for a minute. */
  public static Snapshot lasting(List<Observation> observations) {
    return lasting(observations, 1);
  }

  /** The same after some minutes. */
  public static Snapshot lasting(List<Observation> observations, int minutes) {
    var before = next(observations, History.starting(HYSTERESIS), CYCLE);
    return snapshot(observations, before, after(4 * minutes));
  }

  /** A replica that was silent three times, and answers. */
  private static Snapshot flapping() {
    var history = History.starting(new Hysteresis(Duration.ZERO));
    var cycles = List.of(Stories.replicaSilent(), Stories.healthy(), Stories.healthy());
    for (var cycle = 0; cycle < 3 * cycles.size(); cycle++) {
      history = next(cycles.get(cycle % cycles.size()), history, after(cycle));
    }
    return snapshot(Stories.healthy(), history, after(3 * cycles.size()));
  }

  private static Window after(int cycles) {
    var time = Duration.ofSeconds(15).multipliedBy(cycles);
    return new Window(CYCLE.from().plus(time), CYCLE.to().plus(time));
  }

  /** The same, compared with what Patroni believes too. */
  public static Snapshot besidePatroni(List<Observation> observations) {
    var topology = Inference.infer(observations, AddressBook.of(INVENTORY));
    var later = after(4);
    var others =
        new OtherSources(
            Dials.NONE,
            Balancers.NONE,
            StagedManagers.next(Managers.NONE.seen(topology, CYCLE.to()), later));
    var drifts =
        Comparison.compare(INVENTORY, topology, Policy.NONE, EarlierPoll.NONE.with(others))
            .drifts();
    var history = History.starting(HYSTERESIS);
    for (var window : List.of(CYCLE, later)) {
      history =
          history.next(
              INVENTORY,
              topology,
              drifts,
              AddressBook.of(INVENTORY),
              others,
              window.to(),
              window.to());
    }
    return snapshot(later, INVENTORY, observations, topology, history);
  }

  /** What is remembered after {@link #lasting}. */
  public static History history(List<Observation> observations) {
    var before = next(observations, History.starting(HYSTERESIS), CYCLE);
    var minute = Duration.ofMinutes(1);
    return next(
        observations, before, new Window(CYCLE.from().plus(minute), CYCLE.to().plus(minute)));
  }

  private static Snapshot snapshot(List<Observation> observations, History before, Window window) {
    var topology = Inference.infer(observations, AddressBook.of(INVENTORY));
    var after = next(observations, before, window);
    return snapshot(window, INVENTORY, observations, topology, after);
  }

  /** A snapshot under no policy. */
  public static Snapshot snapshot(
      Window window,
      Inventory inventory,
      List<Observation> observations,
      Topology topology,
      History history) {
    return new Snapshot(
        window,
        inventory,
        AddressBook.of(inventory),
        new PollResult(observations, topology),
        new OtherSources(
            dials(window, topology), balancers(window), StagedManagers.next(Managers.NONE, window)),
        Comparison.compare(inventory, topology)
            .with(DriftKind.IGNORE_RULE_EXPIRED, inventory.clusters(), List.of()),
        WrittenTimes.NONE.next(topology, window.to()),
        Judgement.of(Policy.NONE, inventory, topology, history.tracker().open(), window.to()),
        history.changes());
  }

  /** One load balancer led to pg-test-2, if that answers; another one was stopped. */
  private static Dials dials(Window window, Topology topology) {
    var found =
        topology
            .at(endpoint(2))
            .map(LiveInstance::facts)
            .map(
                facts ->
                    (Dial.Answer)
                        new Dial.Answer.Server(
                            facts.identity().systemId().ifSeen(),
                            facts.identity().startedAt(),
                            facts.identity().port(),
                            Optional.empty(),
                            Dial.Recovery.IN_RECOVERY))
            .orElse(
                new Dial.Answer.Failed(
                    Failure.of(Failure.Kind.AUTHENTICATION, "no such user: monitor")));
    var stopped = new Dial.Answer.Failed(Failure.of(Failure.Kind.REFUSED, "connection refused"));
    return Dials.NONE.next(
        List.of(
            new Dial(new Endpoint(endpoint(1).host(), 5434), window, found),
            new Dial(new Endpoint(endpoint(2).host(), 5434), window, stopped)),
        window.to());
  }

  /**
   * One load balancer has what is declared and a service that is not, one lacks pg-test-3, and one
   * does not answer.
   */
  private static Balancers balancers(Window window) {
    var second = server("pg-test-2", ServerStatus.UP, 7);
    var third = server("pg-test-3", ServerStatus.UP, 5);
    var first = server("pg-test-1", ServerStatus.DOWN, 0);
    return Balancers.NONE.next(
        List.of(
            balancer(
                1,
                window,
                running(
                    Map.of(
                        "pg-test-replica",
                        new Proxy(List.of(second, third, first), 2, 0),
                        "pg-test-reports",
                        new Proxy(List.of(third, first), 1, 0)))),
            balancer(
                2,
                window,
                running(Map.of("pg-test-replica", new Proxy(List.of(second, first), 1, 0)))),
            balancer(
                3,
                window,
                new Reply.Silent(Failure.of(Failure.Kind.REFUSED, "connection refused")))),
        window.to());
  }

  private static BalancerReport balancer(int seq, Window window, Reply reply) {
    return new BalancerReport(new Endpoint(endpoint(seq).host(), 9101), window, reply);
  }

  private static Reply running(Map<String, Proxy> proxies) {
    return new Reply.Running(
        new TreeMap<>(proxies),
        Optional.of(
            Failure.of(Failure.Kind.AUTHENTICATION, "it answered with the HTTP status 401")));
  }

  private static ProxyServer server(String name, ServerStatus status, long sessions) {
    return new ProxyServer(name, status, 100, Optional.empty(), sessions);
  }

  private static History next(List<Observation> observations, History before, Window window) {
    var names = AddressBook.of(INVENTORY);
    var topology = Inference.infer(observations, names);
    return before.next(
        INVENTORY,
        topology,
        Comparison.compare(INVENTORY, topology).drifts(),
        names,
        OtherSources.NONE,
        window.to(),
        window.to());
  }

  /** The snapshot as a policy takes it. */
  public static Snapshot judged(Snapshot snapshot, Policy policy) {
    return new Snapshot(
        snapshot.window(),
        snapshot.inventory(),
        snapshot.addresses(),
        snapshot.polled(),
        snapshot.others(),
        snapshot.compared(),
        snapshot.written(),
        Judgement.of(
            policy,
            snapshot.inventory(),
            snapshot.topology(),
            snapshot.drifts(),
            snapshot.window().to()),
        snapshot.changes());
  }

  /** Every story, by its name. */
  public static Stream<Map.Entry<String, Snapshot>> stories() {
    return Stream.of(
        Map.entry("healthy", lasting(Stories.healthy())),
        Map.entry("promoted-by-hand", lasting(Stories.promotedByHand())),
        Map.entry("primary-killed", lasting(Stories.primaryKilled())),
        Map.entry("rogue-replica", firstSight(Stories.rogueReplica())),
        Map.entry("plain-login", lasting(Stories.plainLogin())),
        Map.entry("flapping", flapping()),
        Map.entry("all-unreachable", lasting(Stories.allUnreachable())),
        Map.entry("circle", lasting(Stories.circle())),
        Map.entry("subscribers", lasting(Stories.subscribers())));
  }
}
