package io.pgtopo.agent;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * Reads beside the polls, each at most once per cycle, and so many at a time at most. A cycle takes
 * what has ended, and waits for none: what hangs costs it nothing. Used by one thread.
 */
final class SideReads<K extends Comparable<K>, T> {
  /** Of a fleet, each has its turn in some cycles only. */
  private static final int MOST_AT_ONCE = 32;

  private final Optional<Function<K, T>> read;
  private final ExecutorService threads;
  private final Queue<K> turns;
  private final Map<K, Future<T>> underWay = new TreeMap<>();
  private final Map<K, Instant> begun = new TreeMap<>();
  private final Duration every;

  /**
   * Reads of nothing so far.
   *
   * @param keys of what is read
   * @param read never throws, and ends by itself; empty if nothing shall be read
   * @param every the time from the begin of a read of a key to the next one, at least
   */
  SideReads(
      Collection<K> keys, Optional<Function<K, T>> read, Duration every, ExecutorService threads) {
    this.every = every;
    this.read = read;
    this.threads = threads;
    this.turns = new ArrayDeque<>(read.isEmpty() ? List.of() : keys);
  }

  /**
   * Begins with those whose turn it is.
   *
   * @param steady by a clock that nobody sets
   */
  void start(Instant steady) {
    for (var left = turns.size(); left > 0 && underWay.size() < MOST_AT_ONCE; left--) {
      var key = turns.remove();
      turns.add(key);
      var last = begun.get(key);
      if (!underWay.containsKey(key) && (last == null || !steady.isBefore(last.plus(every)))) {
        begun.put(key, steady);
        underWay.put(key, threads.submit(() -> read.orElseThrow().apply(key)));
      }
    }
  }

  /** Those that have ended, or end within some time. */
  List<T> ended(Duration patience) throws InterruptedException {
    var ended = new ArrayList<T>();
    var waits = patience.toNanos();
    for (var all = underWay.values().iterator(); all.hasNext(); ) {
      try {
        ended.add(all.next().get(waits, TimeUnit.NANOSECONDS));
        all.remove();
      } catch (TimeoutException pending) {
        // Its turn comes when it has ended.
        waits = 0;
      } catch (ExecutionException bug) {
        all.remove();
        throw new IllegalStateException("a read beside the polls failed", bug);
      }
    }
    return ended;
  }

  /** Whether anything is read. */
  boolean isOn() {
    return read.isPresent();
  }

  /** Of what is read. */
  Collection<K> keys() {
    return turns;
  }
}
