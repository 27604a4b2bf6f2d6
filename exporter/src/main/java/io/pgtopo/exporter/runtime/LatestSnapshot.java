package io.pgtopo.exporter.runtime;

import io.pgtopo.agent.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The latest snapshot, as long as it may still be believed.
 *
 * @param limit age from which on it says nothing of now any more
 */
public record LatestSnapshot(
    Supplier<Optional<Snapshot>> source, Supplier<Duration> limit, InstantSource clock) {
  private static final Duration LEAST = Duration.ofSeconds(30);

  /** Three intervals without a new snapshot are too long, but not less than 30 seconds. */
  public static Duration limit(Duration interval) {
    var three = interval.multipliedBy(3);
    return three.compareTo(LEAST) < 0 ? LEAST : three;
  }

  /** What there is at one moment. */
  public sealed interface Look {
    /** The snapshot, believable or not. */
    Optional<Snapshot> snapshot();
  }

  /** No cycle has ended yet. */
  public record Nothing() implements Look {
    @Override
    public Optional<Snapshot> snapshot() {
      return Optional.empty();
    }
  }

  /** The last cycle ended too long ago. */
  public record Stale(Snapshot last, Duration age) implements Look {
    @Override
    public Optional<Snapshot> snapshot() {
      return Optional.of(last);
    }

    public Instant endedAt() {
      return last.window().to();
    }
  }

  /** The last cycle ended just now. */
  public record Fresh(Snapshot last) implements Look {
    @Override
    public Optional<Snapshot> snapshot() {
      return Optional.of(last);
    }
  }

  public Look look() {
    return source.get().<Look>map(this::judge).orElseGet(Nothing::new);
  }

  private Look judge(Snapshot snapshot) {
    var age = Duration.between(snapshot.window().to(), clock.instant());
    return age.compareTo(limit.get()) > 0 ? new Stale(snapshot, age) : new Fresh(snapshot);
  }
}
