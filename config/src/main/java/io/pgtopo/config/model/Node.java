package io.pgtopo.config.model;

import java.util.Optional;

/**
 * The machine that one instance runs on.
 *
 * @param address by which Ansible and PostgreSQL's clients reach it; usually an IPv4 address
 * @param name its host name; empty if Pigsty does not change it
 * @param cluster {@code node_cluster}
 * @param zone {@code pg_zone}: what fails together, such as an availability zone; empty if none is
 *     declared
 */
public record Node(String address, Optional<String> name, String cluster, Optional<String> zone) {

  /** One in no zone. */
  public Node(String address, Optional<String> name, String cluster) {
    this(address, name, cluster, Optional.empty());
  }
}
