package io.pgtopo.config.pigsty;

import io.pgtopo.config.ansible.Host;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.InstanceRole;
import java.util.Optional;

/** An instance as its host declares it, before its upstream is resolved. */
record Declaration(
    Host host,
    String cluster,
    int seq,
    InstanceRole role,
    Endpoint endpoint,
    Instance.Traffic traffic,
    Optional<String> alias) {

  String name() {
    return cluster + "-" + seq;
  }

  boolean isPrimary() {
    return role == InstanceRole.PRIMARY;
  }

  /** Whether {@code pg_upstream} means this one: by address, or by a name that Patroni wants. */
  boolean isMeantBy(String upstream) {
    return host.name().equals(upstream)
        || name().equals(upstream)
        || alias.equals(Optional.of(upstream));
  }
}
