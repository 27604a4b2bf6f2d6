package io.pgtopo.exporter.runtime;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.history.Change;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.exporter.web.Rejection;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;

/** What pgtopo counts of itself since it started. May be called from any thread. */
public final class Counters {
  private final LongAdder cycles = new LongAdder();
  private final LongAdder cycleFailures = new LongAdder();
  private final LongAdder renderFailures = new LongAdder();
  private final LongAdder stateFailures = new LongAdder();
  private final ConcurrentMap<Failure.Kind, LongAdder> probeFailures = new ConcurrentHashMap<>();

  private final ConcurrentMap<Change.Kind, LongAdder> changes = new ConcurrentHashMap<>();

  private final ConcurrentMap<Rejection.Reason, LongAdder> refusals = new ConcurrentHashMap<>();

  public void refused(Rejection.Reason reason) {
    refusals.computeIfAbsent(reason, unused -> new LongAdder()).increment();
  }

  public long refusals(Rejection.Reason reason) {
    return refusals.computeIfAbsent(reason, unused -> new LongAdder()).sum();
  }

  public void cycleEnded(Snapshot snapshot) {
    cycles.increment();
    snapshot
        .topology()
        .unreachable()
        .values()
        .forEach(failure -> counter(failure.kind()).increment());
    snapshot.changes().stream()
        .filter(change -> change.at().equals(snapshot.window().to()))
        .forEach(change -> counter(change.kind()).increment());
  }

  public long changes(Change.Kind kind) {
    return counter(kind).sum();
  }

  private LongAdder counter(Change.Kind kind) {
    return changes.computeIfAbsent(kind, unused -> new LongAdder());
  }

  public void cycleFailed() {
    cycleFailures.increment();
  }

  public void renderFailed() {
    renderFailures.increment();
  }

  public void stateNotKept() {
    stateFailures.increment();
  }

  public long stateFailures() {
    return stateFailures.sum();
  }

  public long cycles() {
    return cycles.sum();
  }

  public long cycleFailures() {
    return cycleFailures.sum();
  }

  public long renderFailures() {
    return renderFailures.sum();
  }

  public long probeFailures(Failure.Kind kind) {
    return counter(kind).sum();
  }

  private LongAdder counter(Failure.Kind kind) {
    return probeFailures.computeIfAbsent(kind, unused -> new LongAdder());
  }
}
