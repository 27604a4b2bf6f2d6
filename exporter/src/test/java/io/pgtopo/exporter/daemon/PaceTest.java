package io.pgtopo.exporter.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PaceTest {
  private static final Duration INTERVAL = Duration.ofSeconds(5);
  private static final Duration QUICK = Duration.ofSeconds(1);
  private static final Duration CHEAP = Duration.ofMillis(20);

  private final Pace pace = new Pace();

  @Test
  void what_is_urgent_is_looked_at_each_second() {
    assertThat(pace.afterCycle(true, CHEAP, INTERVAL)).isEqualTo(QUICK);
    assertThat(pace.afterCycle(false, CHEAP, INTERVAL)).isEqualTo(INTERVAL);
  }

  @Test
  void a_shorter_interval_stays() {
    var interval = Duration.ofMillis(200);
    assertThat(pace.afterCycle(true, CHEAP, interval)).isEqualTo(interval);
  }

  @Test
  void cycles_that_are_work_are_not_made_more_often() {
    assertThat(pace.afterCycle(true, Duration.ofMillis(501), INTERVAL)).isEqualTo(INTERVAL);
  }

  @Test
  void what_stays_urgent_is_looked_at_so_for_half_a_minute_only() {
    for (var cycle = 0; cycle < 30; cycle++) {
      assertThat(pace.afterCycle(true, CHEAP, INTERVAL)).isEqualTo(QUICK);
    }
    assertThat(pace.afterCycle(true, CHEAP, INTERVAL)).isEqualTo(INTERVAL);
    assertThat(pace.afterCycle(true, CHEAP, INTERVAL)).isEqualTo(INTERVAL);
    pace.afterCycle(false, CHEAP, INTERVAL);
    assertThat(pace.afterCycle(true, CHEAP, INTERVAL)).isEqualTo(QUICK);
  }
}
