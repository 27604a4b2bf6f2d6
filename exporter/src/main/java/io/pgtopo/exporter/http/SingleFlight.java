package io.pgtopo.exporter.http;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One piece of work for all who want it by the time it begins: whoever asks while it is under way
 * waits for the next one, so that nobody gets what is older than the question. Any thread may ask.
 */
final class SingleFlight<T> {
  private final RenderLimit turns;
  private final Supplier<T> work;
  private final ReentrantLock lock = new ReentrantLock();

  /** Of those who wait for work that has not begun. */
  private @Nullable CompletableFuture<Optional<T>> next;

  SingleFlight(RenderLimit turns, Supplier<T> work) {
    this.turns = turns;
    this.work = work;
  }

  /** What the work yields; empty if its turn does not come soon enough. */
  @SuppressWarnings("ReferenceEquality") // A future is itself alone.
  Optional<T> take() {
    var mine = new CompletableFuture<Optional<T>>();
    var joined = join(mine);
    if (joined == mine) {
      lead(mine);
    }
    try {
      return joined.join();
    } catch (CompletionException failed) {
      if (failed.getCause() instanceof RuntimeException bug) {
        throw bug;
      }
      throw failed;
    }
  }

  private CompletableFuture<Optional<T>> join(CompletableFuture<Optional<T>> mine) {
    lock.lock();
    try {
      var waiting = next;
      if (waiting != null) {
        return waiting;
      }
      next = mine;
      return mine;
    } finally {
      lock.unlock();
    }
  }

  private void lead(CompletableFuture<Optional<T>> mine) {
    try {
      var result =
          turns.take(
              () -> {
                begin(mine);
                return work.get();
              });
      mine.complete(result);
    } catch (RuntimeException | Error failed) {
      mine.completeExceptionally(failed);
    } finally {
      begin(mine);
    }
  }

  /** Nobody else joins from now on. */
  @SuppressWarnings("ReferenceEquality") // A future is itself alone.
  private void begin(CompletableFuture<Optional<T>> mine) {
    lock.lock();
    try {
      if (next == mine) {
        next = null;
      }
    } finally {
      lock.unlock();
    }
  }
}
