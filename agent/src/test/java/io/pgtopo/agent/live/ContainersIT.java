package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pgtopo.agent.topology.ReplicationLink;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * Servers with addresses of their own, as nodes have them: the walsender's client address is right,
 * and a name stands in the connection string of one replica where the inventory has an address.
 */
@DisplayName("ContainersIT (skipped where no Docker engine runs)")
class ContainersIT {
  private static final DockerImageName IMAGE =
      DockerImageName.parse(System.getProperty("pgtopo.test.image", "postgres:18"))
          .asCompatibleSubstituteFor("postgres");

  private static final String PREPARE =
      """
      #!/bin/bash
      set -e
      echo 'host replication replicator all scram-sha-256' >> "$PGDATA/pg_hba.conf"
      psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d postgres <<SQL
      CREATE ROLE replicator LOGIN REPLICATION PASSWORD 'DBUser.Replicator';
      CREATE ROLE dbuser_monitor LOGIN PASSWORD 'DBUser.Monitor' IN ROLE pg_monitor;
      SQL
      """;

  @BeforeAll
  static void needsDocker() {
    assumeTrue(DockerClientFactory.instance().isDockerAvailable(), "no Docker engine runs here");
  }

  private static String address(GenericContainer<?> container) {
    return container.getContainerInfo().getNetworkSettings().getNetworks().values().stream()
        .findFirst()
        .orElseThrow()
        .getIpAddress();
  }

  private static GenericContainer<?> replica(Network network, String name, String upstream) {
    var conninfo =
        "host=%s user=replicator password=DBUser.Replicator application_name=%s"
            .formatted(upstream, name);
    var start =
        """
        until pg_basebackup -d "%s" -D "$PGDATA" -R -X stream -c fast; do rm -rf "$PGDATA"/*; done
        exec docker-entrypoint.sh postgres"""
            .formatted(conninfo);
    return new GenericContainer<>(IMAGE)
        .withNetwork(network)
        .withEnv("POSTGRES_PASSWORD", "unused")
        .withCommand("bash", "-c", start)
        .waitingFor(
            Wait.forLogMessage(".*ready to accept read-only connections.*", 1)
                .withStartupTimeout(Duration.ofMinutes(2)));
  }

  @Test
  void a_cluster_on_three_addresses_is_as_declared_and_a_cut_replica_is_unreachable() {
    try (var network = Network.newNetwork();
        var primary =
            new PostgreSQLContainer(IMAGE)
                .withNetwork(network)
                .withNetworkAliases("pg1")
                .withCopyToContainer(
                    Transferable.of(PREPARE, 0755), "/docker-entrypoint-initdb.d/10-roles.sh")) {
      primary.start();
      try (var second = replica(network, "pg-test-2", address(primary));
          var third = replica(network, "pg-test-3", "pg1")) {
        second.start();
        third.start();

        var inventory =
            """
            all:
              children:
                pg-test:
                  hosts:
                    %s: { pg_seq: 1, pg_role: primary }
                    %s: { pg_seq: 2, pg_role: replica }
                    %s: { pg_seq: 3, pg_role: replica }
                  vars: { pg_cluster: pg-test }
            """
                .formatted(address(primary), address(second), address(third));
        try (var watch = Watch.of(inventory, Optional.of("DBUser.Monitor"))) {
          var snapshot = watch.untilDriftsAre();
          assertThat(watch.links(snapshot))
              .containsExactly(
                  "pg-test-1 -> pg-test-2 both_ends", "pg-test-1 -> pg-test-3 both_ends");
          assertThat(snapshot.topology().clusters().values())
              .flatExtracting(cluster -> cluster.links())
              .extracting(ReplicationLink::isStreaming)
              .containsOnly(true);

          cut(network, second);

          watch.untilDriftsAre("instance_unreachable pg-test-2");
        }
      }
    }
  }

  /** The primary goes on for a minute to call the replica streaming; the agent does not believe. */
  private static void cut(Network network, GenericContainer<?> container) {
    DockerClientFactory.instance()
        .client()
        .disconnectFromNetworkCmd()
        .withNetworkId(network.getId())
        .withContainerId(container.getContainerId())
        .exec();
  }
}
