package io.pgtopo.agent.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OpeningsTest {
  private static final int MANY = 500;

  private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
  private final Openings openings = new Openings(timer);

  @AfterEach
  void stop() {
    timer.shutdownNow();
  }

  /** A thread that opens a connection, which takes the work; none if it is interrupted. */
  private Thread open(Runnable work) {
    return Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              try {
                openings.enter();
              } catch (InterruptedException cancelled) {
                return;
              }
              try {
                work.run();
              } finally {
                openings.leave();
              }
            });
  }

  @Test
  void any_number_may_wait_for_their_servers() throws Exception {
    var opening = new CountDownLatch(MANY);
    var answer = new CountDownLatch(1);
    try (var polls = Executors.newVirtualThreadPerTaskExecutor()) {
      var all =
          IntStream.range(0, MANY)
              .mapToObj(i -> polls.submit(() -> open(opening, answer)))
              .toList();

      opening.await();
      answer.countDown();

      for (var poll : all) {
        assertThat(poll.get()).isTrue();
      }
    }
  }

  private boolean open(CountDownLatch opening, CountDownLatch answer) throws InterruptedException {
    openings.enter();
    opening.countDown();
    answer.await();
    openings.leave();
    return true;
  }

  @Test
  void one_more_waits_for_its_turn_while_enough_others_have_work() throws Exception {
    var isWorking = new AtomicBoolean(true);
    var working = new CountDownLatch(Openings.MOST_WITH_WORK);
    var busy = new ArrayList<Thread>();
    for (var i = 0; i < Openings.MOST_WITH_WORK; i++) {
      busy.add(
          open(
              () -> {
                working.countDown();
                while (isWorking.get()) {
                  Thread.onSpinWait();
                }
              }));
    }
    working.await();
    var opened = new AtomicBoolean();
    var next = open(() -> opened.set(true));
    while (next.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }

    assertThat(openings.isWaitingForOthers(next)).as("its own agent lets it wait").isFalse();
    assertThat(opened).isFalse();

    isWorking.set(false);
    next.join();
    for (var thread : busy) {
      thread.join();
    }
    assertThat(opened).isTrue();
  }

  @Test
  void one_that_is_cancelled_while_it_waits_holds_up_no_other() throws Exception {
    var isWorking = new AtomicBoolean(true);
    var working = new CountDownLatch(Openings.MOST_WITH_WORK);
    for (var i = 0; i < Openings.MOST_WITH_WORK; i++) {
      open(
          () -> {
            working.countDown();
            while (isWorking.get()) {
              Thread.onSpinWait();
            }
          });
    }
    working.await();
    var opened = new AtomicBoolean();
    var waiting = List.of(open(() -> opened.set(false)), open(() -> opened.set(true)));

    waiting.getFirst().interrupt();
    isWorking.set(false);

    waiting.getLast().join();
    assertThat(opened).isTrue();
  }
}
