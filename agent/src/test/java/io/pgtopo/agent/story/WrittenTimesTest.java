package io.pgtopo.agent.story;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.topology.AddressBook;
import io.pgtopo.agent.topology.Inference;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.agent.topology.WrittenTimes;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How long a replica is behind, by what earlier polls saw its primary write. */
class WrittenTimesTest {
  private WrittenTimes times = WrittenTimes.NONE;

  private static Topology poll(String primary, String replica) {
    var story =
        Story.parse(
            """
            story: A story for a test.
            inventory: { pg-test: { pg-test-1: primary, pg-test-2: replica } }
            phases:
              - say: So it is.
                at: 0s
                observe:
                  pg-test-1: %s
                  pg-test-2: { %s, walreceiver: pg-test-1 }
                expect: { roles: [] }
            """
                .formatted(primary, replica));
    var observations = new Stage(story.cast()).observations(story.phases().getFirst());
    return Inference.infer(observations, AddressBook.of(story.inventory()));
  }

  /** The lag in seconds after a poll; -1 if it is unknown. */
  private long lagAt(int second, String written, String replayed) {
    return lag(
        second,
        "{ production: %s, walsenders: [pg-test-2] }".formatted(written),
        "recovery: " + replayed);
  }

  private long lag(int second, String primary, String replica) {
    var live = poll(primary, replica);
    times = times.next(live, Instant.EPOCH.plusSeconds(second));
    return live.clusters().values().stream()
        .flatMap(cluster -> cluster.links().stream())
        .findFirst()
        .flatMap(link -> times.replayLag(link, live))
        .map(Duration::toSeconds)
        .or(() -> Optional.of(-1L))
        .get();
  }

  @Test
  void a_replica_that_has_replayed_all_has_no_lag_however_long_nothing_is_written() {
    assertThat(lagAt(0, "0/5000000", "0/5000000")).isZero();
    assertThat(lagAt(3600, "0/5000000", "0/5000000")).isZero();
  }

  @Test
  void a_lag_begins_when_the_first_byte_that_is_not_replayed_was_seen() {
    lagAt(0, "0/5000000", "0/5000000");
    assertThat(lagAt(3600, "0/6000000", "0/5000000")).isZero();
    assertThat(lagAt(3610, "0/7000000", "0/5000000")).isEqualTo(10);

    assertThat(lagAt(3620, "0/8000000", "0/6000000")).isEqualTo(10);
    assertThat(lagAt(3630, "0/8000000", "0/8000000")).isZero();
  }

  @Test
  void the_wal_of_a_later_timeline_is_not_compared() {
    lagAt(0, "0/5000000", "0/5000000");
    lagAt(10, "0/6000000", "0/5000000");

    assertThat(
            lag(
                20,
                "{ production: 0/6000100, timeline: 2, walsenders: [pg-test-2] }",
                "recovery: 0/5000000, timeline: 2"))
        .isEqualTo(-1);
  }

  @Test
  void a_lag_that_was_there_before_the_first_poll_is_unknown_and_then_at_least_what_was_seen() {
    assertThat(lagAt(0, "0/6000000", "0/5000000")).isEqualTo(-1);
    assertThat(lagAt(10, "0/6000000", "0/5000000")).isEqualTo(10);
  }

  @Test
  void nothing_is_told_where_the_distance_is_unknown() {
    assertThat(lag(0, "refused", "recovery: 0/5000000")).isEqualTo(-1);
  }

  @Test
  void a_long_lag_is_never_told_longer_than_it_is_and_not_much_shorter() {
    lagAt(0, "1/0", "1/0");
    for (var second = 1; second <= 4000; second += 2) {
      var lag = lagAt(second, "1/%08X".formatted(second * 1000), "1/0");

      assertThat(lag).isBetween((second - 1) * 7L / 8 - 2, second - 1L);
    }
  }
}
