package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.failover.Candidate;
import io.pgtopo.agent.failover.Concern;
import io.pgtopo.agent.failover.Finding;
import io.pgtopo.agent.failover.Safety;
import io.pgtopo.agent.fetch.Fetcher;
import io.pgtopo.agent.patroni.PatroniReader;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Whom a real Patroni does not promote, and whether that was said before. */
@DisplayName("PatroniCandidatesIT (skipped where Patroni, etcd or PostgreSQL is not installed)")
class PatroniCandidatesIT {
  private static final long ALLOWED = 1 << 20;
  private static final int LOOPS = 3;
  private static final Duration PATIENCE = PatroniCluster.TTL.multipliedBy(3);

  private final PatroniCluster cluster = PatroniCluster.start();
  private final Fetcher fetcher = new Fetcher(Watch.DEADLINE, 1 << 20, Optional.empty());
  private final PatroniReader reader = new PatroniReader(fetcher, InstantSource.system()::instant);
  private final Watch watch =
      Watch.withPatroni(
          cluster
              .inventory()
              .replace("pg_cluster: pg-test", "pg_cluster: pg-test, pg_rpo: " + ALLOWED),
          reader);

  @BeforeAll
  static void needsPatroni() {
    assumeTrue(PatroniCluster.isInstalled(), "Patroni, etcd or PostgreSQL is not installed");
  }

  @AfterEach
  void close() {
    watch.close();
    fetcher.close();
    cluster.close();
  }

  @Test
  void a_member_with_the_tag_nofailover_is_no_candidate_and_is_not_promoted() {
    cluster.tag(2, "nofailover: true");

    var answer =
        until(
            "pg-test-2 is kept from leading",
            snapshot ->
                has(snapshot, 2, Concern.KeptFromLeading.class, Safety.NO)
                    && candidate(snapshot, 3)
                        .map(Candidate::switchover)
                        .equals(Optional.of(Safety.YES)));
    assertThat(candidate(answer, 2).map(Candidate::switchover)).hasValue(Safety.NO);
    assertThat(candidate(answer, 3).map(Candidate::switchover)).hasValue(Safety.YES);

    cluster.kill(1);
    until("the other one leads", snapshot -> cluster.leads(3));
  }

  @Test
  void who_lacks_more_than_pg_rpo_allows_is_not_promoted_by_patroni() {
    cluster.allowLoss(ALLOWED);
    watch.untilDriftsAre();
    cluster.freezeReceiver(2);
    cluster.freezeReceiver(3);
    cluster.execute(1, "CREATE TABLE lost AS SELECT generate_series(1, 100000)");

    until(
        "both lack more than is allowed",
        snapshot ->
            has(snapshot, 2, Concern.AllowedLoss.class, Safety.NO)
                && has(snapshot, 3, Concern.AllowedLoss.class, Safety.NO));

    // Patroni goes by what the leader has written into the store: it knows no later WAL.
    cluster.awaitLoop(1);
    cluster.awaitLoop(1);
    // The lock ends, and nobody takes it before more may be lost.
    cluster.kill(1);
    until("Patroni has given pg-test-1 up", snapshot -> !cluster.isMember(1));
    for (var loops = 0; loops < LOOPS; loops++) {
      cluster.awaitLoop(2);
      assertThat(cluster.leads(2) || cluster.leads(3)).isFalse();
    }
    cluster.allowLoss(Long.MAX_VALUE);
    until("one of them leads", snapshot -> cluster.leads(2) || cluster.leads(3));
  }

  private Snapshot until(String what, Predicate<Snapshot> condition) {
    return watch.until(what, PATIENCE, condition);
  }

  private static Optional<Candidate> candidate(Snapshot snapshot, int number) {
    return PredictedRound.readiness(snapshot, Optional.empty()).candidates().stream()
        .filter(it -> it.member().seq() == number)
        .findFirst();
  }

  private static boolean has(Snapshot snapshot, int number, Class<?> concern, Safety failover) {
    return candidate(snapshot, number).stream()
        .flatMap(it -> it.findings().stream())
        .filter(it -> concern.isInstance(it.concern()))
        .map(Finding::failover)
        .anyMatch(failover::equals);
  }
}
