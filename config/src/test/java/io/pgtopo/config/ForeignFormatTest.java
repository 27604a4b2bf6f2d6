package io.pgtopo.config;

import static io.pgtopo.config.Fixtures.loadText;
import static io.pgtopo.config.Fixtures.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.config.model.Instance;
import io.pgtopo.config.reading.Problem;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files of other tools are named, with the command that starts from them. */
class ForeignFormatTest {
  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'scope: pg-test\nname: a\nrestapi:\n  listen: x\npostgresql:\n  listen: 0.0.0.0\n"
            + "  connect_address: 10.0.0.1:5432\n'"
            + " | a configuration of Patroni | 10.0.0.1",
        "'node_id=1\nnode_name=a\nconninfo=''host=10.0.0.2 user=repmgr'''"
            + " | a configuration of repmgr | 10.0.0.2",
        "'apiVersion: postgresql.cnpg.io/v1\nkind: Cluster\n'"
            + " | a manifest of CloudNativePG | SERVER",
        "'apiVersion: \"acid.zalan.do/v1\"\nkind: postgresql\n'"
            + " | a manifest of Zalando's operator | SERVER",
        "'[primary]\nhost=db1\nport=5432\n' | a service file of libpq | db1",
        "'- targets: [\"10.0.0.3:9187\"]\n  labels: { job: pg }'"
            + " | targets of Prometheus (file_sd) | 10.0.0.3",
        "'[ { \"targets\": [ \"db2:9187\" ] } ]' | targets of Prometheus (file_sd) | db2",
      })
  void a_file_of_another_tool_is_named_with_the_command_that_starts_from_it(
      String text, String format, String server) {
    assertThat(refused(directory, text))
        .extracting(Problem::message)
        .containsExactly(
            "wanted an inventory of Ansible. Found: %s; 'pgtopo discover --from %s > pigsty.yml'"
                    .formatted(format, server)
                + " writes an inventory from the live servers");
  }

  @Test
  void an_ini_inventory_with_variables_of_these_names_is_an_inventory() {
    var config =
        loadText(
            directory,
            """
            [pg-test]
            10.0.0.1 pg_seq=1 pg_role=primary
            [pg-test:vars]
            port=5432
            user=postgres
            pg_cluster=pg-test
            """);

    assertThat(config.inventory().instances()).extracting(Instance::name).hasSize(1);
    assertThat(config.warnings()).isEmpty();
  }

  @Test
  void a_name_and_a_port_of_older_releases_are_read() {
    var config =
        loadText(
            directory,
            """
            old:
              hosts: { 10.0.0.1: { pg_seq: 1, pg_role: primary } }
              vars:
                pg_cluster: pg_old
                pg_services: [ { name: own, src_port: 5440, selector: "[]" } ]
            """);

    assertThat(config.inventory().instances())
        .extracting(Instance::name)
        .containsExactly("pg_old-1");
    assertThat(config.inventory().clusters().getFirst().services())
        .extracting(service -> service.listen().port())
        .contains(5440);
    assertThat(config.warnings())
        .extracting(problem -> problem.level() + " " + problem.code())
        .containsExactly("ERROR BAD_NAME");
  }
}
