package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.lab.Lab;
import io.pgtopo.lab.LabCluster;
import io.pgtopo.lab.Postgres;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an agent on one node reports, and must not report, of servers that it does not poll. */
class ScopeIT {
  private final Lab lab = Lab.open(Postgres.version(18), progress -> {});
  private final LabCluster cluster =
      lab.cluster("pg-test").primary(1).replica(2).replica(3, three -> three.follows(2)).start();

  @AfterEach
  void close() {
    lab.close();
  }

  private static List<String> watched(Snapshot snapshot) {
    return snapshot.inventory().instances().map(it -> it.name()).toList();
  }

  @Test
  void each_node_alone_agrees_with_what_is_declared_of_it() {
    for (var seq : List.of(1, 2, 3)) {
      try (var watch = Watch.from(cluster.instance(seq), "local", lab)) {
        var snapshot = watch.cycle();

        assertThat(watched(snapshot)).containsExactly("pg-test-" + seq);
        assertThat(Watch.drifts(snapshot)).as("seen from pg-test-%d", seq).isEmpty();
      }
    }
  }

  @Test
  void the_links_of_a_node_lead_to_declared_members_that_are_not_polled() {
    try (var watch = Watch.from(cluster.instance(2), "local", lab)) {
      assertThat(watch.links(watch.cycle()))
          .containsExactlyInAnyOrder(
              "pg-test-1 -> pg-test-2 downstream_only", "pg-test-2 -> pg-test-3 upstream_only");
    }
  }

  @Test
  void a_lost_primary_is_no_matter_of_a_replicas_node_but_of_its_cluster() {
    cluster.instance(1).stop();

    try (var local = Watch.from(cluster.instance(2), "local", lab);
        var whole = Watch.from(cluster.instance(2), "cluster", lab)) {
      local.untilDriftsAre("replica_detached pg-test-2");
      whole.until(
          "the primary is reported unreachable",
          seen -> Watch.drifts(seen).contains("instance_unreachable pg-test-1"));
    }
  }

  @Test
  void a_promotion_is_seen_by_the_node_where_it_happens() {
    cluster.instance(3).promote();

    try (var watch = Watch.from(cluster.instance(3), "local", lab)) {
      watch.untilDriftsAre("role_mismatch pg-test-3");
    }
  }

  /** By its walsender alone it does not differ from a member that is not polled. */
  @Test
  void a_replica_of_another_name_may_be_a_member_and_is_not_called_undeclared() {
    cluster.instance(3).follow(cluster.instance(1));
    cluster.instance(3).set("primary_conninfo", conninfo("someone"));
    cluster.instance(3).restart();

    try (var local = Watch.from(cluster.instance(1), "local", lab);
        var whole = Watch.from(cluster.instance(1), "cluster", lab)) {
      local.until(
          "the unknown standby may be a member",
          seen ->
              Watch.drifts(seen).stream()
                  .anyMatch(it -> it.startsWith("unverifiable undeclared_instance ")));
      assertThat(Watch.drifts(local.cycle())).noneMatch(it -> it.startsWith("undeclared_instance"));
      whole.untilDriftsAre("upstream_mismatch pg-test-3");
    }
  }

  private String conninfo(String name) {
    var upstream = cluster.instance(1);
    return "host=%s port=%d user=replicator application_name=%s"
        .formatted(upstream.host(), upstream.port(), name);
  }
}
