package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.config.model.Crawl;
import io.pgtopo.config.model.Network;
import io.pgtopo.lab.Lab;
import io.pgtopo.lab.LabInstance;
import io.pgtopo.lab.Postgres;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Real servers that are not declared, found from one that is. */
class CrawlIT {
  static final Crawl ON = new Crawl(List.of(), 64);

  /** An inventory of one instance. */
  static String seed(LabInstance instance, String role) {
    return """
        all:
          children:
            pg-test:
              hosts: { %s: { pg_seq: %d, pg_role: %s } }
              vars: { pg_cluster: pg-test, pg_port: %d }
        """
        .formatted(instance.host(), instance.seq(), role, instance.port());
  }

  @Test
  void a_cascade_leads_up_to_its_upstream_and_on_to_the_primary() {
    try (var lab = Lab.open(Postgres.version(18), progress -> {})) {
      var cluster =
          lab.cluster("pg-test").primary(1).replica(2).replica(3, it -> it.follows(2)).start();
      var primary = cluster.instance(1).host() + ":" + cluster.instance(1).port();
      var upstream = cluster.instance(2).host() + ":" + cluster.instance(2).port();
      try (var watch = Watch.of(seed(cluster.instance(3), "replica"), "dbuser_monitor", ON)) {
        var snapshot =
            watch.untilDriftsAre(
                "undeclared_instance " + primary, "undeclared_instance " + upstream);

        assertThat(watch.links(snapshot))
            .containsExactly(
                primary + " -> " + upstream + " both_ends", upstream + " -> pg-test-3 both_ends");
        assertThat(watch.words(snapshot))
            .anySatisfy(
                words ->
                    assertThat(words)
                        .contains("primary, " + upstream + " streams from it")
                        .contains("cluster_name \"pg-test\", PostgreSQL 18."));
      }
    }
  }

  @Test
  void an_address_outside_of_the_networks_receives_no_byte() throws IOException {
    try (var lab = Lab.open(Postgres.version(18), progress -> {})) {
      var cluster = lab.cluster("pg-test").primary(1).replica(2).start();
      var primary = cluster.instance(1);
      var replica = cluster.instance(2);
      try (var wire = new Wire(primary.host(), primary.port())) {
        replica.set(
            "primary_conninfo",
            "host=127.0.0.1 port=%d user=replicator application_name=pg-test-2 sslmode=disable gssencmode=disable"
                .formatted(wire.port()));
        replica.reload();
        try (var watch = Watch.of(seed(replica, "replica"), "dbuser_monitor", ON)) {
          watch.until(
              "it streams through the relay",
              seen -> !seen.topology().clusters().isEmpty() && !watch.links(seen).isEmpty());
          assertThat(wire.take()).as("the login of the walreceiver").contains('L');

          for (var i = 0; i < 5; i++) {
            assertThat(watch.cycle().topology().instances()).hasSize(1);
          }

          assertThat(wire.take()).as("logins").doesNotContain('L');
        }
        var wide = new Crawl(List.of(Network.parse("127.0.0.0/8").orElseThrow()), 64);
        try (var watch = Watch.of(seed(replica, "replica"), "dbuser_monitor", wide)) {
          watch.until("the primary is seen", seen -> seen.topology().instances().size() == 2);
          assertThat(wire.take()).as("messages through the relay").contains('L');
        }
      }
    }
  }

  @Test
  void a_login_without_pg_monitor_leads_nowhere_and_does_no_harm() {
    try (var lab = Lab.open(Postgres.version(18), progress -> {})) {
      var cluster = lab.cluster("pg-test").primary(1).replica(2).start();
      try (var watch = Watch.of(seed(cluster.instance(1), "primary"), "plain", ON)) {
        watch.untilDriftsAre("unverifiable undeclared_instance \"pg-test-2\"");
      }
    }
  }
}
