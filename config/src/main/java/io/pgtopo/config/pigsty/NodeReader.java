package io.pgtopo.config.pigsty;

import io.pgtopo.config.ansible.Host;
import io.pgtopo.config.model.Node;
import io.pgtopo.config.reading.Expected;
import io.pgtopo.config.reading.Problems;
import java.util.Optional;

/** Reads the node of an instance, with the rules of Pigsty's {@code node_id}. */
final class NodeReader {
  private static final String DEFAULT_CLUSTER = "nodes";

  private final Expected expected;

  NodeReader(Problems problems) {
    this.expected = new Expected(problems);
  }

  Node read(Declaration one) {
    var host = one.host();
    var fromInstance = host.find("node_id_from_pg").flatMap(expected::bool).orElse(true);
    var declaredCluster = text(host, "node_cluster").filter(name -> !name.equals(DEFAULT_CLUSTER));
    return fromInstance
        ? new Node(host.name(), Optional.of(one.name()), declaredCluster.orElse(one.cluster()))
        : new Node(host.name(), text(host, "nodename"), declaredCluster.orElse(DEFAULT_CLUSTER));
  }

  private Optional<String> text(Host host, String variable) {
    return host.find(variable)
        .flatMap(found -> expected.text(found, "a name"))
        .filter(name -> !name.isBlank());
  }
}
