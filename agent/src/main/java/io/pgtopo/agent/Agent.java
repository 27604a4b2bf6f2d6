package io.pgtopo.agent;

import io.pgtopo.agent.compare.Comparison;
import io.pgtopo.agent.compare.ComparisonResult;
import io.pgtopo.agent.compare.EarlierPoll;
import io.pgtopo.agent.compare.Past;
import io.pgtopo.agent.crawl.Crawler;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.history.History;
import io.pgtopo.agent.judge.Judgement;
import io.pgtopo.agent.observation.AgentClock;
import io.pgtopo.agent.observation.BalancerReport;
import io.pgtopo.agent.observation.Dial;
import io.pgtopo.agent.observation.ManagerReport;
import io.pgtopo.agent.observation.NameReport;
import io.pgtopo.agent.observation.Probe;
import io.pgtopo.agent.observation.Window;
import io.pgtopo.agent.topology.AddressBook;
import io.pgtopo.agent.topology.Positions;
import io.pgtopo.agent.track.Confirmation;
import io.pgtopo.agent.track.Hysteresis;
import io.pgtopo.config.model.Crawl;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Inventory;
import io.pgtopo.config.model.Policy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Polls every declared instance, and what they lead to, cycle by cycle, and publishes what follows.
 *
 * <p>{@link #cycle} and {@link #close} belong to one thread; {@link #latest} may be called from
 * any.
 */
public final class Agent implements AutoCloseable {
  private final Inventory inventory;
  private final Policy policy;
  private final AddressBook addresses;
  private final AgentClock clock;
  private final HostNames names;
  private final PollCycle pollCycle;
  private final OtherReads otherReads;
  private final Walls walls;
  private final Consumer<Snapshot> trial;

  /** Long-lived: one that is opened and closed in each cycle waits for a stubborn probe. */
  private final ExecutorService probes = Executors.newVirtualThreadPerTaskExecutor();

  private History history;
  private Past past = Past.NONE;
  private volatile Optional<Snapshot> latest = Optional.empty();

  /**
   * How far beyond what is declared an agent polls.
   *
   * @param lookup the addresses of a host name, none if it has none; may block, and never throws
   * @param patience how long a cycle waits for what the readers have begun; zero for an agent that
   *     will have another cycle
   */
  public record Horizon(
      Crawl settings, Function<String, List<String>> lookup, Readers readers, Duration patience) {
    /** Nothing but servers is read. */
    public Horizon(Crawl settings, Function<String, List<String>> lookup) {
      this(settings, lookup, Readers.NONE, Duration.ZERO);
    }
  }

  /**
   * How sources other than servers are read. None throws, and each ends by itself.
   *
   * @param dial an address of a service
   * @param balancer the load balancer of a node
   * @param manager the HA manager of a declared instance
   * @param table the table of an HA manager on a declared instance
   * @param name a declared DNS name
   */
  public record Readers(
      Optional<Function<Endpoint, Dial>> dial,
      Optional<Function<String, BalancerReport>> balancer,
      Optional<Function<ManagerAddress, ManagerReport>> manager,
      Optional<Rare<Endpoint, ManagerReport>> table,
      Optional<Rare<String, NameReport>> name) {
    /** None is read. */
    public static final Readers NONE =
        new Readers(Optional.empty(), Optional.empty(), Optional.empty());

    /** Those that read no tables, and look up no names. */
    public Readers(
        Optional<Function<Endpoint, Dial>> dial,
        Optional<Function<String, BalancerReport>> balancer,
        Optional<Function<ManagerAddress, ManagerReport>> manager) {
      this(dial, balancer, manager, Optional.empty(), Optional.empty());
    }
  }

  /**
   * A read that is not made in each cycle.
   *
   * @param every the time from its begin to the next one, at least
   */
  public record Rare<K, T>(Function<K, T> read, Duration every) {}

  /**
   * An agent that has not polled yet.
   *
   * @param deadline for all probes of one cycle together; one that is late counts as a time-out. A
   *     suspected split brain is polled once more under a deadline of its own
   * @param trial shows a snapshot, to see that it can be shown: a cluster for which it throws is
   *     not evaluated. It may be repeated
   */
  public Agent(
      Inventory inventory,
      Policy policy,
      Probe probe,
      Duration deadline,
      Hysteresis hysteresis,
      AgentClock clock,
      Horizon horizon,
      Consumer<Snapshot> trial) {
    this.trial = trial;
    this.walls = new Walls(inventory);
    this.inventory = inventory;
    this.policy = policy;
    this.addresses = AddressBook.of(inventory);
    this.clock = clock;
    this.history = History.starting(hysteresis);
    this.names = new HostNames(horizon.lookup());
    this.otherReads = new OtherReads(inventory, horizon.readers(), horizon.patience(), probes);
    this.pollCycle =
        new PollCycle(
            inventory,
            addresses,
            new Crawler(horizon.settings(), inventory),
            names,
            walls,
            () -> new PollBatch(probe, probes, deadline, clock));
  }

  /**
   * An agent that goes on where this one stands, with another declaration: drifts that are still
   * there keep their {@code since}. This one is to be closed then.
   */
  public Agent continuing(
      Inventory otherInventory,
      Policy otherPolicy,
      Probe otherProbe,
      Duration otherDeadline,
      Hysteresis hysteresis,
      Horizon horizon) {
    var next =
        new Agent(
            otherInventory,
            otherPolicy,
            otherProbe,
            otherDeadline,
            hysteresis,
            clock,
            horizon,
            trial);
    next.history = history.with(hysteresis);
    next.latest = latest;
    next.past = past;
    next.pollCycle.follow(pollCycle);
    next.otherReads.follow(otherReads);
    return next;
  }

  /** Goes on where an agent stood that ended. To be called before the first cycle. */
  public void resume(History kept) {
    history = kept.within(inventory);
  }

  /** All that it remembers; of the thread that calls {@link #cycle}. */
  public History history() {
    return history;
  }

  /**
   * Observes, infers, compares, tracks and publishes once.
   *
   * @throws InterruptedException if the caller is interrupted; nothing is published then
   */
  public Snapshot cycle() throws InterruptedException {
    var started = clock.instant();
    // Decides how long something lasts; the evidence shows it as a time too.
    var steady = clock.steady();
    var found = pollAndCompare(steady);
    var window = Window.since(started, clock);
    var ended =
        walls.run(
            found,
            found.polled().observations(),
            seen -> compare(pollCycle.infer(seen), found.earlier()),
            it -> end(it, steady, window));
    pollCycle.remember(ended.memory());
    otherReads.seen(ended.snapshot().topology(), window.to());
    past = ended.past();
    history = ended.history();
    ChangeLog.log(history.news(), ended.snapshot().judgement());
    walls.cycleEnded();
    latest = Optional.of(ended.snapshot());
    return ended.snapshot();
  }

  /** What a cycle leaves behind. */
  private record Ended(Snapshot snapshot, PollCycle.Memory memory, Past past, History history) {}

  private Ended end(Found found, Instant steady, Window window) {
    var polled = found.polled();
    var topology = polled.topology();
    var compared =
        found
            .compared()
            .with(
                DriftKind.IGNORE_RULE_EXPIRED,
                inventory.clusters(),
                Judgement.expired(policy, inventory, window.to()));
    var after =
        history.next(
            inventory,
            topology,
            compared.drifts(),
            addresses,
            found.earlier().others(),
            window.to(),
            clock.steady());
    var judgement = Judgement.of(policy, inventory, topology, after.tracker().open(), window.to());
    var nextPast = past.next(topology, steady);
    var snapshot =
        new Snapshot(
            window,
            inventory,
            addresses,
            polled,
            found.earlier().others(),
            compared,
            nextPast.written(),
            judgement,
            after.changes());
    trial.accept(snapshot);
    return new Ended(snapshot, pollCycle.memory(polled), nextPast, after);
  }

  /** The result of the last cycle; empty before the first one ends. */
  public Optional<Snapshot> latest() {
    return latest;
  }

  /** Stops all probes. The last snapshot stays readable. */
  @Override
  public void close() {
    probes.shutdownNow();
    names.close();
  }

  /**
   * A cluster that seems to have two primaries, or none, was perhaps polled in two moments of a
   * switchover: so all of them are polled once more, at the same time, and that counts.
   */
  private Found pollAndCompare(Instant steady) throws InterruptedException {
    var before = latest.map(Snapshot::topology);
    var forgotten = history.tracker().forgotten();
    otherReads.start(steady);
    var polled = pollCycle.poll();
    var others = otherReads.collect(clock.instant());
    var first =
        walls.run(
            polled,
            polled.observations(),
            pollCycle::infer,
            now -> {
              var next = past.next(now.topology(), steady);
              return compare(now, EarlierPoll.of(before, next, forgotten).with(others));
            });
    if (first.unsure().isEmpty()) {
      return first;
    }
    var again = pollCycle.pollAgain(first.polled(), first.unsure());
    return walls.run(
        again,
        again.observations(),
        pollCycle::infer,
        now ->
            compare(
                now,
                new EarlierPoll(
                    before.or(() -> Optional.of(first.polled().topology())),
                    Confirmation.steady(first.unsure(), first.polled().topology(), now.topology()),
                    past.next(now.topology(), steady),
                    forgotten,
                    others)));
  }

  private Found compare(PollResult polled, EarlierPoll earlier) {
    var compared = Comparison.compare(inventory, polled.topology(), policy, earlier);
    var unsure = Confirmation.toPollAgain(compared.drifts());
    if (latest.isEmpty()) {
      unsure.addAll(Positions.ahead(polled.topology()));
    }
    return new Found(polled, compared, earlier, unsure);
  }

  /**
   * What was polled, and what it differs in.
   *
   * @param unsure the servers that should be polled again
   */
  private record Found(
      PollResult polled, ComparisonResult compared, EarlierPoll earlier, Set<Endpoint> unsure) {}
}
