package io.pgtopo.exporter.runtime;

import io.pgtopo.agent.Snapshot;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * How often each thing has happened since pgtopo started: its own {@link Event}s, failures of
 * polls, changes, and rejected requests, by their kinds. May be called from any thread.
 */
public final class Counters {
  /** What happens to pgtopo itself. */
  public enum Event {
    CYCLE_ENDED,
    CYCLE_FAILED,
    RENDER_FAILED,
    STATE_WRITE_FAILED
  }

  private final ConcurrentMap<Enum<?>, LongAdder> counts = new ConcurrentHashMap<>();

  public void count(Enum<?> kind) {
    counts.computeIfAbsent(kind, unused -> new LongAdder()).increment();
  }

  public long of(Enum<?> kind) {
    return counts.getOrDefault(kind, new LongAdder()).sum();
  }

  /** Counts the cycle, and what happened in it. */
  public void cycleEnded(Snapshot snapshot) {
    count(Event.CYCLE_ENDED);
    snapshot.topology().unreachable().values().forEach(failure -> count(failure.kind()));
    snapshot.changes().stream()
        .filter(change -> change.at().equals(snapshot.window().to()))
        .forEach(change -> count(change.kind()));
  }
}
