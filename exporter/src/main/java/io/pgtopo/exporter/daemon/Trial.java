package io.pgtopo.exporter.daemon;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.observation.Window;
import io.pgtopo.exporter.metrics.TopologyMetrics;
import io.pgtopo.exporter.view.SnapshotReport;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Makes of a snapshot what is shown of it: a cluster for which that throws is not evaluated. It
 * costs as much as the rest of a cycle, so snapshots that differ in numbers only are tried from
 * time to time. After a failure, here or of an answer, each one is. Used by one thread.
 */
final class Trial implements Consumer<Snapshot> {
  /** Cycles. */
  private static final int LONGEST_PAUSE = 12;

  private final LongSupplier failedAnswers;
  private final Consumer<Snapshot> showing;
  private Optional<Window> window = Optional.empty();
  private List<Object> shape = List.of();
  private long known;
  private int paused;
  private boolean hasFailed;

  /**
   * One that has tried nothing.
   *
   * @param failedAnswers how many answers failed since the process began
   */
  Trial(LongSupplier failedAnswers) {
    this(failedAnswers, Trial::show);
  }

  Trial(LongSupplier failedAnswers, Consumer<Snapshot> showing) {
    this.failedAnswers = failedAnswers;
    this.showing = showing;
  }

  private static void show(Snapshot snapshot) {
    var unused = List.of(TopologyMetrics.render(snapshot), SnapshotReport.of(snapshot));
  }

  @Override
  public void accept(Snapshot snapshot) {
    if (!isAnotherPartOfTheSame(snapshot) && !isDue(snapshot)) {
      return;
    }
    try {
      showing.accept(snapshot);
    } catch (RuntimeException bug) {
      hasFailed = true;
      throw bug;
    }
  }

  /** A step that failed is repeated for parts of what was seen in the cycle. */
  private boolean isAnotherPartOfTheSame(Snapshot snapshot) {
    var isSame = window.equals(Optional.of(snapshot.window()));
    window = Optional.of(snapshot.window());
    return isSame;
  }

  private boolean isDue(Snapshot snapshot) {
    var failed = failedAnswers.getAsLong();
    var now = shape(snapshot);
    var isDue = hasFailed || failed > known || paused >= LONGEST_PAUSE || !now.equals(shape);
    hasFailed = false;
    known = failed;
    shape = now;
    paused = isDue ? 0 : paused + 1;
    return isDue;
  }

  /** Without positions and times. */
  private static List<Object> shape(Snapshot snapshot) {
    var live = snapshot.topology();
    return List.of(
        snapshot.drifts().stream()
            .map(it -> List.of(it.drift().key(), it.state(), it.presence()))
            .toList(),
        live.instances().values().stream()
            .map(it -> List.of(it.endpoint(), it.role(), it.origin()))
            .toList(),
        live.unreachable().entrySet().stream()
            .map(it -> List.of(it.getKey(), it.getValue().kind()))
            .toList(),
        live.links().stream()
            .map(it -> List.of(it.upstream(), it.downstream(), it.grade()))
            .toList());
  }
}
