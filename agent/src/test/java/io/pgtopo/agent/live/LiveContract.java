package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.lab.LabCluster;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What must be seen on real servers of every version: the whole thread, from inventory to drift.
 */
abstract class LiveContract extends RealServers {
  LiveContract(int major) {
    super(major);
  }

  @BeforeEach
  void open() {
    assertThat(lab.clusters()).isEmpty();
  }

  private static LiveRole role(Snapshot snapshot, LabCluster cluster, int seq) {
    var instance = cluster.instance(seq);
    return snapshot.topology().instances().values().stream()
        .filter(live -> live.endpoint().host().equals(instance.host()))
        .findFirst()
        .orElseThrow()
        .role();
  }

  @Test
  void a_healthy_cluster_with_a_cascade_and_a_delayed_replica_is_as_declared_at_both_ends() {
    var cluster = four();
    delayed(cluster.instance(1));
    try (var watch = Watch.of(lab)) {
      var snapshot = watch.untilDriftsAre(invisibleDelay());

      assertThat(watch.links(snapshot))
          .containsExactlyInAnyOrder(
              "pg-test-1 -> pg-test-2 both_ends",
              "pg-test-1 -> pg-test-3 both_ends",
              "pg-test-2 -> pg-test-4 both_ends",
              "pg-test-1 -> pg-delay-1 both_ends",
              "pg-delay-1 -> pg-delay-2 both_ends");
      assertThat(role(snapshot, cluster, 1)).isEqualTo(LiveRole.PRIMARY);
      assertThat(role(snapshot, cluster, 4)).isEqualTo(LiveRole.REPLICA);
      assertThat(snapshot.topology().clusters()).hasSize(1);
      assertThat(snapshot.topology().instances().values())
          .allSatisfy(
              live -> {
                assertThat(live.facts().identity().version().major()).isEqualTo(major);
                assertThat(live.facts().timeline().id()).isEqualTo(1);
              });
    }
  }

  /** Before 12 the delay stands in recovery.conf, which no login can read. */
  private String[] invisibleDelay() {
    return major < 12 ? new String[] {"unverifiable delay_mismatch pg-delay-1"} : new String[] {};
  }

  @Test
  void a_login_without_pg_monitor_sees_roles_delays_and_edges_by_name() {
    var cluster = four();
    delayed(cluster.instance(1));
    try (var watch = Watch.of(lab, "plain")) {
      var snapshot = watch.untilDriftsAre(invisibleDelay());

      assertThat(watch.links(snapshot))
          .containsExactlyInAnyOrder(
              "pg-test-1 -> pg-test-2 upstream_only",
              "pg-test-1 -> pg-test-3 upstream_only",
              "pg-test-2 -> pg-test-4 upstream_only",
              "pg-test-1 -> pg-delay-1 upstream_only",
              "pg-delay-1 -> pg-delay-2 upstream_only");
      assertThat(role(snapshot, cluster, 1)).isEqualTo(LiveRole.PRIMARY);
      assertThat(role(snapshot, cluster, 4)).isEqualTo(LiveRole.REPLICA);
      assertThat(snapshot.topology().instances().values())
          .allSatisfy(live -> assertThat(live.facts().timeline().id()).isEqualTo(1));
    }
  }

