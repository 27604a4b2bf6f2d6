package io.pgtopo.agent.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Cells as PostgreSQL prints them, and as it does not. */
class RowTest {
  private static Row of(String text) {
    return new Row(Map.of("seconds", text));
  }

  /** Before 14, {@code extract} returns a double precision. */
  @ParameterizedTest
  @CsvSource({
    "8.353560999999999, 8353",
    "0.00012345678901234567, 0",
    "9.3e-05, 0",
    "12, 12000",
    "1.5, 1500",
    "-0.25, 0"
  })
  void seconds_are_read_in_each_form_of_a_number(String text, long millis) {
    assertThat(of(text).duration("seconds")).hasValue(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @CsvSource({
    "1764425912.187, 2025-11-29T14:18:32.187Z",
    "1764425912.1870001, 2025-11-29T14:18:32.187000100Z",
    "1764425912, 2025-11-29T14:18:32Z"
  })
  void a_moment_is_read_in_each_form_of_a_number(String text, Instant moment) {
    assertThat(of(text).instant("seconds")).hasValue(moment);
  }

  /** They are given out up to the last one, and then from the first again. */
  @ParameterizedTest
  @ValueSource(longs = {5, 16_384, 2_147_483_648L, 4_294_967_295L})
  void an_oid_is_read_to_the_last_one(long oid) {
    assertThat(of(String.valueOf(oid)).oid("seconds")).hasValue(oid);
  }

  @ParameterizedTest
  @ValueSource(strings = {"4294967296", "-1", "x"})
  void what_is_no_oid_is_refused(String text) {
    assertThatThrownBy(() -> of(text).oid("seconds")).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"Infinity", "NaN", "1e+99", "1e-999", "x", "--1", "1.", "999999999999999999"})
  void what_is_no_number_of_seconds_is_refused(String text) {
    assertThatThrownBy(() -> of(text).duration("seconds"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
