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

@Timeout(30)
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
  private List<String> told(int count) throws IOException {
    var told = new ArrayList<String>();
    while (told.size() < count) {
      told.add(systemd.next().replace('\n', ' '));
    }
    return told;
  }

  @Test
  void the_first_cycle_makes_it_ready_and_a_changed_sight_is_told() throws IOException {
    var notices = notices(SYSTEMD);

    notices.cycleEnded("4 instances, 0 drifts", CYCLE);
    notices.cycleEnded("4 instances, 0 drifts", CYCLE);
    notices.cycleEnded("4 instances, 1 drift", CYCLE);

    assertThat(told(2))
        .containsExactly(
            "READY=1 STATUS=4 instances, 0 drifts WATCHDOG=1", "STATUS=4 instances, 1 drift");
  }

  @Test
  void a_sign_of_life_is_given_three_times_while_systemd_waits_and_no_oftener() throws IOException {
    var notices = notices(SYSTEMD);
    assertThat(notices.beat()).isEqualTo(Duration.ofSeconds(20));

    notices.cycleEnded("well", CYCLE);
    pass(Duration.ofSeconds(19));
    notices.cycleEnded("well", CYCLE);
    pass(Duration.ofSeconds(1));
    notices.cycleEnded("well", CYCLE);
    pass(Duration.ofHours(-1));
    notices.alive();

    assertThat(told(3))
        .containsExactly("READY=1 STATUS=well WATCHDOG=1", "WATCHDOG=1", "WATCHDOG=1");
  }

  @Test
  void a_cycle_that_may_take_longer_than_systemd_waits_asks_for_more_time() throws IOException {
    var notices = notices(SYSTEMD);

    notices.cycleEnded("well", Duration.ofSeconds(30));

    assertThat(told(1)).containsExactly("READY=1 STATUS=well WATCHDOG_USEC=90000000 WATCHDOG=1");
    assertThat(notices.beat()).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void without_a_watchdog_only_changes_are_told() throws IOException {
    var notices = notices(Map.of("NOTIFY_SOCKET", "/run/systemd/notify"));

    notices.cycleEnded("well", CYCLE);
    pass(Duration.ofHours(5));
    notices.alive();
    notices.cycleEnded("ill", CYCLE);

    assertThat(told(2)).containsExactly("READY=1 STATUS=well", "STATUS=ill");
  }

  @Test
  void nobody_is_told_where_nobody_listens() throws IOException {
    var silent = notices(Map.of("WATCHDOG_USEC", "60000000"));
    var heard = notices(SYSTEMD);

    silent.cycleEnded("silent", CYCLE);
    heard.cycleEnded("heard", CYCLE);

    assertThat(told(1)).containsExactly("READY=1 STATUS=heard WATCHDOG=1");
  }

  @Test
  void a_systemd_that_was_started_anew_is_told_again() throws IOException {
    var notices = notices(SYSTEMD);
    notices.cycleEnded("well", CYCLE);
    systemd.close();
    notices.cycleEnded("unheard", CYCLE);
    listen();

    notices.cycleEnded("ill", CYCLE);

    assertThat(told(1)).containsExactly("STATUS=ill");
  }
}
