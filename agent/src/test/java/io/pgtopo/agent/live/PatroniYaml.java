package io.pgtopo.agent.live;

import java.nio.file.Path;

/** The configuration of a Patroni of the tests. */
final class PatroniYaml {
  private PatroniYaml() {}

  /**
   * Of one node.
   *
   * @param etcd host and port of the store
   */
  static String of(int node, String address, String etcd, Path binaries, Path data, Path socket) {
    return """
    scope: %1$s
    namespace: /pg/
    name: %1$s-%2$d
    restapi: { listen: '%3$s:%4$d', connect_address: '%3$s:%4$d' }
    etcd3: { host: '%5$s' }
    bootstrap:
      dcs:
        ttl: %6$d
        loop_wait: 1
        retry_timeout: 3
        postgresql:
          use_pg_rewind: true
          use_slots: true
          parameters: { max_wal_size: 64MB, min_wal_size: 32MB, shared_buffers: 16MB, fsync: 'off', dynamic_shared_memory_type: mmap }
      initdb: [ { encoding: UTF8 }, { locale: C }, data-checksums ]
    postgresql:
      listen: '%3$s:%7$d'
      connect_address: '%3$s:%7$d'
      bin_dir: %8$s
      data_dir: %9$s
      pgpass: %9$s.pgpass
      pg_hba:
        - local all all trust
        - host all all 127.0.0.0/8 trust
        - host replication all 127.0.0.0/8 trust
      parameters: { unix_socket_directories: %10$s }
      authentication:
        superuser: { username: postgres }
        replication: { username: replicator }
    """
        .formatted(
            PatroniCluster.NAME,
            node,
            address,
            PatroniCluster.REST_PORT,
            etcd,
            PatroniCluster.TTL.toSeconds(),
            PatroniCluster.POSTGRES_PORT,
            binaries,
            data,
            socket);
  }
}
