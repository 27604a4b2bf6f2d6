package io.pgtopo.exporter.http;

import io.javalin.http.Context;
import io.pgtopo.agent.Snapshot;
import io.pgtopo.exporter.runtime.LatestSnapshot;
import io.pgtopo.exporter.view.ClusterState;
import io.pgtopo.exporter.web.Listener;
import io.pgtopo.exporter.web.Rejection;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Sends changes to subscribers, as server-sent events. Each has a virtual thread that compares the
 * state that it sent last with the latest snapshot: nothing is queued, a slow client misses the
 * states in between, and none delays a cycle.
 */
public final class Events implements AutoCloseable {
  static final int MAX_SUBSCRIBERS = 32;

  private static final int HEARTBEAT_SECONDS = 15;

  /** The states of a snapshot, for all subscribers. */
  private record States(Snapshot of, SortedMap<String, ClusterState> clusters) {}

  private final LatestSnapshot latest;
  private final Listener listener;
  private final Semaphore places = new Semaphore(MAX_SUBSCRIBERS);
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition isNew = lock.newCondition();
  private final AtomicReference<Optional<States>> states = new AtomicReference<>(Optional.empty());
  private long published;
  private boolean isClosed;

  public Events(LatestSnapshot latest, Listener listener) {
    this.latest = latest;
    this.listener = listener;
  }

  /** There is a new snapshot. Returns at once. */
  public void publish() {
    lock.lock();
    try {
      published++;
      isNew.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Ends all streams. */
  @Override
  public void close() {
    lock.lock();
    try {
      isClosed = true;
      isNew.signalAll();
    } finally {
      lock.unlock();
    }
  }

  void stream(Context ctx) throws IOException {
    Query.only(ctx);
    if (!places.tryAcquire()) {
      throw Rejection.busy();
    }
    listener.beginStream(ctx);
    try {
      var response = ctx.res();
      response.setContentType("text/event-stream");
      response.setHeader("X-Accel-Buffering", "no");
      send(response.getOutputStream());
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    } finally {
      listener.endStream(ctx);
      places.release();
    }
  }

  private void send(OutputStream out) throws IOException, InterruptedException {
    Optional<SortedMap<String, ClusterState>> sent = Optional.empty();
    var endedAt = Instant.MIN;
    var seen = 0L;
    while (true) {
      var current = latest.current();
      if (current.fresh().isPresent()) {
        var snapshot = current.fresh().get();
        var now = states(snapshot);
        var event = EventText.event(sent, now, snapshot.window().to());
        var isNext = !snapshot.window().to().equals(endedAt);
        write(
            out,
            event.orElseGet(
                () -> isNext ? EventText.unchanged(snapshot.window().to()) : ": same cycle\n\n"));
        sent = Optional.of(now);
        endedAt = snapshot.window().to();
      } else {
        write(out, EventText.unknown(current.status()));
        sent = Optional.empty();
      }
      var next = await(seen);
      if (next.isEmpty()) {
        return;
      }
      seen = next.get();
    }
  }

  @SuppressWarnings("ReferenceEquality") // Comparing a whole fleet would cost more.
  private SortedMap<String, ClusterState> states(Snapshot snapshot) {
    return states
        .updateAndGet(
            before ->
                before
                    .filter(it -> it.of() == snapshot)
                    .or(() -> Optional.of(new States(snapshot, ClusterState.of(snapshot)))))
        .orElseThrow()
        .clusters();
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  /** The number of the next snapshot, or the same again for a heartbeat; empty at the end. */
  private Optional<Long> await(long seen) throws InterruptedException {
    lock.lock();
    try {
      var left = TimeUnit.SECONDS.toNanos(HEARTBEAT_SECONDS);
      while (!isClosed && published == seen && left > 0) {
        left = isNew.awaitNanos(left);
      }
      return isClosed ? Optional.empty() : Optional.of(published);
    } finally {
      lock.unlock();
    }
  }
}
