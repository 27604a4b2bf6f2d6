package io.pgtopo.exporter.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RepeatedFailureTest {
  @Test
  void the_same_failure_is_logged_ever_more_rarely() {
    var repetition = new RepeatedFailure();

    assertThat(
            LongStream.range(0, 20)
                .map(unused -> repetition.happened("no memory"))
                .filter(RepeatedFailure::isWorthLogging))
        .containsExactly(1L, 2L, 4L, 8L, 16L);
  }

  @Test
  void another_failure_or_a_success_resets_the_count() {
    var repetition = new RepeatedFailure();
    repetition.happened("no memory");
    repetition.happened("no memory");

    assertThat(repetition.happened("no disk")).isEqualTo(1);
    repetition.ended();
    assertThat(repetition.happened("no disk")).isEqualTo(1);
  }
}
