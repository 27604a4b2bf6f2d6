package io.pgtopo.exporter.web;

import io.pgtopo.config.settings.WebAccess.RateLimit;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.ReentrantLock;

/** A token bucket: one token per interval, at most the burst. Any thread may call it. */
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

  /** Takes a token; false if there is none. */
  boolean take(Instant now) {
    lock.lock();
    try {
      var since = Duration.between(filledAt, now);
      if (since.isPositive()) {
        var intervals = (double) since.toNanos() / limit.interval().toNanos();
        tokens = Math.min(limit.burst(), tokens + intervals);
      }
      // Also if the clock was set back.
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
