package io.pgtopo.exporter.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RepeatedFailureTest {
  @Test
  void the_same_is_told_ever_more_rarely() {
    var repetition = new RepeatedFailure();

    assertThat(
            LongStream.range(0, 20)
                .map(unused -> repetition.happened("no memory"))
                .filter(RepeatedFailure::isWorthTelling))
        .containsExactly(1L, 2L, 4L, 8L, 16L);
  }

  @Test
  void something_else_and_an_end_start_anew() {
    var repetition = new RepeatedFailure();
    repetition.happened("no memory");
    repetition.happened("no memory");

    assertThat(repetition.happened("no disk")).isEqualTo(1);
    repetition.ended();
    assertThat(repetition.happened("no disk")).isEqualTo(1);
  }
}
