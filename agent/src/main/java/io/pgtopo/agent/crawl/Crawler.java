package io.pgtopo.agent.crawl;

import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.topology.Detachment;
import io.pgtopo.agent.topology.LiveUpstream;
import io.pgtopo.agent.topology.Peer;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.config.model.Crawl;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.Inventory;
import io.pgtopo.config.model.IpAddress;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Says which undeclared addresses are worth a look, and what to keep of what was seen there. */
public final class Crawler {
  /** Cycles for which an address that was told, or one that was guessed, rests after a failure. */
  private static final int REST_OF_TOLD = 12;

  private static final int REST_OF_GUESSED = 60;
  private static final int FORGET_AFTER = 60;
  private static final int MOST_GUESSES = 3;
  private static final int MOST_ADDRESSES_OF_A_NAME = 3;

  private final CrawlRange reach;
  private final Set<Endpoint> declared;

  /** Hosts of what is declared and deliberately not looked at. */
  private final Set<String> elsewhere;

  /** One that goes as far as the settings allow. */
  public Crawler(Crawl settings, Inventory inventory) {
    reach = CrawlRange.of(settings, inventory);
    declared =
        inventory
            .instances()
            .map(Instance::endpoint)
            .collect(Collectors.toCollection(TreeSet::new));
    elsewhere =
        inventory.elsewhere().stream().map(it -> it.endpoint().host()).collect(Collectors.toSet());
    declared.forEach(endpoint -> elsewhere.remove(endpoint.host()));
  }

  /** Whether anything but the declared instances may be looked at. */
  public boolean isOn() {
    return reach.maxInstances() > 0;
  }

  /** Whether an instance is declared at an endpoint. */
  public boolean isDeclared(Endpoint endpoint) {
    return declared.contains(endpoint);
  }

