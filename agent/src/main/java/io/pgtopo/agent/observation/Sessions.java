package io.pgtopo.agent.observation;

import java.util.List;

/**
 * The sessions of a server that are not replication: {@code pg_stat_activity}.
 *
 * @param clients client backends of other logins than the agent's, without those of HA managers
 * @param managers the application names of sessions that an HA manager opens, in their order
 */
public record Sessions(int clients, List<String> managers) {
  /** Nobody is connected. */
  public static final Sessions NONE = new Sessions(0, List.of());

  public Sessions {
    managers = List.copyOf(managers);
  }
}
