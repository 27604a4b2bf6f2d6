package io.pgtopo.agent.service;

import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.ManagerReport;
import io.pgtopo.agent.observation.ManagerReport.Flag;
import io.pgtopo.agent.observation.ManagerReport.ManagedServer;
import io.pgtopo.agent.observation.ManagerReport.Word;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.Labelled;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What HA managers believe of servers and since when, and what these servers have been since when.
 * An opinion never changes what a server is.
 *
 * @param byAddress of the REST API of each manager
 * @param servers what each polled server is
 * @param asOf when the reports were collected
 */
public record Managers(
    SortedMap<Endpoint, Opinion> byAddress, SortedMap<Endpoint, Observed> servers, Instant asOf) {
  /** None was read. */
  public static final Managers NONE = new Managers(new TreeMap<>(), new TreeMap<>(), Instant.EPOCH);

  /** An older report shows nothing of the present. */
  private static final Duration OLDEST = Duration.ofMinutes(2);

  private static final String PAUSE = "pause";

  /** Patroni's words for what accepts writes. */
  private static final Set<String> LEADERS = Set.of("leader", "master", "primary");

  /** Its words for what does not. */
  private static final Set<String> FOLLOWERS =
      Set.of("replica", "sync_standby", "quorum_standby", "standby_leader");

  /**
   * What one manager believes.
   *
   * @param last its last report, be it that it did not answer
   * @param spoken the last one with an answer, and its time; empty if there was none
   * @param beliefs what it has said, by what it is about
   */
  public record Opinion(
      ManagerReport last, Optional<ManagerReport> spoken, SortedMap<String, Belief> beliefs) {
    public Opinion {
      beliefs = Collections.unmodifiableSortedMap(new TreeMap<>(beliefs));
    }

    /** What it says now; empty if it is silent: then what it said before is stale. */
    public Optional<Word.Spoken> now() {
      return last.word() instanceof Word.Spoken spoken ? Optional.of(spoken) : Optional.empty();
    }

    /** Since when it has said the same of something. */
    public Optional<Instant> since(String about) {
      return Optional.ofNullable(beliefs.get(about)).map(Belief::since);
    }

    /** Since when it has been paused; empty if it is not, or is silent. */
    public Optional<Instant> pausedSince() {
      return now().filter(it -> it.flags().contains(Flag.PAUSED)).flatMap(it -> since(PAUSE));
    }
  }

  /** A belief, and when it was first read. */
  public record Belief(String value, Instant since) {}

  /** What a server is, and when that was first seen. */
  public record Observed(Being being, Instant since) {}

  /** What a server is, as far as a manager could be wrong about it. Its label is an API value. */
  public enum Being implements Labelled {
    PRIMARY,
    REPLICA,
    /** The connection is refused: nothing listens at its address. */
    REFUSED
  }

  public Managers {
    byAddress = Collections.unmodifiableSortedMap(new TreeMap<>(byAddress));
    servers = Collections.unmodifiableSortedMap(new TreeMap<>(servers));
  }

  /** Whether none was read. */
  public boolean isEmpty() {
    return byAddress.isEmpty();
  }

  /** Where the manager of an instance is; empty if its cluster has none. */
  public static Optional<Endpoint> address(Cluster cluster, Instance instance) {
    return cluster
        .traits()
        .manager()
        .filter(unused -> !instance.isRemote())
        .map(manager -> new Endpoint(instance.endpoint().host(), manager.port()));
  }

  /** The opinion of the manager of an instance, unless it is old or of another cluster. */
  public Optional<Opinion> of(Cluster cluster, Instance instance) {
    return address(cluster, instance)
        .flatMap(address -> Optional.ofNullable(byAddress.get(address)))
        .filter(it -> !it.last().window().to().isBefore(asOf.minus(OLDEST)))
        .filter(it -> isOf(cluster, it));
  }

  /** Not that of another cluster on the same node; {@code scope} is the name, or the shard. */
  private static boolean isOf(Cluster cluster, Opinion opinion) {
    var scope = opinion.now().flatMap(Word.Spoken::scope);
    return scope.isEmpty()
        || scope.get().equals(cluster.name())
        || scope.get().equals(cluster.traits().shard());
  }

  /** What a server is now; empty if that is unknown. */
  public static Optional<Being> being(Topology live, Endpoint endpoint) {
    var found = live.at(endpoint);
    if (found.isPresent()) {
      return live.isServer(endpoint) && !live.shared().contains(endpoint)
          ? found.map(it -> it.role() == LiveRole.PRIMARY ? Being.PRIMARY : Being.REPLICA)
          : Optional.empty();
    }
    return Optional.ofNullable(live.unreachable().get(endpoint))
        .filter(failure -> failure.kind() == Failure.Kind.REFUSED)
        .map(failure -> Being.REFUSED);
  }

  /** These after a poll of servers. */
  public Managers seen(Topology live, Instant now) {
    var next = new TreeMap<Endpoint, Observed>();
    var endpoints = new TreeMap<Endpoint, Boolean>();
    live.instances().keySet().forEach(endpoint -> endpoints.put(endpoint, true));
    live.unreachable().keySet().forEach(endpoint -> endpoints.put(endpoint, true));
    for (var endpoint : endpoints.keySet()) {
      being(live, endpoint)
          .ifPresent(
              being -> {
                var known = Optional.ofNullable(servers.get(endpoint));
                next.put(
                    endpoint,
                    known
                        .filter(it -> it.being() == being)
                        .orElseGet(() -> new Observed(being, now)));
              });
    }
    return new Managers(byAddress, next, asOf);
  }

  /** These with more reports. */
  public Managers next(Collection<ManagerReport> fresh, Instant now) {
    var all = new TreeMap<>(byAddress);
    for (var report : fresh) {
      all.put(report.address(), next(Optional.ofNullable(all.get(report.address())), report));
    }
    return new Managers(all, servers, now);
  }

  private static Opinion next(Optional<Opinion> before, ManagerReport report) {
    var known = before.map(Opinion::beliefs).orElse(Collections.emptySortedMap());
    if (!(report.word() instanceof Word.Spoken spoken)) {
      return new Opinion(report, before.flatMap(Opinion::spoken), known);
    }
    var beliefs = new TreeMap<String, Belief>();
    beliefs(spoken)
        .forEach(
            (about, value) ->
                beliefs.put(
                    about,
                    Optional.ofNullable(known.get(about))
                        .filter(it -> it.value().equals(value))
                        .orElseGet(() -> new Belief(value, report.window().from()))));
    return new Opinion(report, Optional.of(report), beliefs);
  }

  private static SortedMap<String, String> beliefs(Word.Spoken spoken) {
    var beliefs = new TreeMap<String, String>();
    beliefs.put(PAUSE, String.valueOf(spoken.flags().contains(Flag.PAUSED)));
    beliefs.put(own(), value(spoken.own()));
    spoken.members().forEach(member -> beliefs.put(about(member), value(member)));
    return beliefs;
  }

  private static String value(ManagedServer server) {
    return server.role() + " " + server.state();
  }

  /** Primary or replica; empty for a word that may mean neither. */
  public static Optional<LiveRole> role(ManagedServer server) {
    return LEADERS.contains(server.role())
        ? Optional.of(LiveRole.PRIMARY)
        : Optional.of(LiveRole.REPLICA).filter(unused -> FOLLOWERS.contains(server.role()));
  }

  /** What a manager says of the server that it runs. */
  public static String own() {
    return "own";
  }

  /** What its configuration store has of a member. */
  public static String about(ManagedServer member) {
    return "member " + member.name().orElse("");
  }

  /** Those at some addresses. */
  public Managers only(Set<Endpoint> addresses) {
    var kept = new TreeMap<>(byAddress);
    kept.keySet().retainAll(addresses);
    return new Managers(kept, servers, asOf);
  }
}
