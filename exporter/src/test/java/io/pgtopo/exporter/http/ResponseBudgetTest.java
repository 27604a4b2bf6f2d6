package io.pgtopo.exporter.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ResponseBudgetTest {
  private final ResponseBudget budget = new ResponseBudget(2, 10, ctx -> {});

  private final AtomicInteger aborted = new AtomicInteger();

  private InputStream send(Object text, long bytes) {
    return budget.hold(
        text, bytes, new ByteArrayInputStream(new byte[] {1, 2, 3}), aborted::incrementAndGet);
  }

  @Test
  void responses_with_the_oldest_text_are_aborted_for_a_new_one() throws IOException {
    var first = new Object();
    var one = send(first, 6);
    var other = send(first, 6);
    assertThat(one.read()).isEqualTo(1);

    var newer = send(new Object(), 6);

    assertThatThrownBy(one::read).isInstanceOf(IOException.class);
    assertThatThrownBy(other::readAllBytes).hasMessage("the client reads this response too slowly");
    assertThat(newer.readAllBytes()).containsExactly(1, 2, 3);
    assertThat(budget.count()).isZero();
    assertThat(aborted).hasValue(2);
  }

  @Test
  void a_response_is_rendered_on_a_thread_whose_writers_have_whole_buffers() throws Exception {
    Callable<Boolean> isVirtual = () -> budget.render(() -> Thread.currentThread().isVirtual());
    try (var requests = Executors.newVirtualThreadPerTaskExecutor()) {
      assertThat(requests.submit(isVirtual).get()).isFalse();
    }
  }

  @Test
  void a_failure_to_render_is_that_of_the_response() {
    assertThatThrownBy(
            () ->
                budget.render(
                    () -> {
                      throw new IllegalStateException("a bug");
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("a bug");
  }

  @Test
  void many_clients_of_one_text_use_no_more_than_one() throws IOException {
    var text = new Object();
    var first = send(text, 9);
    for (var i = 0; i < 100; i++) {
      send(text, 9);
    }
    assertThat(budget.count()).isEqualTo(101);
    assertThat(first.readAllBytes()).hasSize(3);
    assertThat(budget.count()).isEqualTo(100);
  }

  @Test
  void a_text_that_no_client_reads_does_not_count() throws IOException {
    var closed = send(new Object(), 6);
    closed.close();
    var second = send(new Object(), 4);

    var third = send(new Object(), 6);

    assertThat(second.readAllBytes()).hasSize(3);
    assertThat(third.readAllBytes()).hasSize(3);
  }

  @Test
  void a_text_that_exceeds_the_limit_is_sent_alone() throws IOException {
    var small = send(new Object(), 1);

    var large = send(new Object(), 100);

    assertThat(large.readAllBytes()).hasSize(3);
    assertThatThrownBy(small::read).isInstanceOf(IOException.class);
  }

  @Test
  @Timeout(120)
  void half_of_the_processors_render_at_once() throws InterruptedException, ExecutionException {
    var four = new ResponseBudget(4, 10, ctx -> {});
    var running = new AtomicInteger();
    var most = new AtomicInteger();
    var isFull = new CountDownLatch(2);
    Callable<Integer> rendering =
        () ->
            four.render(
                () -> {
                  most.accumulateAndGet(running.incrementAndGet(), Math::max);
                  isFull.countDown();
                  await(isFull);
                  running.decrementAndGet();
                  return 1;
                });
    try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var rendered : clients.invokeAll(Collections.nCopies(50, rendering))) {
        assertThat(rendered.get()).isEqualTo(1);
      }
    }

    assertThat(most).hasValue(2);
  }

  @Test
  void a_rendering_that_fails_makes_room_for_the_next_one() {
    for (var i = 0; i < 3; i++) {
      assertThatThrownBy(() -> budget.render(ResponseBudgetTest::fail))
          .isInstanceOf(IllegalStateException.class);
    }
    assertThat(budget.render(() -> "well")).isEqualTo("well");
  }

  private static Object fail() {
    throw new IllegalStateException("thrown by the test");
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }
}
