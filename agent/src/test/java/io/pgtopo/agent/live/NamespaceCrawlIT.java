package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pgtopo.config.model.Crawl;
import io.pgtopo.config.model.Network;
import io.pgtopo.lab.Lab;
import io.pgtopo.lab.LabInstance;
import io.pgtopo.lab.LabNetwork;
import io.pgtopo.lab.LabOptions;
import io.pgtopo.lab.Postgres;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName(
    "NamespaceCrawlIT (skipped where the user may not make network namespaces: needs root)")
class NamespaceCrawlIT {
  private static final LabOptions OPTIONS =
      LabOptions.of(Postgres.version(18)).network(LabNetwork.NAMESPACES);

  @BeforeEach
  void needsNamespaces() {
    assumeTrue(LabNetwork.NAMESPACES.isAvailable(), "network namespaces need root");
  }

  private static String address(LabInstance instance) {
    return instance.host() + ":" + instance.port();
  }

  @Test
  void the_primary_alone_leads_to_its_replica_their_cascade_and_a_clone_that_was_promoted() {
    try (var lab = Lab.open(OPTIONS)) {
      var cluster =
          lab.cluster("pg-test").primary(1).replica(2).replica(3, it -> it.follows(2)).start();
      var replica = address(cluster.instance(2));
      var cascade = address(cluster.instance(3));
      try (var watch =
          Watch.of(CrawlIT.seed(cluster.instance(1), "primary"), "dbuser_monitor", CrawlIT.ON)) {
        var snapshot = watch.cycle();

        assertThat(watch.links(snapshot))
            .containsExactlyInAnyOrder(
                "pg-test-1 -> " + replica + " both_ends",
                replica + " -> " + cascade + " both_ends");
        watch.untilDriftsAre("undeclared_instance " + replica, "undeclared_instance " + cascade);

        cluster.instance(2).promote();

        var after =
            watch.until(
                "it is reported without a replication link",
                seen ->
                    watch.words(seen).stream()
                        .anyMatch(words -> words.contains("primary, no replication link")));
        assertThat(Watch.drifts(after))
            .containsExactlyInAnyOrder(
                "undeclared_instance " + replica, "undeclared_instance " + cascade);
      }
    }
  }

  @Test
  void a_replica_outside_of_the_networks_stays_unknown() {
    try (var lab = Lab.open(OPTIONS)) {
      var cluster = lab.cluster("pg-test").primary(1).replica(2).start();
      var primary = cluster.instance(1);
      var only = new Crawl(List.of(Network.parse(primary.host()).orElseThrow()), 64);
      try (var watch = Watch.of(CrawlIT.seed(primary, "primary"), "dbuser_monitor", only)) {
        watch.untilDriftsAre(
            "undeclared_instance %s \"pg-test-2\"".formatted(cluster.instance(2).host()));
        assertThat(
                cluster
                    .instance(2)
                    .value(
                        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pgtopo'"))
            .contains("0");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {13, 18})
  void an_undeclared_replica_that_takes_no_queries_was_polled_and_answered(int major) {
    try (var lab =
        Lab.open(LabOptions.of(Postgres.version(major)).network(LabNetwork.NAMESPACES))) {
      var cluster = lab.cluster("pg-test").primary(1).replica(2).start();
      var primary = cluster.instance(1);
      var replica = cluster.instance(2);
      var found = "undeclared_instance " + address(replica);
      try (var watch = Watch.of(CrawlIT.seed(primary, "primary"), "dbuser_monitor", CrawlIT.ON)) {
        watch.untilDriftsAre(found);
        replica.set("hot_standby", "off");
        replica.restart();

        watch.twoPollsAfter(
            () ->
                RealServers.isTrue(
                    primary, "SELECT bool_and(state = 'streaming') FROM pg_stat_replication"),
            "the other end answered",
            seen ->
                watch.words(seen).stream()
                    .anyMatch(
                        it -> it.contains("the other end answered the poll: cannot_connect_now")));

        replica.stop();
        watch.twoPollsAfter(
            () -> RealServers.isTrue(primary, "SELECT count(*) = 0 FROM pg_stat_replication"));
      }
    }
  }
}
