package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A VIP that real servers listen at, one after the other. */
class VirtualAddressIT extends RealServers {
  private static final String MISPLACED = "vip_misplaced pg-test";

  VirtualAddressIT() {
    super(18);
  }

  @Test
  void a_vip_that_stays_behind_is_reported_until_it_is_moved_and_is_never_a_member() {
    var cluster = lab.cluster("pg-test").primary(1).replica(2).start();
    var primary = cluster.instance(1);
    var replica = cluster.instance(2);
    var vip = primary.host().replaceFirst("[.][0-9]+$", ".99");
    var inventory =
        lab.inventory()
            .replace(
                "pg_cluster: pg-test",
                "pg_cluster: pg-test, pg_vip_enabled: true, pg_vip_address: " + vip + "/32");
    assertThat(inventory).contains(vip);
    primary.set("listen_addresses", primary.host() + "," + vip);
    primary.restart();
    replica.awaitStreaming();
    try (var watch = Watch.of(inventory, Optional.empty())) {
      watch.untilDriftsAre();

      primary.set("listen_addresses", primary.host());
      primary.restart();
      watch.untilDriftsAre("unverifiable vip_misplaced pg-test");

      replica.set("listen_addresses", replica.host() + "," + vip);
      replica.restart();
      var snapshot = watch.untilDriftsAre(MISPLACED);
      assertThat(watch.sentence(snapshot, MISPLACED))
          .contains("declared the VIP leads to the primary, pg-test-1, live it leads to pg-test-2");
      assertThat(snapshot.topology().instances()).hasSize(2);

      replica.set("listen_addresses", replica.host());
      replica.restart();
      primary.set("listen_addresses", primary.host() + "," + vip);
      primary.restart();
      watch.untilDriftsAre();
      assertThat(snapshot.topology().shared()).isEmpty();
      assertThat(watch.alarms()).isEmpty();
    }
  }
}
