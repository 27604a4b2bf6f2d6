package io.pgtopo.agent.observation;

import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Labelled;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the HA manager of one node reports: an opinion, which PostgreSQL may contradict.
 *
 * @param address of its REST API
 * @param window when, by the agent's clock
 */
public record ManagerReport(Endpoint address, Window window, Word word) {

  /** What came of a request. */
  public sealed interface Word {

    /**
     * It answered.
     *
     * @param scope the cluster in its words; empty where it does not say it
     * @param own the server that it runs
     * @param members of the cluster, as its configuration store has them; empty if that was not
     *     read
     * @param storeFailure why not
     */
    record Spoken(
        Optional<String> scope,
        ManagedServer own,
        Set<Flag> flags,
        List<ManagedServer> members,
        Optional<Failure> storeFailure)
        implements Word {
      public Spoken {
        var copy = EnumSet.noneOf(Flag.class);
        copy.addAll(flags);
        flags = Collections.unmodifiableSet(copy);
        members = List.copyOf(members);
      }
    }

    /** It did not. */
    record Mute(Failure failure) implements Word {}
  }

  /**
   * A server in the words of the manager.
   *
   * @param name empty where it does not give one
   * @param role such as {@code leader}, {@code master}, {@code replica}; any other is possible
   * @param state such as {@code running}, {@code streaming}, {@code stopped}
   */
  public record ManagedServer(
      Optional<String> name,
      String role,
      String state,
      Optional<Endpoint> endpoint,
      Optional<Integer> timeline) {}

  /** What else it says of its server or cluster. Its label is an API value. */
  public enum Flag implements Labelled {
    /** It acts on nothing until it is resumed. */
    PAUSED,
    /** Its server has to be restarted for a setting. */
    PENDING_RESTART,
    /** The cluster has no leader in its configuration store. */
    UNLOCKED,
    /** The configuration store is lost, and the members keep their roles among themselves. */
    FAILSAFE
  }
}
