package io.pgtopo.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ServerParametersTest {
  private static final ServerParameters STANDBY =
      ServerParameters.NONE
          .with("primary_conninfo", "host=127.77.1.1 application_name='it''s'")
          .with("port", "5432");

  @Test
  void settings_are_lines_sorted_by_name_with_quotes_doubled() {
    assertThat(STANDBY.text())
        .isEqualTo(
            """
            port = '5432'
            primary_conninfo = 'host=127.77.1.1 application_name=''it''''s'''
            """);
  }

  @Test
  void up_to_version_11_recovery_settings_have_a_file_of_their_own() {
    assertThat(STANDBY.textWithoutRecovery()).isEqualTo("port = '5432'\n");
    assertThat(STANDBY.recoveryText())
        .isEqualTo(
            """
            primary_conninfo = 'host=127.77.1.1 application_name=''it''''s'''
            recovery_target_timeline = 'latest'
            standby_mode = 'on'
            """);
  }

  @Test
  void a_later_value_replaces_an_earlier_one() {
    assertThat(STANDBY.with("port", "1").textWithoutRecovery()).isEqualTo("port = '1'\n");
  }

  @Test
  void an_interval_is_written_in_the_largest_unit_that_leaves_no_rest() {
    assertThat(ServerParameters.interval(Duration.ofDays(2))).isEqualTo("2d");
    assertThat(ServerParameters.interval(Duration.ofHours(1))).isEqualTo("1h");
    assertThat(ServerParameters.interval(Duration.ofMinutes(90))).isEqualTo("90min");
    assertThat(ServerParameters.interval(Duration.ofSeconds(61))).isEqualTo("61s");
    assertThat(ServerParameters.interval(Duration.ofMillis(1_500))).isEqualTo("1500ms");
    assertThat(ServerParameters.interval(Duration.ZERO)).isEqualTo("0ms");
  }
}
