package io.pgtopo.agent.history;

import io.pgtopo.agent.observation.SystemId;
import io.pgtopo.agent.topology.LiveRole;
import java.time.Instant;
import java.util.Optional;

/**
 * What was last known of a declared instance.
 *
 * @param reported in its last answer
 * @param isAnswering whether it came in the last cycle
 */
public record LastAnswer(String cluster, String name, Reported reported, boolean isAnswering) {

  /**
   * What of it is compared with the next one.
   *
   * @param systemId empty if it was hidden
   * @param role primary or replica
   * @param startedAt by the server's clock
   * @param upstream from where it streams, or streamed last while it is in recovery
   */
  public record Reported(
      Optional<SystemId> systemId,
      LiveRole role,
      Instant startedAt,
      int timeline,
      Optional<Followed> upstream) {}

  /**
   * An upstream, by its address and by the name that was declared there. One of the two may change
   * in the inventory alone.
   */
  public record Followed(String address, String name) {
    boolean isSame(Followed other) {
      return address.equals(other.address) || name.equals(other.name);
    }
  }

  LastAnswer silent() {
    return isAnswering ? new LastAnswer(cluster, name, reported, false) : this;
  }
}
