package io.pgtopo.agent.live;

import io.pgtopo.agent.Agent;
import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.advice.Adviser;
import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.Severity;
import io.pgtopo.agent.observation.AgentClock;
import io.pgtopo.agent.observation.BalancerReport;
import io.pgtopo.agent.observation.HaManager;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.patroni.PatroniReader;
import io.pgtopo.agent.postgres.Dialler;
import io.pgtopo.agent.postgres.JdbcProbe;
import io.pgtopo.agent.postgres.ManagerTables;
import io.pgtopo.agent.topology.AddressBook;
import io.pgtopo.agent.track.Hysteresis;
import io.pgtopo.agent.track.TrackedDrift;
import io.pgtopo.agent.words.DriftText;
import io.pgtopo.config.Config;
import io.pgtopo.config.model.Crawl;
import io.pgtopo.config.model.Inventory;
import io.pgtopo.config.model.Policy;
import io.pgtopo.config.model.Secret;
import io.pgtopo.config.settings.Connection;
import io.pgtopo.lab.Lab;
import io.pgtopo.lab.LabInstance;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** An agent that watches a lab by the lab's own inventory, as a user would. */
final class Watch implements AutoCloseable {
  static final Duration DEADLINE = MachineLoad.allowed(Duration.ofSeconds(2));
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Connection LOGIN =
      new Connection("dbuser_monitor", "postgres", Optional.empty(), Connection.SslMode.PREFER);

  private final Hysteresis hysteresis;
  private final Agent.Horizon horizon;
  private final JdbcProbe probe;
  private Inventory inventory;
  private Agent agent;
  private final NavigableSet<String> alarms = new TreeSet<>();
  private Duration skipped = Duration.ZERO;

  private Watch(Inventory inventory, Connection connection, Crawl crawl, Hysteresis hysteresis) {
    this(inventory, connection, new Agent.Horizon(crawl, host -> List.of()), hysteresis);
  }

  private Watch(
      Inventory inventory, Connection connection, Agent.Horizon horizon, Hysteresis hysteresis) {
    this.horizon = horizon;
    this.inventory = inventory;
    this.hysteresis = hysteresis;
    this.probe = new JdbcProbe(connection, DEADLINE, InstantSource.system()::instant);
    this.agent =
        new Agent(
            inventory,
            Policy.NONE,
            probe,
            DEADLINE.plusMillis(500),
            hysteresis,
            clock(),
            horizon,
            snapshot -> {});
  }

  /**
   * One that connects through the services too, and does not wait for that.
   *
   * @param balancer reads the load balancer of a node
   */
  static Watch dialling(String inventory, Optional<Function<String, BalancerReport>> balancer) {
    var dialler = new Dialler(LOGIN, DEADLINE, InstantSource.system()::instant);
    return new Watch(
        load(inventory, Map.of()).inventory(),
        LOGIN,
        new Agent.Horizon(
            Crawl.OFF,
            host -> List.of(),
            new Agent.Readers(Optional.of(dialler::dial), balancer, Optional.empty()),
            Duration.ZERO),
        new Hysteresis(Duration.ZERO));
  }

  /** One that reads what Patroni believes too, and does not wait for that. */
  static Watch withPatroni(String inventory, PatroniReader reader) {
    return new Watch(
        load(inventory, Map.of()).inventory(),
        LOGIN,
        new Agent.Horizon(
            Crawl.OFF,
            host -> List.of(),
            new Agent.Readers(
                Optional.empty(),
                Optional.empty(),
                Optional.of(it -> reader.read(it.scheme().label(), it.endpoint(), it.checks()))),
            Duration.ZERO),
        new Hysteresis(Duration.ZERO));
  }

  /** One that reads the tables of a manager in each cycle, and waits for that. */
  static Watch withTables(String inventory, HaManager manager) {
    var reader =
        new ManagerTables(LOGIN, Set.of(manager), DEADLINE, InstantSource.system()::instant);
    return new Watch(
        load(inventory, Map.of()).inventory(),
        LOGIN,
        new Agent.Horizon(
            Crawl.OFF,
            host -> List.of(),
            new Agent.Readers(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(new Agent.Rare<>(reader::read, Duration.ZERO)),
                Optional.empty()),
            DEADLINE),
        new Hysteresis(Duration.ZERO));
  }

