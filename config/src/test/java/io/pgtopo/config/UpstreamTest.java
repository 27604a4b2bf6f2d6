package io.pgtopo.config;

import static io.pgtopo.config.Fixtures.instance;
import static io.pgtopo.config.Fixtures.load;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.config.model.DeclaredUpstream;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.reading.Problem;
import io.pgtopo.config.reading.Problem.Code;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class UpstreamTest {
  private static final Endpoint SHOP_PRIMARY = new Endpoint("10.0.1.1", 5432);

  private final Config shop = load("shop.yml");

  @Test
  void a_primary_has_no_upstream() {
    assertThat(instance(shop, "shop-1").upstream()).isEqualTo(new DeclaredUpstream.None());
  }

  @Test
  void a_replica_follows_the_leader_of_its_cluster() {
    assertThat(instance(shop, "shop-2").upstream()).isEqualTo(new DeclaredUpstream.ClusterLeader());
  }

  @Test
  void a_replica_with_an_upstream_in_its_cluster_follows_that_member() {
    assertThat(instance(shop, "shop-3").upstream())
        .isEqualTo(new DeclaredUpstream.Member(new Endpoint("10.0.1.2", 5432)));
  }

  @Test
  void a_primary_with_an_upstream_leads_a_standby_cluster() {
    var leader = instance(shop, "shop-dr-1");

    assertThat(leader.isStandbyLeader()).isTrue();
    assertThat(leader.upstream()).isEqualTo(new DeclaredUpstream.Outside(SHOP_PRIMARY));
  }

  @Test
  void an_upstream_that_a_replica_inherits_is_foreign_and_ignored() {
    assertThat(instance(shop, "shop-dr-2").upstream())
        .isEqualTo(new DeclaredUpstream.ClusterLeader());
    assertThat(shop.warnings())
        .extracting(Problem::code)
        .containsExactly(Code.UPSTREAM_FOREIGN_ON_REPLICA);
  }

  @Test
  void a_delay_applies_to_the_leader_of_a_standby_cluster() {
    assertThat(instance(shop, "shop-late-1").delay()).isEqualTo(Duration.ofHours(1));
    assertThat(instance(shop, "shop-dr-1").delay()).isZero();
  }

  @Test
  void a_clusters_upstream_is_that_of_its_primary() {
    assertThat(shop.inventory().clusters())
        .extracting(
            cluster -> cluster.name() + " " + cluster.upstream().map(Endpoint::host).orElse("-"))
        .containsExactly("shop -", "shop-dr 10.0.1.1", "shop-late 10.0.1.1");
  }
}
