package io.pgtopo.agent.postgres;

import com.zaxxer.hikari.metrics.IMetricsTracker;
import com.zaxxer.hikari.metrics.MetricsTrackerFactory;
import com.zaxxer.hikari.metrics.PoolStats;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToIntFunction;

/**
 * Measures all pools as one: each has one connection only, and thousands of servers must not become
 * thousands of series. It outlives the probes, whose pools come and go. Any thread may call it.
 */
public final class AllPools implements MetricsTrackerFactory {
  private static final String NAME = "postgres";
  private static final long FRESH_MILLIS = 1000;

  private final Set<PoolStats> pools = ConcurrentHashMap.newKeySet();

  /** Kept here: meters refer to it weakly. */
  private final PoolStats sum = new Sum();

  private volatile Optional<IMetricsTracker> tracker = Optional.empty();

  /** No pools yet, and no meters. */
  public AllPools() {}

  /** Makes the meters; to be called at most once. */
  public void measure(MetricsTrackerFactory factory) {
    tracker = Optional.of(factory.create(NAME, sum));
  }

  @Override
  public IMetricsTracker create(String pool, PoolStats stats) {
    pools.add(stats);
    return new Pool(stats);
  }

  private int sum(ToIntFunction<PoolStats> count) {
    return pools.stream().mapToInt(count).sum();
  }

  private final class Sum extends PoolStats {
    Sum() {
      super(FRESH_MILLIS);
    }

    @Override
    protected void update() {
      totalConnections = sum(PoolStats::getTotalConnections);
      idleConnections = sum(PoolStats::getIdleConnections);
      activeConnections = sum(PoolStats::getActiveConnections);
      pendingThreads = sum(PoolStats::getPendingThreads);
      maxConnections = sum(PoolStats::getMaxConnections);
      minConnections = sum(PoolStats::getMinConnections);
    }
  }

  /** Records the events of one pool as those of all. */
  private final class Pool implements IMetricsTracker {
    private final PoolStats stats;

    Pool(PoolStats stats) {
      this.stats = stats;
    }

    @Override
    public void recordConnectionCreatedMillis(long millis) {
      tracker.ifPresent(it -> it.recordConnectionCreatedMillis(millis));
    }

    @Override
    public void recordConnectionAcquiredNanos(long nanos) {
      tracker.ifPresent(it -> it.recordConnectionAcquiredNanos(nanos));
    }

    @Override
    public void recordConnectionUsageMillis(long millis) {
      tracker.ifPresent(it -> it.recordConnectionUsageMillis(millis));
    }

    @Override
    public void recordConnectionTimeout() {
      tracker.ifPresent(IMetricsTracker::recordConnectionTimeout);
    }

    @Override
    public void close() {
      pools.remove(stats);
    }
  }
}