  static Watch of(Lab lab) {
    return of(lab, "dbuser_monitor");
  }

  static Watch of(Lab lab, String user) {
    return of(lab.inventory(), user, Optional.empty());
  }

  static Watch of(Lab lab, String user, Optional<String> password) {
    return of(lab.inventory(), user, password);
  }

  static Watch of(String inventory, Optional<String> password) {
    return of(inventory, "dbuser_monitor", password);
  }

  /** One that takes its time to be sure, as a user's does by default. */
  static Watch byDefault(String inventory) {
    return new Watch(
        load(inventory, Map.of()).inventory(),
        LOGIN,
        Crawl.OFF,
        new Hysteresis(Duration.ofSeconds(15), Duration.ofSeconds(30)));
  }

  /** One that polls undeclared servers too. */
  static Watch of(String inventory, String user, Crawl crawl) {
    // A relay that notes messages knows no TLS.
    return new Watch(
        load(inventory, Map.of()).inventory(),
        new Connection(user, "postgres", Optional.empty(), Connection.SslMode.DISABLE),
        crawl,
        new Hysteresis(Duration.ZERO));
  }

  /** Watches what a scope selects for the node of an instance. */
  static Watch from(LabInstance node, String scope, Lab lab) {
    var settings = Map.of("PGTOPO_SCOPE", scope, "PGTOPO_NODE", node.host());
    return new Watch(
        load(lab.inventory(), settings).inventory(),
        LOGIN,
        Crawl.OFF,
        new Hysteresis(Duration.ZERO));
  }

  private static Watch of(String inventory, String user, Optional<String> password) {
    return new Watch(
        load(inventory, Map.of()).inventory(),
        new Connection(user, "postgres", password.map(Secret::new), Connection.SslMode.PREFER),
        Crawl.OFF,
        new Hysteresis(Duration.ZERO));
  }

