package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Severity;
import io.pgtopo.agent.judge.JudgedDrift;
import io.pgtopo.agent.track.TrackedDrift;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * An agent that polls without a pause a cluster that a real HA manager runs. Each condition is
 * waited for by polling, so every poll in between counts.
 */
@DisplayName("PatroniIT (skipped where Patroni, etcd or Debian's PostgreSQL is not installed)")
class PatroniIT {
  private static final int SWITCHOVERS = 20;
  private static final String SWAPPED = "role_swapped pg-test";
  private static final String SPLIT_BRAIN = "multiple_primaries pg-test";

  /** What lasts as long fires by default. */
  private static final Duration DEFAULT_HYSTERESIS = Duration.ofSeconds(15);

  private final PatroniCluster cluster = PatroniCluster.start();
  private final Watch watch = Watch.byDefault(cluster.inventory());

  /** The longest time that each drift was open, by severity, kind and subject. */
  private final Map<String, Duration> seen = new TreeMap<>();

  /** Since when the last polls in a row have seen each drift. */
  private final Map<String, Instant> runs = new TreeMap<>();

  /** When each role swap began. */
  private final Set<Instant> swaps = new HashSet<>();

  private int polls;

  @BeforeAll
  static void needsPatroni() {
    assumeTrue(PatroniCluster.isInstalled(), "Patroni, etcd or PostgreSQL is not installed");
  }

  @AfterEach
  void close() {
    watch.close();
    cluster.close();
  }

  @Test
  void twenty_switchovers_are_one_info_drift_each_and_never_an_alarm() {
    untilDriftsAre();
    int leader = 1;
    int away = 0;
    for (int i = 0; i < SWITCHOVERS; i++) {
      int next = leader % 3 + 1;
      switchOver(leader, next);
      leader = next;
      away += next == 1 ? 0 : 1;
    }

    System.out.printf("%d switchovers, %d polls, longest: %s%n", SWITCHOVERS, polls, seen);
    assertThat(watch.alarms()).isEmpty();
    assertThat(swaps).as("one for each switchover that leaves another primary").hasSize(away);
    seen.forEach(
        (drift, longest) -> {
          assertThat(drift).doesNotStartWith("critical");
          if (!drift.equals("info " + SWAPPED)) {
            assertThat(longest).as(drift).isLessThan(DEFAULT_HYSTERESIS);
          }
        });
  }

  /** The declared primary is pg-test-1: a switchover back to it leaves nothing at all. */
  private void switchOver(int leader, int next) {
    until("all is settled", snapshot -> cluster.isSettled(leader));
    var answer = cluster.switchover(leader, next);
    until("Patroni is done", snapshot -> answer.isDone());
    assertThat(answer.join().statusCode()).as(answer.join().body()).isEqualTo(200);
    var settled = until("pg-test-" + next + " leads", snapshot -> isAsExpected(snapshot, next));
    assertThat(settled.judgement().drifts())
        .filteredOn(drift -> drift.tracked().presence() == TrackedDrift.Presence.SEEN)
        .extracting(JudgedDrift::severity)
        .allMatch(severity -> severity == Severity.INFO);
  }

  private boolean isAsExpected(Snapshot snapshot, int leader) {
    var drifts = Watch.drifts(snapshot);
    return leader == 1
        ? drifts.isEmpty()
        : drifts.equals(List.of(SWAPPED))
            && watch
                .sentence(snapshot, SWAPPED)
                .contains("live pg-test-" + leader + " is the primary");
  }

  @Test
  void a_killed_primary_its_return_by_hand_and_a_promotion_by_hand_are_what_is_documented() {
    untilDriftsAre();

    var killed = Instant.now();
    cluster.kill(1);
    detected(
        "kill -9 of the primary",
        killed,
        "instance_unreachable pg-test-1",
        "replica_detached pg-test-2",
        "replica_detached pg-test-3",
        "unverifiable no_primary pg-test");
    until("a failover", snapshot -> cluster.leads(2) || cluster.leads(3));
    int leader = cluster.leads(2) ? 2 : 3;
    var failedOver = "role_mismatch pg-test-" + leader;
    detected("failover by Patroni", killed, "instance_unreachable pg-test-1", failedOver);
    assertThat(watch.alarms()).isEmpty();

    cluster.startByHand(1);
    var second = Instant.now();
    detected("the old primary started by hand", second, SPLIT_BRAIN, failedOver);
    assertThat(watch.alarms()).containsExactly(SPLIT_BRAIN);
    until(
        "advice under Patroni",
        seen ->
            watch.advice(seen, SPLIT_BRAIN).contains("Pause Patroni (patronictl pause pg-test)"));

    cluster.killByHand(1);
    cluster.manage(1);
    until("pg-test-1 is back", snapshot -> cluster.isSettled(leader));
    untilDriftsAre(SWAPPED);

    // Otherwise its Patroni demotes it again within a moment that a slow machine misses.
    int replica = 5 - leader;
    cluster.freezeManager(replica);
    var promoted = Instant.now();
    cluster.execute(replica, "SELECT pg_promote(false)");
    detected(
        "promotion by hand of a replica",
        promoted,
        SPLIT_BRAIN,
        "role_mismatch pg-test-1",
        "role_mismatch pg-test-2",
        "role_mismatch pg-test-3");
    cluster.thawManager(replica);
    untilDriftsAre(SWAPPED);
    // What each wrote as a second primary it has until Patroni has rewound it.
    assertThat(watch.alarms())
        .contains(SPLIT_BRAIN)
        .isSubsetOf(SPLIT_BRAIN, "diverged pg-test-" + replica, "timeline_fork pg-test-1");
  }

  private void detected(String what, Instant since, String... drifts) {
    var snapshot = untilDriftsAre(drifts);
    System.out.printf(
        "%s: %d ms until %s%n",
        what,
        Duration.between(since, snapshot.window().to()).toMillis(),
        String.join(", ", drifts));
  }

  private Snapshot untilDriftsAre(String... drifts) {
    var wanted = Arrays.stream(drifts).sorted().toList();
    return until("the drifts " + wanted, snapshot -> Watch.drifts(snapshot).equals(wanted));
  }

  private Snapshot until(String what, Predicate<Snapshot> condition) {
    return watch.until(
        what,
        PatroniCluster.TTL.multipliedBy(3),
        snapshot -> {
          polls++;
          note(snapshot);
          return condition.test(snapshot);
        });
  }

  /** A drift that flaps keeps its since, so each run of polls that saw it is measured here. */
  private void note(Snapshot snapshot) {
    var now = snapshot.window().to();
    var current = new TreeMap<String, Instant>();
    for (var drift : snapshot.judgement().drifts()) {
      if (drift.tracked().presence() == TrackedDrift.Presence.SEEN) {
        var name = drift.severity().label() + " " + Watch.name(drift.drift());
        var began = runs.getOrDefault(name, now);
        current.put(name, began);
        if (drift.drift().kind() == DriftKind.ROLE_SWAPPED) {
          swaps.add(began);
        }
        seen.merge(
            name,
            Duration.between(began, now),
            (one, other) -> one.compareTo(other) > 0 ? one : other);
      }
    }
    runs.clear();
    runs.putAll(current);
  }
}