  /** The undeclared addresses that a cycle begins with. */
  public NavigableSet<Endpoint> known(CrawlMemory memory) {
    return memory.found().keySet().stream()
        .filter(endpoint -> !declared.contains(endpoint) && reach.isOpenTo(endpoint.host()))
        .limit(reach.maxInstances())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /**
   * Where to look next.
   *
   * @param live what follows from all that was seen in this cycle
   * @param lookedAt in this cycle
   * @param names the addresses of host names, as far as they are known
   */
  public Frontier frontier(
      Topology live, Set<Endpoint> lookedAt, CrawlMemory memory, Map<String, List<String>> names) {
    if (!isOn()) {
      return new Frontier(new TreeMap<>(), new TreeSet<>(), new TreeMap<>(), 0);
    }
    var next = new TreeMap<Endpoint, Frontier.Expectation>();
    var unresolved = new TreeSet<String>();
    var refused = new TreeMap<String, String>();
    for (var clue : ReportedAddress.of(live)) {
      var isAddress = IpAddress.parse(clue.host()).isPresent();
      if (!isAddress && !names.containsKey(clue.host())) {
        unresolved.add(clue.host());
        continue;
      }
      var addresses = isAddress ? List.of(clue.host()) : names.getOrDefault(clue.host(), List.of());
      if (addresses.isEmpty()) {
        refused.put(clue.host(), "%s has no address; %s".formatted(clue.host(), clue.shownBy()));
      }
      addresses.stream()
          .limit(MOST_ADDRESSES_OF_A_NAME)
          .flatMap(address -> candidates(clue, address, refused))
          .filter(endpoint -> !lookedAt.contains(endpoint))
          .filter(endpoint -> !elsewhere.contains(endpoint.host()))
          .filter(endpoint -> !memory.resting().containsKey(endpoint))
          .forEach(endpoint -> next.merge(endpoint, hope(clue), Crawler::stronger));
    }
    var room = reach.maxInstances() - inUse(lookedAt);
    var within = new TreeMap<Endpoint, Frontier.Expectation>();
    next.entrySet().stream()
        .limit(Math.max(0, room))
        .forEach(entry -> within.put(entry.getKey(), entry.getValue()));
    return new Frontier(within, unresolved, refused, next.size() - within.size());
  }

  private int inUse(Set<Endpoint> lookedAt) {
    return (int) lookedAt.stream().filter(endpoint -> !declared.contains(endpoint)).count();
  }

  private Stream<Endpoint> candidates(
      ReportedAddress clue, String host, SortedMap<String, String> refused) {
    var address = IpAddress.parse(host);
    if (address.isEmpty()) {
      return Stream.empty();
    }
    var named = clue.host().equals(host) ? host : clue.host() + " (" + host + ")";
    var refusal = reach.refusal(address.get(), clue.direction());
    if (refusal.isPresent()) {
      refused.put(host, "%s %s; %s".formatted(named, refusal.get(), clue.shownBy()));
      return Stream.empty();
    }
    return ports(clue, host).mapToObj(port -> new Endpoint(host, port));
  }

  private IntStream ports(ReportedAddress clue, String host) {
    return switch (clue.direction()) {
      case UPSTREAM -> IntStream.of(clue.port());
      case DOWNSTREAM ->
          IntStream.concat(
                  IntStream.concat(
                      IntStream.of(clue.kinPort()),
                      declared.stream()
                          .filter(endpoint -> endpoint.host().equals(host))
                          .mapToInt(Endpoint::port)),
                  IntStream.of(Endpoint.DEFAULT_PORT))
              .distinct()
              .limit(MOST_GUESSES);
    };
  }

  private static Frontier.Expectation hope(ReportedAddress clue) {
    return switch (clue.direction()) {
      case UPSTREAM -> new Frontier.Expectation.Upstream();
      case DOWNSTREAM -> new Frontier.Expectation.Replica(clue.systemId());
    };
  }

  private static Frontier.Expectation stronger(
      Frontier.Expectation one, Frontier.Expectation other) {
    return one instanceof Frontier.Expectation.Upstream ? one : other;
  }

  /**
   * Whether what was seen at an undeclared address is a server of the topology. A guess may have
   * reached a server that has nothing to do with the evidence; and one that never answered stays
   * what its peer tells of it.
   *
   * @param hopes of this cycle
   */
  public boolean isAccepted(
      Observation seen, Map<Endpoint, Frontier.Expectation> hopes, CrawlMemory memory) {
    var known = memory.found().get(seen.endpoint());
    return switch (seen) {
      case Observation.Unreachable silent -> known != null;
      case Observation.Reachable(var endpoint, var window, var facts) -> {
        var systemId = facts.identity().systemId();
        if (known != null) {
          yield known.systemId().equals(systemId);
        }
        yield switch (hopes.get(endpoint)) {
          case Frontier.Expectation.Upstream told -> true;
          case Frontier.Expectation.Replica(var family) -> family.equals(systemId);
          case null -> false;
        };
      }
    };
  }

  /**
   * What to remember for the next cycle.
   *
   * @param undeclared everything that was seen at undeclared addresses in this one
   */
  public CrawlMemory remember(
      CrawlMemory before,
      Topology live,
      Collection<Observation> undeclared,
      Map<Endpoint, Frontier.Expectation> hopes) {
    var found = new TreeMap<>(before.found());
    var resting = new TreeMap<Endpoint, Integer>();
    before.resting().forEach((endpoint, cycles) -> rest(endpoint, cycles - 1, resting));
    for (var seen : undeclared) {
      var endpoint = seen.endpoint();
      if (!isAccepted(seen, hopes, before)) {
        found.remove(endpoint);
        var isTold = hopes.get(endpoint) instanceof Frontier.Expectation.Upstream;
        rest(endpoint, isTold ? REST_OF_TOLD : REST_OF_GUESSED, resting);
      } else if (seen instanceof Observation.Reachable(var at, var window, var facts)) {
        found.put(at, new CrawlMemory.Found(facts.identity().systemId(), 0));
      } else {
        found.computeIfPresent(endpoint, (at, known) -> missed(at, known, live));
      }
    }
    found.keySet().removeAll(declared);
    found.values().removeIf(known -> known.missed() > FORGET_AFTER);
    return new CrawlMemory(found, resting);
  }

  private static void rest(Endpoint endpoint, int cycles, Map<Endpoint, Integer> resting) {
    if (cycles > 0) {
      resting.put(endpoint, cycles);
    }
  }

  private static CrawlMemory.Found missed(Endpoint silent, CrawlMemory.Found known, Topology live) {
    return new CrawlMemory.Found(known.systemId(), isShown(silent, live) ? 0 : known.missed() + 1);
  }

  private static boolean isShown(Endpoint silent, Topology live) {
    var peer = new Peer.Known(silent);
    return live.clusters().values().stream()
            .flatMap(family -> family.links().stream())
            .anyMatch(link -> link.upstream().equals(peer) || link.downstream().equals(peer))
        || live.instances().values().stream()
            .anyMatch(
                instance ->
                    instance.upstream() instanceof LiveUpstream.Detached(var why)
                        && why instanceof Detachment.UpstreamUnreachable(var upstream, var failure)
                        && upstream.equals(silent));
  }
}
