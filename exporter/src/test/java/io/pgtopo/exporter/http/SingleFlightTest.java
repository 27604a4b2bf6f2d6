package io.pgtopo.exporter.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SingleFlightTest {
  private final AtomicInteger begun = new AtomicInteger();

  @Test
  void nobody_gets_what_began_before_the_question()
      throws InterruptedException, ExecutionException {
    var isUnderWay = new CountDownLatch(1);
    var mayEnd = new CountDownLatch(1);
    var together =
        new SingleFlight<>(
            new RenderLimit(2),
            () -> {
              var number = begun.incrementAndGet();
              if (number == 1) {
                isUnderWay.countDown();
                await(mayEnd);
              }
              return number;
            });
    try (var askers = Executors.newVirtualThreadPerTaskExecutor()) {
      var first = askers.submit(together::take);
      isUnderWay.await();
      var late = new ArrayList<Callable<Integer>>();
      for (var i = 0; i < 100; i++) {
        late.add(() -> together.take().orElseThrow());
      }
      var answers = late.stream().map(askers::submit).toList();
      mayEnd.countDown();

      assertThat(first.get()).contains(1);
      for (var answer : answers) {
        assertThat(answer.get()).isGreaterThan(1);
      }
    }
    assertThat(together.take().orElseThrow()).isEqualTo(begun.get());
  }

  @Test
  void those_who_ask_at_once_share_the_work() throws InterruptedException, ExecutionException {
    var turns = new RenderLimit(2);
    var holdsTurn = new CountDownLatch(1);
    var mayEnd = new CountDownLatch(1);
    var together = new SingleFlight<>(turns, begun::incrementAndGet);
    try (var askers = Executors.newVirtualThreadPerTaskExecutor()) {
      var other =
          askers.submit(
              () ->
                  turns.take(
                      () -> {
                        holdsTurn.countDown();
                        await(mayEnd);
                        return 0;
                      }));
      holdsTurn.await();
      var asked = new CountDownLatch(50);
      var all = new ArrayList<java.util.concurrent.Future<Integer>>();
      for (var i = 0; i < 50; i++) {
        all.add(
            askers.submit(
                () -> {
                  asked.countDown();
                  return together.take().orElseThrow();
                }));
      }
      asked.await();
      mayEnd.countDown();

      assertThat(other.get()).contains(0);
      for (var answer : all) {
        assertThat(answer.get()).isPositive();
      }
    }
    // A few may come just after the turn: far fewer pieces of work than askers in any case.
    assertThat(begun.get()).isLessThan(25);
  }

  @Test
  void a_failure_is_that_of_all_who_waited_and_of_nobody_after() {
    var together =
        new SingleFlight<>(
            new RenderLimit(2),
            () -> {
              if (begun.incrementAndGet() == 1) {
                throw new IllegalStateException("told by the test");
              }
              return "well";
            });

    assertThatThrownBy(together::take).isInstanceOf(IllegalStateException.class);
    assertThat(together.take()).contains("well");
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }
}
