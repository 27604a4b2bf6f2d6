package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Servers that do not answer, and what the others report of them. */
abstract class SilenceContract extends RealServers {
  SilenceContract(int major) {
    super(major);
  }

  /** For a minute its replicas go on to say that they stream. */
  @Test
  void a_frozen_primary_is_neither_lost_nor_replaced_while_its_replicas_hold_on() {
    var cluster = four();
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();

      cluster.instance(1).freeze();

      for (var poll = 0; poll < 2; poll++) {
        var snapshot = watch.cycle();
        assertThat(Watch.drifts(snapshot))
            .containsExactly("instance_unreachable pg-test-1", "unverifiable no_primary pg-test");
        assertThat(watch.sentence(snapshot, "instance_unreachable pg-test-1"))
            .contains("declared primary, live no answer: hung")
            .endsWith("unknown whether it runs: pg-test-2, pg-test-3 have not lost it yet");
        assertThat(watch.links(snapshot))
            .containsExactly(
                "pg-test-1 -> pg-test-2 downstream_only",
                "pg-test-1 -> pg-test-3 downstream_only",
                "pg-test-2 -> pg-test-4 both_ends");
      }

      cluster.instance(1).thaw();

      watch.twoPollsAfter(streams(cluster.instance(2), cluster.instance(1)));
      assertThat(watch.alarms()).isEmpty();
    }
  }

  @Test
  void a_killed_primary_is_lost_by_the_word_of_all_its_replicas() {
    var cluster = four();
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();

      cluster.instance(1).kill();

      var snapshot =
          watch.untilDriftsAre(
              "instance_unreachable pg-test-1",
              "orphaned_replica pg-test-4",
              "replica_detached pg-test-2",
              "replica_detached pg-test-3",
              "unverifiable no_primary pg-test");
      assertThat(watch.sentence(snapshot, "instance_unreachable pg-test-1"))
          .contains("declared primary, live no answer: refused")
          .endsWith(
              "lost: every replica that should stream from it has lost it: pg-test-2, pg-test-3");
      assertThat(watch.sentence(snapshot, "replica_detached pg-test-2"))
          .contains("its upstream pg-test-1 (")
          .endsWith("did not answer the agent either: refused");
      assertThat(watch.alarms()).isEmpty();
    }
  }

  /** It can have no cascade. */
  @Test
  void a_standby_that_takes_no_queries_is_alive_and_still_seen_by_its_upstream() {
    var cluster = four();
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();

      cluster.instance(2).set("hot_standby", "off");
      cluster.instance(2).restart();

      var upstream = cluster.instance(1);
      var snapshot =
          watch.twoPollsAfter(
              all(
                  () ->
                      isTrue(
                          upstream,
                          "SELECT count(*) = 2 AND bool_and(state = 'streaming')"
                              + " FROM pg_stat_replication"),
                  hasNoWalReceiver(cluster.instance(4))),
              "instance_unreachable pg-test-2",
              "replica_detached pg-test-4");
      assertThat(watch.links(snapshot))
          .containsExactly(
              "pg-test-1 -> pg-test-2 upstream_only", "pg-test-1 -> pg-test-3 both_ends");
      assertThat(watch.words(snapshot)).noneMatch(words -> words.contains("was not polled"));
      assertThat(watch.sentence(snapshot, "instance_unreachable pg-test-2"))
          .contains("no answer: cannot_connect_now")
          .endsWith("; alive: the server itself answered with this failure");

      cluster.instance(2).set("hot_standby", "on");
      cluster.instance(2).restart();

      watch.twoPollsAfter(
          all(
              streams(cluster.instance(2), upstream),
              streams(cluster.instance(4), cluster.instance(2))));
      assertThat(watch.alarms()).isEmpty();
    }
  }
}