  private static Config load(String inventory, Map<String, String> environment) {
    try {
      var file = Files.createTempFile("pgtopo", ".yml");
      try {
        Files.writeString(file, inventory);
        return Config.load(Optional.empty(), List.of(file.toString()), environment);
      } finally {
        Files.delete(file);
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** Goes on with another inventory. */
  void reload(String other) {
    inventory = load(other, Map.of()).inventory();
    var next =
        agent.continuing(
            inventory, Policy.NONE, probe, DEADLINE.plusMillis(500), hysteresis, horizon);
    agent.close();
    agent = next;
  }

  private AgentClock clock() {
    return new AgentClock() {
      @Override
      public Instant instant() {
        return Instant.now();
      }

      @Override
      public Instant steady() {
        return instant().plus(skipped);
      }
    };
  }

  /** Lets time pass for the agent, and for no server: how long something lasts, it measures. */
  void skip(Duration time) {
    skipped = skipped.plus(time);
  }

  Inventory inventory() {
    return inventory;
  }

  Snapshot cycle() {
    try {
      var snapshot = agent.cycle();
      seen(snapshot)
          .map(TrackedDrift::drift)
          .filter(drift -> drift.kind().severity() == Severity.CRITICAL)
          .map(Watch::name)
          .forEach(alarms::add);
      return snapshot;
    } catch (InterruptedException end) {
      throw new IllegalStateException(end);
    }
  }

  /** All that was critical in any cycle so far, be it for one moment. */
  NavigableSet<String> alarms() {
    return alarms;
  }

  /** The first snapshot that meets a condition. */
  Snapshot until(String what, Predicate<Snapshot> condition) {
    return until(what, PATIENCE, condition);
  }

  /** The first snapshot that meets a condition within some time, on an idle machine. */
  Snapshot until(String what, Duration idle, Predicate<Snapshot> condition) {
    var patience = MachineLoad.allowed(idle);
    var end = Instant.now().plus(patience);
    while (true) {
      var snapshot = cycle();
      if (condition.test(snapshot)) {
        return snapshot;
      }
      if (Instant.now().isAfter(end)) {
        throw new AssertionError(
            "not within " + patience + ": " + what + "\n" + String.join("\n", words(snapshot)));
      }
    }
  }

  /** The first snapshot whose drifts are just these, as {@code kind subject}. */
  Snapshot untilDriftsAre(String... drifts) {
    return until(
        "the drifts " + List.of(drifts),
        snapshot -> drifts(snapshot).equals(List.of(drifts).stream().sorted().toList()));
  }

  /**
   * The snapshot in which just these drifts are open, at most two polls after the servers show what
   * began or ended them.
   *
   * @param isShown by what the servers report themselves; the agent does not poll until then
   */
  Snapshot twoPollsAfter(BooleanSupplier isShown, String... open) {
    var wanted = List.of(open).stream().sorted().toList();
    return twoPollsAfter(isShown, wanted.toString(), seen -> TwoPolls.opened(seen).equals(wanted));
  }

  /** The snapshot that meets a condition, at most two polls after the servers show it. */
  Snapshot twoPollsAfter(BooleanSupplier isShown, String what, Predicate<Snapshot> condition) {
    return new TwoPolls(this).after(isShown, TwoPolls.Meanwhile.WAIT, what, condition);
  }

  /** The snapshot in which these drifts are open too; the agent polls until they can be. */
  Snapshot toldTwoPollsAfter(BooleanSupplier isShown, String... told) {
    var wanted = List.of(told);
    return new TwoPolls(this)
        .after(
            isShown,
            TwoPolls.Meanwhile.POLL,
            wanted.toString(),
            seen -> TwoPolls.opened(seen).containsAll(wanted));
  }

  /** Without what is open only because the one poll that did not see it may be wrong. */
  private static Stream<TrackedDrift> seen(Snapshot snapshot) {
    return snapshot.drifts().stream()
        .filter(tracked -> tracked.presence() != TrackedDrift.Presence.MISSED);
  }

  static List<String> drifts(Snapshot snapshot) {
    return seen(snapshot).map(tracked -> name(tracked.drift())).sorted().toList();
  }

  static String name(Drift drift) {
    var about = drift instanceof Drift.Unverifiable unknown ? " " + unknown.about().label() : "";
    return drift.kind().label() + about + " " + drift.subject();
  }

  /** Every link, by the names of its ends, with its grade. */
  List<String> links(Snapshot snapshot) {
    var names = AddressBook.of(inventory);
    return snapshot.topology().clusters().values().stream()
        .flatMap(cluster -> cluster.links().stream())
        .map(
            link ->
                "%s -> %s %s"
                    .formatted(
                        names.nameOf(link.upstream()),
                        names.nameOf(link.downstream()),
                        link.grade().label()))
        .toList();
  }

  /** The drifts as a user reads them. */
  List<String> words(Snapshot snapshot) {
    return seen(snapshot).map(tracked -> text().sentence(tracked.drift())).toList();
  }

  /** One drift, given as {@code kind subject}, as a user reads it. */
  String sentence(Snapshot snapshot, String drift) {
    return seen(snapshot)
        .map(TrackedDrift::drift)
        .filter(it -> name(it).equals(drift))
        .map(text()::sentence)
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + drift + " among " + drifts(snapshot)));
  }

  /** What to do about one drift. */
  String advice(Snapshot snapshot, String drift) {
    var adviser =
        new Adviser(
            inventory, snapshot.topology(), snapshot.others().managers(), snapshot.drifts());
    return seen(snapshot)
        .filter(tracked -> name(tracked.drift()).equals(drift))
        .flatMap(tracked -> adviser.of(tracked).stream())
        .map(text()::advice)
        .findFirst()
        .orElse("");
  }

  private DriftText text() {
    return new DriftText(AddressBook.of(inventory));
  }

  Observation poll(int seq) {
    return probe.observe(
        inventory.instances().filter(it -> it.seq() == seq).findFirst().orElseThrow().endpoint());
  }

  @Override
  public void close() {
    agent.close();
    probe.close();
  }
}
