package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.history.Change;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.lab.Lab;
import io.pgtopo.lab.LabInstance;
import io.pgtopo.lab.Postgres;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Polls that run while a server leaves recovery. The race within one statement is too short to be
 * hit at will; {@code RetryTest} has what follows from it.
 */
class PromotionIT {
  private static final int OBSERVERS = 4;

  @Test
  void no_poll_fails_because_of_a_promotion() throws Exception {
    try (var lab = Lab.open(Postgres.version(18), progress -> {})) {
      var cluster =
          lab.cluster("pg-test").primary(1).replica(2).replica(3).replica(4).replica(5).start();
      for (var replica : cluster.instances().subList(1, 5)) {
        var begun = new CountDownLatch(OBSERVERS);
        var observers =
            IntStream.range(0, OBSERVERS)
                .mapToObj(i -> new FutureTask<>(() -> untilPromoted(replica, begun)))
                .toList();
        observers.forEach(Thread.ofVirtual()::start);
        begun.await();

        replica.promote();

        for (var observer : observers) {
          assertThat(observer.get())
              .hasSizeGreaterThan(1)
              .allSatisfy(seen -> assertThat(seen).isInstanceOf(Observation.Reachable.class));
        }
      }
    }
  }

  @Test
  void a_promotion_is_reported_with_the_begin_of_its_timeline() {
    try (var lab = Lab.open(Postgres.version(18), progress -> {})) {
      var cluster = lab.cluster("pg-test").primary(1).replica(2).start();
      try (var watch = Watch.of(lab)) {
        watch.untilDriftsAre();
        var before = Instant.now();
        cluster.instance(1).stop();
        cluster.instance(2).promote();

        var snapshot =
            watch.until(
                "a promotion in the journal",
                seen -> seen.changes().stream().anyMatch(PromotionIT::isPromotion));

        assertThat(snapshot.changes())
            .filteredOn(
                change -> isPromotion(change) || change.kind() == Change.Kind.TIMELINE_SWITCHED)
            .hasSize(2)
            .allSatisfy(
                change ->
                    // The clock of a file system is coarse.
                    assertThat(change.serverTime().orElseThrow())
                        .isBetween(before.minusSeconds(1), change.at()));
      }
    }
  }

  private static boolean isPromotion(Change change) {
    return change.kind() == Change.Kind.PROMOTED;
  }

  /** All observations, polled without a pause, until one that shows the promotion. */
  private static List<Observation> untilPromoted(LabInstance replica, CountDownLatch begun) {
    var seen = new ArrayList<Observation>();
    var end = Instant.now().plusSeconds(120);
    try (var probe = Polls.probe(Polls.LOGIN)) {
      while (seen.isEmpty() || !isPromoted(seen.getLast())) {
        assertThat(Instant.now()).isBefore(end);
        seen.add(probe.observe(Polls.endpoint(replica)));
        if (seen.size() == 1) {
          begun.countDown();
        }
      }
    }
    return seen;
  }

  private static boolean isPromoted(Observation seen) {
    return seen instanceof Observation.Reachable there
        && there.facts().state() instanceof ServerState.InProduction;
  }
}