  @Test
  void a_second_primary_is_a_split_brain_on_its_new_timeline_at_once() {
    var cluster = four();
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();

      cluster.instance(2).promote();

      var snapshot = watch.untilDriftsAre("multiple_primaries pg-test", "role_mismatch pg-test-2");
      assertThat(watch.words(snapshot))
          .anySatisfy(
              words ->
                  assertThat(words)
                      .contains("declared replica, live primary")
                      .containsPattern(
                          "pg-test-2 .* reports: in production at 0/\\w+ on timeline 2, promoted at"));
    }
  }

  @Test
  void after_a_clean_promotion_only_the_roles_differ() {
    var cluster = four();
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();

      cluster.instance(1).stop();
      cluster.instance(2).promote();
      cluster.instance(1).demote(cluster.instance(2));
      cluster.instance(3).follow(cluster.instance(2));

      // A walreceiver says that it streams before its walsender is there.
      var snapshot =
          watch.until(
              "links that both ends report",
              seen ->
                  watch
                      .links(seen)
                      .equals(
                          List.of(
                              "pg-test-2 -> pg-test-1 both_ends",
                              "pg-test-2 -> pg-test-3 both_ends",
                              "pg-test-2 -> pg-test-4 both_ends")));
      assertThat(Watch.drifts(snapshot)).containsExactly("role_swapped pg-test");
    }
  }

  @Test
  void a_killed_primary_is_unreachable_and_its_replicas_are_detached_but_not_the_cascade() {
    var cluster = four();
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();

      cluster.instance(1).kill();

      var snapshot =
          watch.untilDriftsAre(
              "instance_unreachable pg-test-1",
              detached("pg-test-2"),
              detached("pg-test-3"),
              (major < 12 ? "unverifiable orphaned_replica " : "orphaned_replica ") + "pg-test-4",
              "unverifiable no_primary pg-test");
      assertThat(watch.links(snapshot)).containsExactly("pg-test-2 -> pg-test-4 both_ends");
      assertThat(snapshot.topology().unreachable().values())
          .extracting(Failure::kind)
          .containsExactly(Failure.Kind.REFUSED);

      cluster.instance(1).start();

      watch.untilDriftsAre();
    }
  }

  /** Before 12 the settings of recovery are hidden, and with them whether it is delayed. */
  private String detached(String instance) {
    return (major < 12 ? "unverifiable replica_detached " : "replica_detached ") + instance;
  }

  @Test
  void a_rogue_replica_is_undeclared() {
    var cluster = four();
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();

      cluster.addUndeclared(9, cluster.instance(1));

      watch.untilDriftsAre("undeclared_instance 127.0.0.1 \"pg-test-9\"");
    }
  }

  @Test
  void a_replica_that_follows_another_upstream_than_declared_is_reported_by_both_ends() {
    var cluster = four();
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();

      cluster.instance(3).follow(cluster.instance(2));

      var snapshot =
          watch.until(
              "a link that both ends report",
              seen -> watch.links(seen).contains("pg-test-2 -> pg-test-3 both_ends"));
      assertThat(watch.words(snapshot))
          .singleElement()
          .asString()
          .startsWith(
              "upstream_mismatch pg-test-3: declared streams from pg-test-1, live streams from pg-test-2;"
                  + " reported by both ends");
    }
  }

  @Test
  void a_member_that_was_initialised_anew_is_foreign() {
    lab.cluster("pg-other").primary(1).start();
    lab.cluster("pg-test").primary(1).start();
    var other = lab.clusters().getFirst().instance(1);
    var inventory =
        lab.inventory()
            .replace("pg_cluster: pg-other", "pg_cluster: pg-test")
            .replace(
                other.host() + ": { pg_seq: 1, pg_role: primary }",
                other.host() + ": { pg_seq: 2, pg_role: replica }");
    try (var watch = Watch.of(inventory, Optional.empty())) {
      watch.untilDriftsAre(
          "foreign_system_id pg-test-2", "role_mismatch pg-test-2", "no_standby pg-test");
    }
  }

  @Test
  void a_standby_cluster_is_as_declared_until_it_is_promoted() {
    var main = lab.cluster("pg-main").primary(1).start();
    var copy = lab.cluster("pg-dr").standbyOf(main.instance(1)).primary(1).replica(2).start();
    try (var watch = Watch.of(lab)) {
      var snapshot = watch.untilDriftsAre();
      assertThat(watch.links(snapshot))
          .containsExactlyInAnyOrder(
              "pg-main-1 -> pg-dr-1 both_ends", "pg-dr-1 -> pg-dr-2 both_ends");

      copy.instance(1).promote();

      watch.untilDriftsAre("role_mismatch pg-dr-1");
    }
  }

  @Test
  void a_server_that_restarted_between_two_polls_answers_the_next_one() {
    var cluster = lab.cluster("pg-test").primary(1).start();
    try (var watch = Watch.of(lab)) {
      assertThat(watch.poll(1)).isInstanceOf(Observation.Reachable.class);

      cluster.instance(1).restart();

      assertThat(watch.poll(1)).isInstanceOf(Observation.Reachable.class);
    }
  }

  @Test
  void a_promotion_is_seen_on_the_connection_that_was_open_before() {
    var cluster = lab.cluster("pg-test").primary(1).replica(2).start();
    try (var watch = Watch.of(lab)) {
      assertThat(((Observation.Reachable) watch.poll(2)).facts().state())
          .isInstanceOf(ServerState.InRecovery.class);

      cluster.instance(2).promote();

      assertThat(((Observation.Reachable) watch.poll(2)).facts().state())
          .isInstanceOfSatisfying(
              ServerState.InProduction.class, state -> assertThat(state.promotedAt()).isPresent());
    }
  }
}
