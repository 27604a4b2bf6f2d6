package io.pgtopo.agent.postgres;

import com.zaxxer.hikari.metrics.IMetricsTracker;
import com.zaxxer.hikari.metrics.MetricsTrackerFactory;
import com.zaxxer.hikari.metrics.PoolStats;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToIntFunction;

/**
 * Measures all pools as one: each has one connection only, and thousands of servers must not become
 * thousands of series. Any thread may call it.
 */
final class AllPools implements MetricsTrackerFactory, AutoCloseable {
  private static final String NAME = "postgres";
  private static final long FRESH_MILLIS = 1000;

  private final Set<PoolStats> pools = ConcurrentHashMap.newKeySet();

  /** Kept here: meters refer to it weakly. */
  private final PoolStats sum = new Sum();

  private final IMetricsTracker tracker;

  /** No pools yet; the factory makes the meters. */
  AllPools(MetricsTrackerFactory factory) {
    tracker = factory.create(NAME, sum);
  }

  @Override
  public IMetricsTracker create(String pool, PoolStats stats) {
    pools.add(stats);
    return new Pool(stats);
  }

  @Override
  public void close() {
    tracker.close();
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
      tracker.recordConnectionCreatedMillis(millis);
    }

    @Override
    public void recordConnectionAcquiredNanos(long nanos) {
      tracker.recordConnectionAcquiredNanos(nanos);
    }

    @Override
    public void recordConnectionUsageMillis(long millis) {
      tracker.recordConnectionUsageMillis(millis);
    }

    @Override
    public void recordConnectionTimeout() {
      tracker.recordConnectionTimeout();
    }

    @Override
    public void close() {
      pools.remove(stats);
    }
  }
}
