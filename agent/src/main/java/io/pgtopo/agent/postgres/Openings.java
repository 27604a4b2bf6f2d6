package io.pgtopo.agent.postgres;

import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Lets connections be opened as fast as this machine keeps up with. Any number of them may wait for
 * their servers, but only a few may have work to do at a time: a thousand logins at once would
 * starve each other, and servers that have answered would seem late.
 *
 * <p>Any virtual thread may call it.
 */
final class Openings {
  /** What a thread reads, connects and looks up names in; otherwise it runs, or has to wait to. */
  private static final Set<Thread.State> WAITING =
      EnumSet.of(Thread.State.WAITING, Thread.State.TIMED_WAITING);

  static final int MOST_WITH_WORK = 4 * Runtime.getRuntime().availableProcessors();

  private final ScheduledExecutorService timer;
  private final Set<Thread> underWay = ConcurrentHashMap.newKeySet();
  private final Set<Thread> queued = ConcurrentHashMap.newKeySet();
  private final Semaphore turns = new Semaphore(0, true);
  private final AtomicBoolean isTicking = new AtomicBoolean();

  Openings(ScheduledExecutorService timer) {
    this.timer = timer;
  }

  /** Begins to open a connection, once there are few enough others with work to do. */
  void enter() throws InterruptedException {
    var current = Thread.currentThread();
    if (underWay.size() >= MOST_WITH_WORK) {
      queued.add(current);
      try {
        tick();
        turns.acquire();
      } finally {
        queued.remove(current);
      }
    }
    underWay.add(current);
  }

  /** The connection of this thread is open, or has failed. */
  void leave() {
    underWay.remove(Thread.currentThread());
    admit();
  }

  /** Whether a thread waits for anything but a turn. */
  boolean isWaitingForOthers(Thread poll) {
    return WAITING.contains(poll.getState()) && !queued.contains(poll);
  }

  private void tick() {
    if (isTicking.compareAndSet(false, true)) {
      var unused =
          timer.schedule(
              () -> {
                isTicking.set(false);
                admit();
              },
              1,
              TimeUnit.MILLISECONDS);
    }
  }

  private synchronized void admit() {
    if (queued.isEmpty()) {
      return;
    }
    var withWork = underWay.stream().filter(it -> !WAITING.contains(it.getState())).count();
    var free = MOST_WITH_WORK - Math.toIntExact(withWork) - turns.availablePermits();
    if (free > 0) {
      turns.release(Math.min(free, queued.size()));
    }
    tick();
  }
}
