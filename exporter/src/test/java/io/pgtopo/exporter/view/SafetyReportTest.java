package io.pgtopo.exporter.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.exporter.testing.Stories;
import io.pgtopo.exporter.testing.World;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SafetyReportTest {
  private static final String OLD =
      "the servers were polled 31 s ago, which is too long to answer from";

  private static SafetyReport.ClusterSafety healthy(Duration age) {
    return SafetyReport.of(
            World.lasting(Stories.healthy()),
            name -> name.equals("pg-test"),
            SafetyQuestion.ANY,
            age)
        .clusters()
        .getFirst();
  }

  /** With a long interval a snapshot is shown for longer than its positions say anything. */
  @Test
  void positions_that_are_older_than_half_a_minute_make_no_switchover_safe() {
    assertThat(healthy(Duration.ofSeconds(30)).switchover()).isEqualTo("yes");
    assertThat(healthy(Duration.ofSeconds(30)).concerns()).isEmpty();

    var old = healthy(Duration.ofSeconds(31));
    assertThat(old.switchover()).isEqualTo("unknown");
    assertThat(old.concerns()).extracting(SafetyReport.SafetyConcern::text).containsExactly(OLD);
  }
}
