package io.pgtopo.agent.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** By a clock that moves only while something waits. */
class WaitTimeTest {
  private static final Duration LIMIT = Duration.ofMillis(1600);
  private static final long SLICE = 100;

  private long millis;

  private final WaitTime time = new WaitTime(LIMIT, () -> Instant.ofEpochMilli(millis));

  /**
   * A poll that ends at a time.
   *
   * @param late how much later than it should the agent continues after each wait
   */
  private Future<String> pollUntil(long end, long late) {
    return new CompletableFuture<>() {
      @Override
      public String get(long timeout, TimeUnit unit) throws TimeoutException {
        if (end - millis <= unit.toMillis(timeout)) {
          millis = Math.max(millis, end);
          return "facts";
        }
        millis += unit.toMillis(timeout) + late;
        throw new TimeoutException();
      }
    };
  }

  @Test
  void a_server_that_is_silent_until_the_limit_is_late() {
    assertThatThrownBy(() -> time.await(pollUntil(Long.MAX_VALUE, 0), () -> true))
        .isInstanceOf(TimeoutException.class);

    assertThat(millis).isEqualTo(1600);
    assertThat(time.waited()).isEqualTo(LIMIT);
  }

  @Test
  void an_answer_before_the_limit_is_in_time() throws Exception {
    assertThat(time.await(pollUntil(1599, 0), () -> true)).isEqualTo("facts");
    assertThat(time.waited()).isEqualTo(Duration.ofMillis(1500));
  }

  @Test
  void time_in_which_the_poll_could_not_run_is_not_counted() throws Exception {
    assertThat(time.await(pollUntil(60_000, 0), () -> false)).isEqualTo("facts");
    assertThat(time.waited()).isZero();
  }

  @Test
  void an_agent_that_stood_still_has_waited_for_two_slices_at_most() throws Exception {
    assertThat(time.await(pollUntil(30_000, 5000), () -> true)).isEqualTo("facts");
    assertThat(time.waited()).isEqualTo(Duration.ofMillis(6 * 2 * SLICE));
  }

  @Test
  void a_clock_that_stands_still_or_is_set_delays_no_limit() {
    var calls = new AtomicInteger();
    InstantSource wild = () -> Instant.ofEpochSecond(calls.incrementAndGet() % 3 * 3600L);
    var set = new WaitTime(LIMIT, wild);

    assertThatThrownBy(() -> set.await(pollUntil(Long.MAX_VALUE, 0), () -> true))
        .isInstanceOf(TimeoutException.class);

    assertThat(millis).isBetween(800L, 1600L);
  }

  @Test
  void a_silent_server_is_late_on_a_busy_machine_too() {
    assertThatThrownBy(
            () -> time.await(pollUntil(Long.MAX_VALUE, SLICE / 2), () -> millis % (6 * SLICE) != 0))
        .isInstanceOf(TimeoutException.class);

    assertThat(time.waited()).isGreaterThanOrEqualTo(LIMIT);
  }
}
