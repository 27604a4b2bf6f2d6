package io.pgtopo.agent;

import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.observation.Probe;
import io.pgtopo.agent.observation.Window;
import io.pgtopo.config.model.Endpoint;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Polls under one deadline, to which more may be added while others are under way. Used by one
 * thread.
 */
final class PollBatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PollBatch.class);

  /** Servers that are well answer in a few milliseconds; a slower one must not delay others. */
  private static final long PAUSE_MILLIS = 100;

  private final Probe probe;
  private final Duration deadline;
  private final InstantSource clock;
  private final Instant started;
  private final ExecutorCompletionService<Optional<Observation>> polls;

  /** Ends when the deadline does: it sleeps, and so needs no clock. */
  private final Future<Optional<Observation>> end;

  private final Map<Endpoint, Future<Optional<Observation>>> underWay = new TreeMap<>();
  private final TreeMap<Endpoint, Observation> answers = new TreeMap<>();
  private final NavigableSet<Endpoint> polled = new TreeSet<>();
  private boolean isOver;

  PollBatch(Probe probe, ExecutorService threads, Duration deadline, InstantSource clock) {
    this.probe = probe;
    this.deadline = deadline;
    this.clock = clock;
    this.started = clock.instant();
    this.polls = new ExecutorCompletionService<>(threads);
    this.end =
        polls.submit(
            () -> {
              Thread.sleep(deadline);
              return Optional.empty();
            });
  }

  /** Begins to poll endpoints that this batch has not polled. */
  void poll(Collection<Endpoint> endpoints) {
    for (var endpoint : endpoints) {
      if (!isOver && polled.add(endpoint)) {
        underWay.put(endpoint, polls.submit(() -> Optional.of(observe(endpoint))));
      }
    }
  }

  /** Waits until all have answered, or the deadline is over. */
  void awaitAll() throws InterruptedException {
    while (!isDone()) {
      take(polls.take());
    }
  }

  /**
   * Waits as {@link #awaitAll} does, but no longer than until a server has answered and no other
   * one did for a while.
   */
  void awaitNews() throws InterruptedException {
    var known = answers.size();
    while (!isDone()) {
      var next =
          answers.size() == known ? polls.take() : polls.poll(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
      if (next == null) {
        return;
      }
      take(next);
    }
  }

  /** Whether all have answered, or the deadline is over. */
  boolean isDone() {
    return isOver || underWay.isEmpty();
  }

  /** What is known by now, in order; a poll that has not ended was too slow. */
  List<Observation> observations() {
    var observations = new TreeMap<>(answers);
    for (var endpoint : underWay.keySet()) {
      observations.put(endpoint, failed(endpoint, late()));
    }
    return List.copyOf(observations.values());
  }

  /** All endpoints that this batch has begun to poll. */
  NavigableSet<Endpoint> polled() {
    return polled;
  }

  /** Gives up what is under way. */
  @Override
  public void close() {
    end.cancel(true);
    underWay.values().forEach(poll -> poll.cancel(true));
  }

  private void take(Future<Optional<Observation>> done) throws InterruptedException {
    try {
      done.get()
          .ifPresentOrElse(
              seen -> {
                underWay.remove(seen.endpoint());
                answers.put(seen.endpoint(), seen);
              },
              () -> isOver = true);
    } catch (ExecutionException bug) {
      if (bug.getCause() instanceof VirtualMachineError limit) {
        throw limit;
      }
      throw new IllegalStateException("a poll failed", bug);
    }
  }

  private Observation observe(Endpoint endpoint) {
    try {
      return probe.observe(endpoint);
    } catch (RuntimeException bug) {
      LOG.error("The probe of {} broke its promise never to throw", endpoint, bug);
      return failed(endpoint, Walls.failure(bug));
    }
  }

  /** A probe knows when a server is late: one that has not ended by itself was late itself. */
  private Failure late() {
    return Failure.of(
        Failure.Kind.AGENT_SLOW,
        "this agent was too slow: its poll did not end within %d ms"
            .formatted(deadline.toMillis()));
  }

  private Observation failed(Endpoint endpoint, Failure failure) {
    return new Observation.Unreachable(endpoint, Window.since(started, clock), failure);
  }
}
