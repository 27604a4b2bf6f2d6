package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pgtopo.lab.Lab;
import io.pgtopo.lab.LabInstance;
import io.pgtopo.lab.LabNetwork;
import io.pgtopo.lab.LabOptions;
import io.pgtopo.lab.Postgres;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("NamespaceCutIT (skipped where the user may not make network namespaces: needs root)")
class NamespaceCutIT {
  @BeforeEach
  void needsNamespaces() {
    assumeTrue(LabNetwork.NAMESPACES.isAvailable(), "network namespaces need root");
  }

  @Test
  void a_replica_of_13_that_connects_again_after_a_cut_is_no_undeclared_server() throws Exception {
    cut(13);
  }

  @Test
  void a_replica_of_18_that_connects_again_after_a_cut_is_no_undeclared_server() throws Exception {
    cut(18);
  }

  /** What a firewall does that forgets a connection: neither end hears of the other's end. */
  private static void cut(int major) throws Exception {
    var options = LabOptions.of(Postgres.version(major)).network(LabNetwork.NAMESPACES);
    try (var lab = Lab.open(options)) {
      var cluster =
          lab.cluster("pg-test")
              .primary(1)
              .replica(2, two -> two.slot().set("wal_receiver_timeout", "2s"))
              .replica(3, three -> three.set("wal_receiver_timeout", "2s"))
              .start();
      var primary = cluster.instance(1);
      try (var watch = Watch.of(lab)) {
        watch.untilDriftsAre();
        for (var replica : List.of(cluster.instance(2), cluster.instance(3))) {
          drop(replica, primary);
        }

        // The slot is held by the old walsender until wal_sender_timeout.
        var held =
            watch.twoPollsAfter(
                () ->
                    RealServers.isTrue(
                            primary,
                            "SELECT count(*) > 1 FROM pg_stat_replication"
                                + " WHERE application_name = 'pg-test-3'")
                        && RealServers.isTrue(
                            cluster.instance(3),
                            "SELECT status = 'streaming' FROM pg_stat_wal_receiver")
                        && RealServers.isTrue(
                            cluster.instance(2), "SELECT count(*) = 0 FROM pg_stat_wal_receiver"),
                "replica_detached pg-test-2");

        assertThat(watch.links(held)).contains("pg-test-1 -> pg-test-3 both_ends");
        assertThat(watch.sentence(held, "replica_detached pg-test-2")).contains("slot");
        primary.execute(
            """
            SELECT pg_terminate_backend(s.pid) FROM pg_stat_replication s
             WHERE NOT EXISTS (SELECT 1 FROM pg_stat_replication l
                                WHERE l.application_name = s.application_name
                                  AND l.backend_start > s.backend_start)
               AND s.application_name = 'pg-test-2'
            """);
        watch.twoPollsAfter(RealServers.streams(cluster.instance(2), primary));
        assertThat(watch.alarms()).noneMatch(alarm -> alarm.contains("undeclared_instance"));
      }
    }
  }

  private static void drop(LabInstance replica, LabInstance primary) throws Exception {
    var port =
        primary
            .value(
                "SELECT client_port FROM pg_stat_replication WHERE application_name = '%s'"
                    .formatted(replica.name()))
            .orElseThrow();
    var pid = Files.readAllLines(replica.dataDirectory().resolve("postmaster.pid")).getFirst();
    var inside = "ip netns exec $(ip netns identify %s) iptables".formatted(pid);
    run(inside + " -A INPUT -p tcp --dport " + port + " -j DROP");
    run(inside + " -A OUTPUT -p tcp --sport " + port + " -j DROP");
  }

  private static void run(String command) throws IOException, InterruptedException {
    assertThat(new ProcessBuilder("sh", "-c", command).inheritIO().start().waitFor())
        .as(command)
        .isZero();
  }
}
