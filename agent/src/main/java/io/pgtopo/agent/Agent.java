package io.pgtopo.agent;

import io.pgtopo.agent.drift.Comparison;
import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftText;
import io.pgtopo.agent.drift.DriftTracker;
import io.pgtopo.agent.drift.Hysteresis;
import io.pgtopo.agent.drift.Judgement;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.observation.Probe;
import io.pgtopo.agent.observation.Window;
import io.pgtopo.agent.topology.AddressBook;
import io.pgtopo.agent.topology.Inference;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.config.Endpoint;
import io.pgtopo.config.Instance;
import io.pgtopo.config.Inventory;
import io.pgtopo.config.Policy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at every declared instance, cycle by cycle, and publishes what follows.
 *
 * <p>{@link #cycle} and {@link #close} belong to one thread; {@link #latest} may be called from
 * any.
 */
public final class Agent implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Agent.class);

  private final Inventory inventory;
  private final Policy policy;
  private final AddressBook addresses;
  private final Probe probe;
  private final Duration deadline;
  private final InstantSource clock;

  /** Long-lived: one that is opened and closed in each cycle waits for a stubborn probe. */
  private final ExecutorService probes = Executors.newVirtualThreadPerTaskExecutor();

  private DriftTracker tracker;
  private volatile Optional<Snapshot> latest = Optional.empty();

  /** An agent that has not looked yet, and takes every drift as it is. */
  public Agent(
      Inventory inventory,
      Probe probe,
      Duration deadline,
      Hysteresis hysteresis,
      InstantSource clock) {
    this(inventory, Policy.NONE, probe, deadline, hysteresis, clock);
  }

  /**
   * An agent that has not looked yet.
   *
   * @param deadline for all probes of one cycle together; one that is late counts as a time-out
   */
  public Agent(
      Inventory inventory,
      Policy policy,
      Probe probe,
      Duration deadline,
      Hysteresis hysteresis,
      InstantSource clock) {
    this.inventory = inventory;
    this.policy = policy;
    this.addresses = AddressBook.of(inventory);
    this.probe = probe;
    this.deadline = deadline;
    this.clock = clock;
    this.tracker = DriftTracker.starting(hysteresis);
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
      Hysteresis hysteresis) {
    var next = new Agent(otherInventory, otherPolicy, otherProbe, otherDeadline, hysteresis, clock);
    next.tracker = new DriftTracker(hysteresis, tracker.open());
    next.latest = latest;
    return next;
  }

  /**
   * Observes, infers, compares, tracks and publishes once.
   *
   * @throws InterruptedException if the caller is interrupted; nothing is published then
   */
  public Snapshot cycle() throws InterruptedException {
    var started = clock.instant();
    var observations = observe(started);
    var topology = Inference.infer(observations, addresses);
    var window = Window.since(started, clock);
    tracker = tracker.next(compare(topology, window.to()), window.to());
    var open = tracker.open();
    var judgement = Judgement.of(policy, inventory, topology, open, window.to());
    var snapshot = new Snapshot(window, inventory, observations, topology, open, judgement);
    Changes.between(latest, snapshot, new DriftText(addresses)).forEach(Agent::log);
    latest = Optional.of(snapshot);
    return snapshot;
  }

  private List<Drift> compare(Topology topology, Instant now) {
    return Stream.concat(
            Comparison.compare(inventory, topology, policy).stream(),
            Judgement.expired(policy, inventory, now).stream())
        .toList();
  }

  /** The result of the last cycle; empty before the first one ends. */
  public Optional<Snapshot> latest() {
    return latest;
  }

  /** Stops all probes. The last snapshot stays readable. */
  @Override
  public void close() {
    probes.shutdownNow();
  }

  private List<Observation> observe(Instant started) throws InterruptedException {
    var endpoints = inventory.instances().map(Instance::endpoint).distinct().sorted().toList();
    var tasks =
        endpoints.stream()
            .<Callable<Observation>>map(endpoint -> () -> probe.observe(endpoint))
            .toList();
    var futures = probes.invokeAll(tasks, deadline.toMillis(), TimeUnit.MILLISECONDS);
    var observations = new ArrayList<Observation>();
    for (var i = 0; i < endpoints.size(); i++) {
      observations.add(outcome(endpoints.get(i), futures.get(i), started));
    }
    return observations;
  }

  private Observation outcome(Endpoint endpoint, Future<Observation> future, Instant started)
      throws InterruptedException {
    try {
      return future.get();
    } catch (CancellationException late) {
      return failed(
          endpoint,
          started,
          Failure.of(Failure.Kind.TIMEOUT, "no answer within " + deadline.toMillis() + " ms"));
    } catch (ExecutionException bug) {
      LOG.error("The probe of {} broke its promise never to throw", endpoint, bug.getCause());
      return failed(
          endpoint, started, Failure.of(Failure.Kind.OTHER, String.valueOf(bug.getCause())));
    }
  }

  private Observation failed(Endpoint endpoint, Instant started, Failure failure) {
    return new Observation.Unreachable(endpoint, Window.since(started, clock), failure);
  }

  private static void log(Changes.Change change) {
    if (change.isAlarming()) {
      LOG.warn(change.text());
    } else {
      LOG.info(change.text());
    }
  }
}
