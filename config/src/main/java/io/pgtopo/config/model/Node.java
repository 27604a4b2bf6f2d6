package io.pgtopo.config.model;

import java.util.Optional;

/**
 * The machine that one instance runs on.
 *
 * @param address by which Ansible and PostgreSQL's clients reach it; usually an IPv4 address
 * @param name its host name; empty if Pigsty leaves it as it is
 * @param cluster group of nodes that it is monitored with ({@code node_cluster})
 */
public record Node(String address, Optional<String> name, String cluster) {}
