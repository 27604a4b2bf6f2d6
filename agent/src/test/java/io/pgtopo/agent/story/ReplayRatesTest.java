package io.pgtopo.agent.story;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.observation.Lsn;
import io.pgtopo.agent.topology.AddressBook;
import io.pgtopo.agent.topology.Inference;
import io.pgtopo.agent.topology.ReplayRates;
import io.pgtopo.agent.topology.WrittenTimes;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How long a replica needs for its backlog, by how fast it replayed between polls. */
class ReplayRatesTest {
  private static final long BACKLOG = 16_777_216;

  private WrittenTimes times = WrittenTimes.NONE;

  /** The range after a poll; empty if no rate was measured. */
  private Optional<ReplayRates.Range> at(int second, String received, String replayed) {
    var story =
        Story.parse(
            """
            story: A story for a test.
            inventory: { pg-test: { pg-test-1: primary, pg-test-2: replica } }
            phases:
              - say: So it is.
                at: 0s
                observe:
                  pg-test-1: { production: %1$s, walsenders: [pg-test-2] }
                  pg-test-2: { recovery: %2$s, received: %1$s, walreceiver: pg-test-1 }
                expect: { roles: [] }
            """
                .formatted(received, replayed));
    var observations = new Stage(story.cast()).observations(story.phases().getFirst());
    var live = Inference.infer(observations, AddressBook.of(story.inventory()));
    times = times.next(live, Instant.EPOCH.plusSeconds(second));
    var standby = live.at(story.cast().endpoint("pg-test-2")).orElseThrow();
    return times.rates().toReplay(standby, Lsn.parse("0/1000000").value());
  }

  private static Optional<ReplayRates.Range> range(int least, int most) {
    return Optional.of(new ReplayRates.Range(Duration.ofSeconds(least), Duration.ofSeconds(most)));
  }

  @Test
  void the_slowest_and_the_fastest_rate_make_a_range() {
    assertThat(BACKLOG).isEqualTo(Lsn.parse("0/1000000").value());
    assertThat(at(0, "0/9000000", "0/1000000")).isEmpty();
    assertThat(at(10, "0/9000000", "0/2000000")).isEqualTo(range(10, 10));
    assertThat(at(20, "0/9000000", "0/4000000")).isEqualTo(range(5, 10));
  }

  @Test
  void what_replays_all_that_comes_shows_no_rate() {
    at(0, "0/1000000", "0/1000000");
    assertThat(at(10, "0/2000000", "0/2000000")).isEmpty();
    assertThat(at(20, "0/3000000", "0/2800000")).isEmpty();
  }

  @Test
  void a_replay_that_stands_still_shows_no_rate() {
    at(0, "0/9000000", "0/1000000");
    assertThat(at(10, "0/9000000", "0/1000000")).isEmpty();
  }

  @Test
  void a_replica_that_was_rebuilt_begins_anew() {
    at(0, "0/9000000", "0/2000000");
    at(10, "0/9000000", "0/3000000");
    assertThat(at(20, "0/9000000", "0/1000000")).isEmpty();
  }
}
