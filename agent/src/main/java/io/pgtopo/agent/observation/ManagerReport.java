package io.pgtopo.agent.observation;

import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Labelled;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the HA manager of one node reports: an opinion, which PostgreSQL may contradict.
 *
 * @param address of its REST API, or of the server that has its table
 * @param manager empty if the server does not answer, so that it may have a table or none
 * @param window when, by the agent's clock
 */
public record ManagerReport(
    Endpoint address, Optional<HaManager> manager, Window window, Word word) {

  /** What came of a request. */
  public sealed interface Word {

    /**
     * It answered.
     *
     * @param scope the cluster in its words; empty where it does not say it
     * @param own the server that it runs; empty for a table, which says nothing of that
     * @param members as its configuration store or its table has them; empty if that was not read
     * @param storeFailure why not
     * @param checks the status of HTTP that it answers to health checks, by their paths; without
     *     those that it did not answer
     */
    record Spoken(
        Optional<String> scope,
        Optional<ManagedServer> own,
        Set<Flag> flags,
        List<ManagedServer> members,
        Optional<Failure> storeFailure,
        SortedMap<String, Integer> checks)
        implements Word {
      public Spoken {
        var copy = EnumSet.noneOf(Flag.class);
        copy.addAll(flags);
        flags = Collections.unmodifiableSet(copy);
        members = List.copyOf(members);
        checks = Collections.unmodifiableSortedMap(new TreeMap<>(checks));
      }
    }

    /** It did not. */
    record Mute(Failure failure) implements Word {}

    /** There is no table of a manager. */
    record Absent() implements Word {}
  }

  /**
   * A server in the words of the manager.
   *
   * @param name empty where it does not give one
   * @param role such as {@code leader}, {@code master}, {@code replica}; any other is possible
   * @param state such as {@code running}, {@code streaming}, {@code stopped}
   * @param upstream the name of the server that it follows; empty where none is given
   */
  public record ManagedServer(
      Optional<String> name,
      String role,
      String state,
      Optional<Endpoint> endpoint,
      Optional<Integer> timeline,
      Optional<String> upstream,
      Candidacy candidacy) {

    /** One of which nothing is said that keeps it from leading. */
    public ManagedServer(
        Optional<String> name,
        String role,
        String state,
        Optional<Endpoint> endpoint,
        Optional<Integer> timeline,
        Optional<String> upstream) {
      this(name, role, state, endpoint, timeline, upstream, Candidacy.NOT_EXCLUDED);
    }
  }

  /** Whether the manager would promote a server. */
  public enum Candidacy {
    NOT_EXCLUDED,
    /** Never: Patroni's tag {@code nofailover}, or {@code failover_priority} 0 (3.2+). */
    EXCLUDED
  }

  /** What else it says of its server or cluster. Its label is an API value. */
  public enum Flag implements Labelled {
    /** It acts on nothing until it is resumed. */
    PAUSED,
    /** Its server has to be restarted for a setting. */
    PENDING_RESTART,
    /** The cluster has no leader in its configuration store. */
    UNLOCKED,
    /** The configuration store is lost, and the members keep their roles among themselves. */
    FAILSAFE,
    /** It was read from a standby: what the upstream of that has written, some time ago. */
    COPY
  }
}
