package io.pgtopo.exporter.web;

import io.pgtopo.config.settings.WebAccess.RateLimit;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.ReentrantLock;

/** A token bucket: one token an interval, and never more than the burst. Any thread may take. */
final class TokenBucket {
  private final RateLimit limit;
  private final ReentrantLock lock = new ReentrantLock();
  private double tokens;
  private Instant filledAt;

  TokenBucket(RateLimit limit, Instant now) {
    this.limit = limit;
    this.tokens = limit.burst();
    this.filledAt = now;
  }

  /** Whether there was a token, which is gone then. */
  boolean take(Instant now) {
    lock.lock();
    try {
      var since = Duration.between(filledAt, now);
      if (since.isPositive()) {
        var intervals = (double) since.toNanos() / limit.interval().toNanos();
        tokens = Math.min(limit.burst(), tokens + intervals);
      }
      // A clock that was set back starts anew from there.
      filledAt = now;
      if (tokens < 1) {
        return false;
      }
      tokens--;
      return true;
    } finally {
      lock.unlock();
    }
  }
}
