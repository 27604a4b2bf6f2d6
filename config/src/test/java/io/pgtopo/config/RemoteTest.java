package io.pgtopo.config;

import static io.pgtopo.config.Fixtures.loadText;
import static io.pgtopo.config.Fixtures.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.config.model.Database;
import io.pgtopo.config.model.DeclaredUpstream;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.reading.Problem;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RemoteTest {
  @TempDir Path directory;

  private Config infra(String entries) {
    return loadText(
        directory,
        """
        infra:
          hosts:
            10.0.0.[1:3]: {}
            10.0.0.3: { pg_cluster: c, pg_seq: 1, pg_role: primary }
          vars: { pg_exporters: { %s } }
        """
            .formatted(entries));
  }

  @Test
  void entries_that_all_infra_hosts_inherit_are_one_instance_each() {
    var config =
        infra(
            "20001: { pg_cluster: rds, pg_seq: 1, pg_host: rds.example, pg_databases: [{ name: app"
                + " }] }, 20002: { pg_cluster: rds, pg_seq: '2', pg_host: 10.1.1.1, pg_port: 5433"
                + " }");

    assertThat(config.inventory().instances().filter(Instance::isRemote))
        .containsExactly(remote("rds", 1, "rds.example", 5432), remote("rds", 2, "10.1.1.1", 5433));
    assertThat(config.inventory().clusters().get(1).databases())
        .extracting(Database::name)
        .containsExactly("app");
    assertThat(config.inventory().nodes()).hasSize(1);
    assertThat(config.warnings()).isEmpty();
  }

  private static Instance remote(String cluster, int seq, String host, int port) {
    return new Instance(
        cluster,
        seq,
        Optional.empty(),
        new Endpoint(host, port),
        new DeclaredUpstream.None(),
        java.time.Duration.ZERO,
        Instance.Traffic.DEFAULT);
  }

  @Test
  void a_connection_string_wins_over_host_and_port() {
    var config =
        infra(
            "1: { pg_cluster: r, pg_seq: 1, pg_host: x, pg_port: 1, pg_exporter_url:"
                + " 'postgres://u:p%40@w:x@real:6000/d?a=b' }, 2: { pg_cluster: r, pg_seq: 2,"
                + " pg_exporter_url: 'postgresql://[fd00::1]/d' }");

    assertThat(config.inventory().instances().filter(Instance::isRemote).map(Instance::endpoint))
        .containsExactly(new Endpoint("real", 6000), new Endpoint("fd00::1", 5432));
  }

  @Test
  void a_managed_server_under_a_second_name_is_a_warning() {
    var config = infra("1: { pg_cluster: alias, pg_seq: 1, pg_host: 10.0.0.3 }");

    assertThat(config.warnings())
        .extracting(problem -> problem.code() + ": " + problem.message())
        .containsExactly(
            "ENDPOINT_ALIAS: wanted one name for each server. Found: c-1 and alias-1 at"
                + " 10.0.0.3:5432; both are compared with that server");
  }

  @Test
  void the_name_of_a_managed_instance_is_taken() {
    var problems =
        refused(
            directory,
            """
            all:
              hosts: { 10.0.0.3: { pg_cluster: c, pg_seq: 1, pg_role: primary } }
              vars: { pg_exporters: { 1: { pg_cluster: c, pg_seq: 1, pg_host: 10.9.9.9 } } }
            """);

    assertThat(problems).extracting(Problem::code).containsExactly(Problem.Code.DUP_INSTANCE);
  }
}
