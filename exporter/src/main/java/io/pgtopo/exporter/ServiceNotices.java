package io.pgtopo.exporter;

import java.io.IOException;
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
 * <p>Through {@code systemd-notify}, since the JDK has no datagrams over Unix sockets. A process is
 * started when the status changes or a sign of life is due, and nobody waits for it. Belongs to the
 * thread that runs the cycles.
 */
final class ServiceNotices {
  private static final Logger LOG = LoggerFactory.getLogger(ServiceNotices.class);

  /** systemd advises half of the time that it waits; a busy machine needs more. */
  private static final int SIGNS_OF_LIFE_PER_PATIENCE = 3;

  private static final Duration NEVER = Duration.ofDays(1);

  private final Optional<String> command;
  private final InstantSource clock;
  private Duration patience;
  private Instant lastSign = Instant.EPOCH;
  private String lastStatus = "";

  private ServiceNotices(Optional<String> command, Duration patience, InstantSource clock) {
    this.command = command;
    this.patience = patience;
    this.clock = clock;
  }

  /**
   * Notices to whoever started this process.
   *
   * @param environment in which systemd says that it listens, and after how much silence it
   *     restarts the service
   * @param command that delivers them
   */
  static ServiceNotices of(Map<String, String> environment, String command, InstantSource clock) {
    var micros = environment.getOrDefault("WATCHDOG_USEC", "");
    var patience = micros.matches("[1-9][0-9]{0,17}") ? Long.parseLong(micros) / 1000 : 0;
    return new ServiceNotices(
        Optional.of(command).filter(unused -> environment.containsKey("NOTIFY_SOCKET")),
        patience > 0 ? Duration.ofMillis(patience) : NEVER,
        clock);
  }

  /** How often a sign of life is due. */
  Duration beat() {
    return patience.dividedBy(SIGNS_OF_LIFE_PER_PATIENCE);
  }

  /**
   * A cycle has ended.
   *
   * @param status what it saw, in a line
   * @param longestCycle how long one may take: systemd has to wait for longer than that
   */
  void cycleEnded(String status, Duration longestCycle) {
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
  void alive() {
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
      command.ifPresent(it -> start(it, notices));
    }
  }

  private static void start(String command, List<String> notices) {
    var line = new ArrayList<String>();
    line.add(command);
    line.addAll(notices);
    try {
      new ProcessBuilder(line)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start();
    } catch (IOException missing) {
      LOG.warn("systemd cannot be told {}", notices, missing);
    }
  }
}
