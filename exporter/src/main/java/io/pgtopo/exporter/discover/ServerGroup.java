package io.pgtopo.exporter.discover;

import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.config.model.Endpoint;
import java.util.List;
import java.util.Optional;

/**
 * Servers to declare as one cluster.
 *
 * @param label the cluster name that the servers report; empty if none
 * @param head the first of them: the leader, if there is one
 * @param leader the primary, or the leader of a standby cluster; empty if none of them is known to
 *     lead
 * @param members in order of their endpoints, the head among them
 * @param upstream of the leader, outside the group
 */
record ServerGroup(
    String label,
    Kind kind,
    LiveInstance head,
    Optional<LiveInstance> leader,
    List<LiveInstance> members,
    Optional<Endpoint> upstream) {

  /** Why they are a cluster of their own. */
  enum Kind {
    /** They report its name, or replicate from those that do. */
    NAMED,
    /** The head has a delay, which Pigsty declares only for the leader of a standby cluster. */
    DELAYED
  }

  ServerGroup {
    members = List.copyOf(members);
  }
}
