package io.pgtopo.agent;

import io.pgtopo.agent.compare.Comparison;
import io.pgtopo.agent.compare.ComparisonResult;
import io.pgtopo.agent.compare.EarlierPoll;
import io.pgtopo.agent.compare.Standstills;
import io.pgtopo.agent.crawl.Crawler;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Severity;
import io.pgtopo.agent.history.Change;
import io.pgtopo.agent.history.History;
import io.pgtopo.agent.judge.Judgement;
import io.pgtopo.agent.observation.Probe;
import io.pgtopo.agent.observation.Window;
import io.pgtopo.agent.topology.AddressBook;
import io.pgtopo.agent.topology.Positions;
import io.pgtopo.agent.track.Confirmation;
import io.pgtopo.agent.track.Hysteresis;
import io.pgtopo.config.model.Crawl;
import io.pgtopo.config.model.Inventory;
import io.pgtopo.config.model.Policy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Polls every declared instance, and what they lead to, cycle by cycle, and publishes what follows.
 *
 * <p>{@link #cycle} and {@link #close} belong to one thread; {@link #latest} may be called from
 * any.
 */
public final class Agent implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Agent.class);

  private final Inventory inventory;
  private final Policy policy;
  private final AddressBook addresses;
  private final InstantSource clock;
  private final HostNames names;
  private final PollCycle pollCycle;

  /** Long-lived: one that is opened and closed in each cycle waits for a stubborn probe. */
  private final ExecutorService probes = Executors.newVirtualThreadPerTaskExecutor();

  private History history;
  private Standstills standstills = Standstills.NONE;
  private volatile Optional<Snapshot> latest = Optional.empty();

  /**
   * How far beyond what is declared an agent polls.
   *
   * @param lookup the addresses of a host name, none if it has none; may block, and never throws
   */
  public record Horizon(Crawl settings, Function<String, List<String>> lookup) {}

  /**
   * An agent that has not polled yet.
   *
   * @param deadline for all probes of one cycle together; one that is late counts as a time-out. A
   *     suspected split brain is polled once more under a deadline of its own
   */
  public Agent(
      Inventory inventory,
      Policy policy,
      Probe probe,
      Duration deadline,
      Hysteresis hysteresis,
      InstantSource clock,
      Horizon horizon) {
    this.inventory = inventory;
    this.policy = policy;
    this.addresses = AddressBook.of(inventory);
    this.clock = clock;
    this.history = History.starting(hysteresis);
    this.names = new HostNames(horizon.lookup());
    this.pollCycle =
        new PollCycle(
            inventory,
            addresses,
            new Crawler(horizon.settings(), inventory),
            names,
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
            otherInventory, otherPolicy, otherProbe, otherDeadline, hysteresis, clock, horizon);
    next.history = history.with(hysteresis);
    next.latest = latest;
    next.standstills = standstills;
    next.pollCycle.follow(pollCycle);
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
    var found = pollAndCompare(started);
    var polled = found.polled();
    pollCycle.remember(polled);
    standstills = standstills.next(polled.topology(), started);
    var window = Window.since(started, clock);
    var compared =
        found
            .compared()
            .with(
                DriftKind.IGNORE_RULE_EXPIRED,
                inventory.clusters(),
                Judgement.expired(policy, inventory, window.to()));
    history = history.next(inventory, polled.topology(), compared.drifts(), addresses, window.to());
    var judgement =
        Judgement.of(policy, inventory, polled.topology(), history.tracker().open(), window.to());
    history.news().forEach(change -> log(change, judgement));
    var snapshot =
        new Snapshot(window, inventory, addresses, polled, compared, judgement, history.changes());
    latest = Optional.of(snapshot);
    return snapshot;
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
  private Found pollAndCompare(Instant started) throws InterruptedException {
    var seen = pollCycle.poll();
    var before = latest.map(Snapshot::topology);
    var still = standstills.next(seen.topology(), started);
    var forgotten = history.tracker().forgotten();
    var compared =
        Comparison.compare(
            inventory, seen.topology(), policy, EarlierPoll.of(before, still, forgotten));
    var unsure = Confirmation.toPollAgain(compared.drifts());
    if (before.isEmpty()) {
      unsure.addAll(Positions.ahead(seen.topology()));
    }
    if (unsure.isEmpty()) {
      return new Found(seen, compared);
    }
    var again = pollCycle.pollAgain(seen, unsure);
    var steady = Confirmation.steady(unsure, seen.topology(), again.topology());
    return new Found(
        again,
        Comparison.compare(
            inventory,
            again.topology(),
            policy,
            new EarlierPoll(
                before.or(() -> Optional.of(seen.topology())),
                steady,
                standstills.next(again.topology(), started),
                forgotten)));
  }

  private record Found(PollResult polled, ComparisonResult compared) {}

  /** What is ignored or suspended is no warning, nor is what is of severity info. */
  private static void log(Change change, Judgement judgement) {
    var counts =
        change
            .drift()
            .map(judgement.byKey()::get)
            .filter(judged -> judged.counts() && judged.severity() != Severity.INFO);
    var line = change.isAlarming() && counts.isPresent() ? LOG.atWarn() : LOG.atInfo();
    for (var field : fields(change).entrySet()) {
      line = line.addKeyValue(field.getKey(), field.getValue());
    }
    line.log("{}", change);
  }

  /** What a change is about, for logs that are read by programs. */
  private static SequencedMap<String, String> fields(Change change) {
    var fields = new LinkedHashMap<String, String>();
    fields.put("kind", change.kind().label());
    change
        .subject()
        .ifPresent(
            subject -> {
              fields.put("cls", subject.cluster());
              subject.instance().ifPresent(instance -> fields.put("ins", instance));
            });
    change
        .drift()
        .map(key -> key.about().orElse(key.kind()))
        .ifPresent(kind -> fields.put("drift", kind.label()));
    return fields;
  }
}
