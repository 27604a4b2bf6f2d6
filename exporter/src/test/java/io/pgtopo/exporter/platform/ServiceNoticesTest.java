package io.pgtopo.exporter.platform;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.exporter.testing.World;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ServiceNoticesTest {
  private static final Duration CYCLE = Duration.ofSeconds(2);
  private static final Map<String, String> SYSTEMD =
      Map.of("NOTIFY_SOCKET", "/run/systemd/notify", "WATCHDOG_USEC", "60000000");

  @TempDir private Path folder;

  private final AtomicReference<Instant> now = new AtomicReference<>(World.START);
  private ListeningSocket systemd;

  @BeforeEach
  void listen() throws IOException {
    systemd = ListeningSocket.at(folder.resolve("notify"));
  }

  @AfterEach
  void endListening() {
    systemd.close();
  }

  private ServiceNotices notices(Map<String, String> environment) {
    var all = new HashMap<>(environment);
    all.replace("NOTIFY_SOCKET", systemd.path());
    return ServiceNotices.of(all, now::get);
  }

  private void pass(Duration time) {
    now.updateAndGet(before -> before.plus(time));
  }

  /** The next notices, each with its parts in a line. */
  private List<String> received(int count) throws IOException {
    var received = new ArrayList<String>();
    while (received.size() < count) {
      received.add(systemd.next().replace('\n', ' '));
    }
    return received;
  }

  @Test
  void the_first_cycle_makes_it_ready_and_a_changed_status_is_sent() throws IOException {
    var notices = notices(SYSTEMD);

    notices.cycleEnded("4 instances, 0 drifts", CYCLE);
    notices.cycleEnded("4 instances, 0 drifts", CYCLE);
    notices.cycleEnded("4 instances, 1 drift", CYCLE);

    assertThat(received(2))
        .containsExactly(
            "READY=1 STATUS=4 instances, 0 drifts WATCHDOG=1", "STATUS=4 instances, 1 drift");
  }

  @Test
  void the_watchdog_is_pinged_three_times_in_each_timeout() throws IOException {
    var notices = notices(SYSTEMD);
    assertThat(notices.pingInterval()).isEqualTo(Duration.ofSeconds(20));

    notices.cycleEnded("well", CYCLE);
    pass(Duration.ofSeconds(19));
    notices.cycleEnded("well", CYCLE);
    pass(Duration.ofSeconds(1));
    notices.cycleEnded("well", CYCLE);
    pass(Duration.ofHours(-1));
    notices.alive();

    assertThat(received(3))
        .containsExactly("READY=1 STATUS=well WATCHDOG=1", "WATCHDOG=1", "WATCHDOG=1");
  }

  @Test
  void a_cycle_that_may_exceed_the_watchdog_timeout_extends_it() throws IOException {
    var notices = notices(SYSTEMD);

    notices.cycleEnded("well", Duration.ofSeconds(30));

    assertThat(received(1))
        .containsExactly("READY=1 STATUS=well WATCHDOG_USEC=90000000 WATCHDOG=1");
    assertThat(notices.pingInterval()).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void without_a_watchdog_only_changes_are_sent() throws IOException {
    var notices = notices(Map.of("NOTIFY_SOCKET", "/run/systemd/notify"));

    notices.cycleEnded("well", CYCLE);
    pass(Duration.ofHours(5));
    notices.alive();
    notices.cycleEnded("ill", CYCLE);

    assertThat(received(2)).containsExactly("READY=1 STATUS=well", "STATUS=ill");
  }

  @Test
  void nothing_is_sent_without_a_listener() throws IOException {
    var silent = notices(Map.of("WATCHDOG_USEC", "60000000"));
    var heard = notices(SYSTEMD);

    silent.cycleEnded("silent", CYCLE);
    heard.cycleEnded("heard", CYCLE);

    assertThat(received(1)).containsExactly("READY=1 STATUS=heard WATCHDOG=1");
  }

  @Test
  void a_restarted_systemd_is_notified_again() throws IOException {
    var notices = notices(SYSTEMD);
    notices.cycleEnded("well", CYCLE);
    systemd.close();
    notices.cycleEnded("unheard", CYCLE);
    listen();

    notices.cycleEnded("ill", CYCLE);

    assertThat(received(1)).containsExactly("STATUS=ill");
  }
}
