package io.pgtopo.exporter.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.config.Config;
import io.pgtopo.exporter.testing.RealServers;
import io.pgtopo.lab.Lab;
import io.pgtopo.lab.LabInstance;
import io.pgtopo.lab.Postgres;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two clusters of four real servers, declared as Pigsty's {@code ha/full} declares them. */
class FleetIT {
  private final HttpClient client = HttpClient.newHttpClient();

  /** The shape of the file: groups of other modules, users, databases, services, a VIP. */
  private static String inventory(LabInstance meta, List<LabInstance> test) {
    return """
    ---
    all:
      children:
        infra: { hosts: { %1$s: { infra_seq: 1 } } }
        etcd: { hosts: { %1$s: { etcd_seq: 1 } }, vars: { etcd_cluster: etcd } }
        minio: { hosts: { %1$s: { minio_seq: 1 } }, vars: { minio_cluster: minio } }
        pg-meta:
          hosts: { %1$s: { pg_seq: 1, pg_role: primary } }
          vars:
            pg_cluster: pg-meta
            pg_databases: [ { name: meta, baseline: cmdb.sql, schemas: [ pigsty ], extensions: [ { name: postgis, schema: public } ] } ]
            pg_users:
              - { name: dbuser_meta, password: DBUser.Meta, pgbouncer: true, roles: [ dbrole_admin ] }
              - { name: dbuser_view, password: DBUser.Viewer, pgbouncer: true, roles: [ dbrole_readonly ] }
            node_crontab: [ '00 01 * * * postgres /pg/bin/pg-backup full' ]
            pg_vip_enabled: true
            pg_vip_address: 10.10.10.2/24
            pg_vip_interface: eth1
        pg-test:
          hosts:
            %2$s: { pg_seq: 1, pg_role: primary }
            %3$s: { pg_seq: 2, pg_role: replica }
            %4$s: { pg_seq: 3, pg_role: replica, pg_offline_query: true }
          vars:
            pg_cluster: pg-test
            pg_users: [ { name: test, password: test, pgbouncer: true, roles: [ dbrole_admin ] } ]
            pg_databases: [ { name: test } ]
            node_tune: tiny
            pg_conf: tiny.yml
            pg_vip_enabled: true
            pg_vip_address: 10.10.10.3/24
            pg_vip_interface: eth1
        redis-ms: { hosts: { %1$s: { redis_node: 1, redis_instances: { 6379: {}, 6380: { replica_of: '%1$s 6379' } } } }, vars: { redis_cluster: redis-ms } }
      vars:
        version: v4.5.0
        admin_ip: %1$s
        region: default
        pg_port: %5$d
        pg_monitor_password: DBUser.Monitor
    ...
    """
        .formatted(
            meta.host(), test.get(0).host(), test.get(1).host(), test.get(2).host(), meta.port());
  }

  private HttpResponse<String> get(int port, String path) throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build();
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }

  private static void awaitFirstCycle(Daemon daemon) {
    var end = Instant.now().plus(Duration.ofMinutes(2));
    while (daemon.latest().isEmpty()) {
      assertThat(Instant.now()).as("no cycle ended").isBefore(end);
      Thread.onSpinWait();
    }
  }

  @Test
  void metrics_and_api_are_true_of_four_real_servers(@TempDir Path folder)
      throws IOException, InterruptedException {
    try (var lab = Lab.open(Postgres.version(18), progress -> {})) {
      var meta = lab.cluster("pg-meta").primary(1).start().instance(1);
      var test = lab.cluster("pg-test").primary(1).replica(2).replica(3).start();
      var file = folder.resolve("pigsty.yml");
      Files.writeString(file, inventory(meta, test.instances()));
      var config = Config.load(Optional.empty(), List.of(file.toString()), Map.of());
      assertThat(config.warnings()).isEmpty();

      try (var daemon = Daemon.start(config, () -> config, RealServers.context(), 0)) {
        awaitFirstCycle(daemon);
        var metrics = get(daemon.port(), "/metrics");
        var drift = get(daemon.port(), "/api/v1/drift");
        var ready = get(daemon.port(), "/readyz");

        assertThat(ready.statusCode()).isEqualTo(200);
        assertThat(metrics.statusCode()).isEqualTo(200);
        for (var instance : test.instances()) {
          var is =
              "cls=\"pg-test\",ins=\"pg-test-%d\",ip=\"%s\""
                  .formatted(instance.seq(), instance.host());
          var role = instance.seq() == 1 ? "primary" : "replica";
          assertThat(metrics.body().lines())
              .contains(
                  "pgtopo_up{%s} 1.0".formatted(is),
                  "pgtopo_instance_declared_role{%s,role=\"%s\"} 1.0".formatted(is, role),
                  "pgtopo_instance_role{%s,role=\"%s\"} 1.0".formatted(is, role),
                  "pgtopo_instance_role{%s,role=\"unknown\"} 0.0".formatted(is));
        }
        assertThat(metrics.body().lines())
            .contains(
                "pgtopo_cluster_primaries{cls=\"pg-meta\"} 1.0",
                "pgtopo_cluster_primaries{cls=\"pg-test\"} 1.0",
                "pgtopo_cluster_instances{cls=\"pg-test\",state=\"reachable\"} 3.0",
                "pgtopo_replication_link{cls=\"pg-test\",downstream=\"pg-test-2\","
                    + "grade=\"both_ends\",upstream=\"pg-test-1\"} 1.0",
                "pgtopo_replication_link{cls=\"pg-test\",downstream=\"pg-test-3\","
                    + "grade=\"both_ends\",upstream=\"pg-test-1\"} 1.0",
                "pgtopo_drift{cls=\"pg-test\",kind=\"role_mismatch\",severity=\"warning\"} 0.0")
            .noneMatch(
                line ->
                    line.startsWith("pgtopo_drift{")
                        && !line.contains("kind=\"database_")
                        && !line.endsWith(" 0.0"));
        // The lab holds none of the databases and roles that are declared, and no VIP.
        assertThat(drift.body()).contains("\"about\" : \"vip_misplaced\"");
        assertThat(
                Pattern.compile("\"kind\" : \"(?!database_|unverifiable)(\\w+)\"")
                    .matcher(drift.body())
                    .results())
            .isEmpty();
        assertThat(drift.body()).contains("\"database_missing\"", "\"database_role_missing\"");
        assertThat(metrics.body() + drift.body()).doesNotContain("DBUser.");
      }
    }
  }
}
