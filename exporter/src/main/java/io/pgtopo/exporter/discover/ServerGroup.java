package io.pgtopo.exporter.discover;

import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.config.model.Endpoint;
import java.util.List;
import java.util.Optional;

/**
 * Servers that are to be declared as one cluster.
 *
 * @param label what the servers call their cluster; empty if they do not
 * @param kind why it is a cluster of its own
 * @param head the first of them: the leader, if there is one
 * @param leader the primary, or the leader of a standby cluster; empty if none of them is known to
 *     lead
 * @param members in order of their endpoints, the head among them
 * @param upstream whom the leader follows, outside of the group
 */
record ServerGroup(
    String label,
    Kind kind,
    LiveInstance head,
    Optional<LiveInstance> leader,
    List<LiveInstance> members,
    Optional<Endpoint> upstream) {

  /** Why servers are a cluster of their own. */
  enum Kind {
    /** They carry its name, or follow those that do. */
    NAMED,
    /**
     * The head replays with a delay, which Pigsty knows of the leader of a standby cluster only.
     */
    DELAYED
  }

  ServerGroup {
    members = List.copyOf(members);
  }
}
