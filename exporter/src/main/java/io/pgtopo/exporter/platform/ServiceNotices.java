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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What systemd is told of a service of {@code Type=notify}: that it is ready, what it sees, and
 * that it is alive. Says nothing where nobody asks.
 *
 * <p>Belongs to the thread that runs the cycles.
 */
public final class ServiceNotices {
  private static final Logger LOG = LoggerFactory.getLogger(ServiceNotices.class);

  /** systemd advises half of the time that it waits; a busy machine needs more. */
  private static final int SIGNS_OF_LIFE_PER_PATIENCE = 3;

  private static final Duration NEVER = Duration.ofDays(1);

  private final Optional<String> socket;
  private final InstantSource clock;
  private Duration patience;
  private Instant lastSign = Instant.EPOCH;
  private String lastStatus = "";
  private final RepeatedFailure failures = new RepeatedFailure();

  private ServiceNotices(Optional<String> socket, Duration patience, InstantSource clock) {
    this.socket = socket;
    this.patience = patience;
    this.clock = clock;
  }

  /**
   * Notices to whoever started this process.
   *
   * @param environment in which systemd says that it listens, and after how much silence it
   *     restarts the service
   */
  public static ServiceNotices of(Map<String, String> environment, InstantSource clock) {
    var micros = environment.getOrDefault("WATCHDOG_USEC", "");
    var patience = micros.matches("[1-9][0-9]{0,17}") ? Long.parseLong(micros) / 1000 : 0;
    return new ServiceNotices(
        Optional.ofNullable(environment.get("NOTIFY_SOCKET")),
        patience > 0 ? Duration.ofMillis(patience) : NEVER,
        clock);
  }

  /** How often a sign of life is due. */
  public Duration beat() {
    return patience.dividedBy(SIGNS_OF_LIFE_PER_PATIENCE);
  }

  /**
   * A cycle has ended.
   *
   * @param status what it saw, in a line
   * @param longestCycle how long one may take: systemd has to wait for longer than that
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
    var needed = longestCycle.multipliedBy(SIGNS_OF_LIFE_PER_PATIENCE);
    if (needed.compareTo(patience) > 0) {
      patience = needed;
      notices.add("WATCHDOG_USEC=" + needed.toMillis() * 1000);
    }
    send(notices);
  }

  /** It lives, whatever it does. */
  public void alive() {
    send(new ArrayList<>());
  }

  private void send(List<String> notices) {
    var silence = Duration.between(lastSign, clock.instant());
    // The clock may have been put back.
    if (!patience.equals(NEVER) && (silence.compareTo(beat()) >= 0 || silence.isNegative())) {
      notices.add("WATCHDOG=1");
      lastSign = clock.instant();
    }
    if (!notices.isEmpty()) {
      socket.ifPresent(it -> deliver(it, notices));
    }
  }

  private void deliver(String to, List<String> notices) {
    try {
      UnixDatagrams.send(to, String.join("\n", notices).getBytes(StandardCharsets.UTF_8));
      failures.ended();
    } catch (IOException untold) {
      var times = failures.happened(untold.toString());
      if (RepeatedFailure.isWorthTelling(times)) {
        LOG.warn("systemd cannot be told {} ({} in a row): {}", notices, times, untold.toString());
      }
    }
  }
}
