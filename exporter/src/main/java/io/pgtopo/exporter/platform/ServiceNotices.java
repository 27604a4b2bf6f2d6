package io.pgtopo.exporter.platform;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notifies systemd of a service of {@code Type=notify}: ready, status and watchdog. Does nothing
 * without a notify socket.
 *
 * <p>Belongs to the thread that runs the cycles.
 */
public final class ServiceNotices {
  private static final Logger LOG = LoggerFactory.getLogger(ServiceNotices.class);

  /** systemd advises two in each watchdog timeout; a busy machine needs more. */
  private static final int PINGS_PER_TIMEOUT = 3;

  private static final Duration NEVER = Duration.ofDays(1);

  private final Optional<String> socket;
  private final InstantSource clock;
  private Duration timeout;
  private Instant lastPing = Instant.EPOCH;
  private String lastStatus = "";
  private final RepeatedFailure failures = new RepeatedFailure();

  private ServiceNotices(Optional<String> socket, Duration timeout, InstantSource clock) {
    this.socket = socket;
    this.timeout = timeout;
    this.clock = clock;
  }

  /**
   * Notices to the service manager.
   *
   * @param environment with its socket and its watchdog timeout
   */
  public static ServiceNotices of(Map<String, String> environment, InstantSource clock) {
    var micros = environment.getOrDefault("WATCHDOG_USEC", "");
    var timeout = micros.matches("[1-9][0-9]{0,17}") ? Long.parseLong(micros) / 1000 : 0;
    return new ServiceNotices(
        Optional.ofNullable(environment.get("NOTIFY_SOCKET")),
        timeout > 0 ? Duration.ofMillis(timeout) : NEVER,
        clock);
  }

  /** How often a watchdog ping is due. */
  Duration pingInterval() {
    return timeout.dividedBy(PINGS_PER_TIMEOUT);
  }

  /**
   * A cycle has ended.
   *
   * @param status in one line
   * @param longestCycle the longest that one may take: the watchdog timeout must exceed it
   */
  public void cycleEnded(String status, Duration longestCycle) {
    var notices = new ArrayList<String>();
    if (lastStatus.isEmpty()) {
      notices.add("READY=1");
    }
    if (!status.equals(lastStatus)) {
      notices.add("STATUS=" + status);
    }
    lastStatus = status;
    var needed = longestCycle.multipliedBy(PINGS_PER_TIMEOUT);
    if (needed.compareTo(timeout) > 0) {
      timeout = needed;
      notices.add("WATCHDOG_USEC=" + needed.toMillis() * 1000);
    }
    send(notices);
  }

  /** The process is alive. */
  void alive() {
    send(new ArrayList<>());
  }

  /** Waits, and notifies the watchdog meanwhile; true as soon as the process is to stop. */
  public boolean isStoppedWithin(Duration rest, CountDownLatch stop) throws InterruptedException {
    var left = rest;
    while (left.compareTo(pingInterval()) > 0) {
      if (stop.await(pingInterval().toMillis(), TimeUnit.MILLISECONDS)) {
        return true;
      }
      alive();
      left = left.minus(pingInterval());
    }
    return stop.await(left.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void send(List<String> notices) {
    var silence = Duration.between(lastPing, clock.instant());
    // The clock may have been set back.
    if (!timeout.equals(NEVER)
        && (silence.compareTo(pingInterval()) >= 0 || silence.isNegative())) {
      notices.add("WATCHDOG=1");
      lastPing = clock.instant();
    }
    if (!notices.isEmpty()) {
      socket.ifPresent(it -> deliver(it, notices));
    }
  }

  private void deliver(String to, List<String> notices) {
    try {
      UnixDatagrams.send(to, String.join("\n", notices).getBytes(StandardCharsets.UTF_8));
      failures.ended();
    } catch (IOException failure) {
      var times = failures.happened(failure.toString());
      if (RepeatedFailure.isWorthLogging(times)) {
        LOG.warn(
            "cannot notify systemd of {} ({} consecutive times): {}",
            notices,
            times,
            failure.toString());
      }
    }
  }
}
