package io.pgtopo.agent.service;

import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.HaManager;
import io.pgtopo.agent.observation.ManagerReport;
import io.pgtopo.agent.observation.ManagerReport.Candidacy;
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
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What HA managers believe of servers and since when, and what these servers have been since when.
 * An opinion never changes what a server is.
 *
 * @param byAddress of the REST API of each manager, or of the server that has its table
 * @param servers what each polled server is
 * @param asOf when the reports were collected
 */
public record Managers(
    SortedMap<Endpoint, Opinion> byAddress,
    SortedMap<Endpoint, ObservedServer> servers,
    Instant asOf) {
  /** None was read. */
  public static final Managers NONE = new Managers(new TreeMap<>(), new TreeMap<>(), Instant.EPOCH);

  /** An older report shows nothing of the present. */
  private static final Duration OLDEST = Duration.ofMinutes(2);

  /** The same of a table, which is read more rarely. */
  private static final Duration OLDEST_TABLE = Duration.ofMinutes(5);

  private static final String PAUSE = "pause";

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

    /** Whose opinion it is. */
    public HaManager manager() {
      return last.manager().or(() -> spoken.flatMap(ManagerReport::manager)).orElseThrow();
    }

    /** Where it was read: on a node, or from a server that has its table. */
    public String at() {
      return manager() == HaManager.PATRONI ? last.address().host() : last.address().toString();
    }

    /** Whether it was written elsewhere, and came here by replication. */
    public boolean isCopy() {
      return now().filter(it -> it.flags().contains(Flag.COPY)).isPresent();
    }

    /** What it says now; empty if it is silent: then what it said before is stale. */
    public Optional<Word.Spoken> now() {
      return last.word() instanceof Word.Spoken spoken ? Optional.of(spoken) : Optional.empty();
    }

    /** What it says now of an instance, in its store or table. */
    public Optional<ManagedServer> of(Cluster cluster, Instance instance) {
      return now().stream()
          .flatMap(it -> it.members().stream())
          .filter(member -> isAbout(member, cluster, instance))
          .findFirst();
    }

    /**
     * Whether it is about an instance: by the address. A table may have a host name, or an address
     * that is not the declared one: then by the name.
     */
    public boolean isAbout(ManagedServer member, Cluster cluster, Instance instance) {
      var isNamed = member.name().filter(it -> isNameOf(it, instance)).isPresent();
      return member
          .endpoint()
          .map(
              endpoint ->
                  endpoint.equals(instance.endpoint())
                      || (isNamed
                          && manager() != HaManager.PATRONI
                          && cluster.instances().stream()
                              .noneMatch(it -> it.endpoint().equals(endpoint))))
          .orElse(isNamed);
    }

    private static boolean isNameOf(String name, Instance instance) {
      return name.equals(instance.name()) || instance.alias().equals(Optional.of(name));
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
        .filter(it -> isFresh(it, OLDEST))
        .filter(it -> isOf(cluster, it));
  }

  private boolean isFresh(Opinion opinion, Duration oldest) {
    return !opinion.last().window().to().isBefore(asOf.minus(oldest));
  }

  /** What tables have of a cluster, unless that is old, in order of the servers they are on. */
  public List<Opinion> tables(Cluster cluster) {
    return byAddress.values().stream()
        .filter(it -> it.manager() != HaManager.PATRONI)
        .filter(it -> isFresh(it, OLDEST_TABLE))
        .filter(it -> isTableOf(cluster, it))
        .toList();
  }

  /** All that concern a cluster: of the manager of each instance, and of tables. */
  public List<Opinion> opinions(Cluster cluster) {
    return Stream.concat(
            cluster.instances().stream().flatMap(it -> of(cluster, it).stream()),
            tables(cluster).stream())
        .toList();
  }

  /** Which manager would never promote an instance; empty if none says so now. */
  public Optional<HaManager> excluding(Cluster cluster, Instance instance) {
    return opinions(cluster).stream()
        .filter(
            opinion ->
                opinion
                    .of(cluster, instance)
                    .or(
                        () ->
                            of(cluster, instance)
                                .filter(opinion::equals)
                                .flatMap(Opinion::now)
                                .flatMap(Word.Spoken::own))
                    .filter(it -> it.candidacy() == Candidacy.EXCLUDED)
                    .isPresent())
        .map(Opinion::manager)
        .findFirst();
  }

  /**
   * The instances whose Patroni answers, and says neither which members its configuration store has
   * nor that there is a leader: without the store it lets no server lead.
   */
  public List<Instance> withoutStore(Cluster cluster) {
    return cluster.instances().stream()
        .filter(
            it ->
                of(cluster, it)
                    .flatMap(Opinion::now)
                    .filter(said -> said.storeFailure().isPresent())
                    .filter(said -> said.flags().contains(Flag.UNLOCKED))
                    .isPresent())
        .toList();
  }

  /** Whether the manager of some instance says which members its configuration store has. */
  public boolean isStoreRead(Cluster cluster) {
    return cluster.instances().stream()
        .flatMap(it -> of(cluster, it).flatMap(Opinion::now).stream())
        .anyMatch(said -> said.storeFailure().isEmpty());
  }

  /**
   * Each server of a cluster has the table of repmgr; a monitor is outside of it. Of one that is
   * silent it is unknown which clusters it has.
   */
  private static boolean isTableOf(Cluster cluster, Opinion opinion) {
    var isThere =
        cluster.instances().stream().anyMatch(it -> it.endpoint().equals(opinion.last().address()));
    return (isThere && (opinion.manager() == HaManager.REPMGR || opinion.now().isEmpty()))
        || (opinion.manager() == HaManager.PG_AUTO_FAILOVER
            && cluster.instances().stream().anyMatch(it -> opinion.of(cluster, it).isPresent()));
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

  /**
   * What a server is now and since when; empty if that is unknown, or new: a poll is added by
   * {@link #seen} only after it was compared.
   */
  public Optional<ObservedServer> observed(Topology live, Endpoint endpoint) {
    return Optional.ofNullable(servers.get(endpoint)).flatMap(it -> it.asOf(live, endpoint));
  }

  /** These after a poll of servers. */
  public Managers seen(Topology live, Instant now) {
    var next = new TreeMap<Endpoint, ObservedServer>();
    Stream.concat(live.instances().keySet().stream(), live.unreachable().keySet().stream())
        .forEach(
            endpoint ->
                ObservedServer.next(Optional.ofNullable(servers.get(endpoint)), live, endpoint, now)
                    .ifPresent(it -> next.put(endpoint, it)));
    return new Managers(byAddress, next, asOf);
  }

  /** These with more reports. */
  public Managers next(Collection<ManagerReport> fresh, Instant now) {
    var all = new TreeMap<>(byAddress);
    for (var report : fresh) {
      var before = Optional.ofNullable(all.get(report.address()));
      if (report.word() instanceof Word.Absent) {
        all.remove(report.address());
      } else if (before.isPresent() || report.manager().isPresent()) {
        all.put(report.address(), next(before, report));
      }
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
    spoken.own().ifPresent(own -> put(beliefs, own(), own));
    spoken.members().forEach(member -> put(beliefs, about(member), member));
    return beliefs;
  }

  private static void put(SortedMap<String, String> beliefs, String about, ManagedServer server) {
    beliefs.put(about, value(server));
    server
        .timeline()
        .ifPresent(timeline -> beliefs.put(timelineOf(about), String.valueOf(timeline)));
  }

  private static String value(ManagedServer server) {
    return Stream.concat(Stream.of(server.role(), server.state()), server.upstream().stream())
        .collect(Collectors.joining(" "));
  }

  /** What a manager says of the server that it runs. */
  public static String own() {
    return "own";
  }

  /** What its configuration store or its table has of a member. */
  public static String about(ManagedServer member) {
    return "member " + member.name().orElse("");
  }

  /** The timeline of what it says something of. */
  public static String timelineOf(String about) {
    return "timeline of " + about;
  }

  /** Those at some addresses. */
  public Managers only(Set<Endpoint> addresses) {
    var kept = new TreeMap<>(byAddress);
    kept.keySet().retainAll(addresses);
    return new Managers(kept, servers, asOf);
  }
}
