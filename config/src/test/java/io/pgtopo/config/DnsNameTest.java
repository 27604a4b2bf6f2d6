package io.pgtopo.config;

import static io.pgtopo.config.Fixtures.loadText;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The DNS name that Pigsty gives the declared primary of a cluster. */
class DnsNameTest {
  @TempDir private Path directory;

  @Test
  void without_a_vip_the_name_of_the_cluster_is_that_of_its_declared_primary() {
    assertThat(name("")).contains("pg-test");
    assertThat(name(", pg_dns_suffix: .db.example")).contains("pg-test.db.example");
    assertThat(name(", pg_dns_target: primary")).contains("pg-test");
  }

  @Test
  void a_name_of_something_else_is_none_of_the_primary() {
    assertThat(name(", pg_dns_target: none")).isEmpty();
    assertThat(name(", pg_dns_target: 10.0.0.9")).isEmpty();
    assertThat(name(", pg_dns_target: vip")).isEmpty();
    assertThat(name(", pg_vip_enabled: true, pg_vip_address: 10.0.0.9/24")).isEmpty();
  }

  @Test
  void beside_a_vip_it_is_that_of_the_primary_if_that_is_declared() {
    assertThat(name(", pg_vip_enabled: true, pg_vip_address: 10.0.0.9/24, pg_dns_target: primary"))
        .contains("pg-test");
  }

  private Optional<String> name(String variables) {
    return loadText(
            directory,
            """
            all:
              children:
                pg-test:
                  hosts: { 10.0.0.1: { pg_seq: 1, pg_role: primary } }
                  vars: { pg_cluster: pg-test%s }
            """
                .formatted(variables))
        .inventory()
        .clusters()
        .getFirst()
        .traits()
        .dnsName();
  }
}
