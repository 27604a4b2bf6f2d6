package io.pgtopo.agent.crawl;

import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.observation.Reading;
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

/** Decides which undeclared addresses to poll, and what to remember of them. */
public final class Crawler {
  /**
   * Cycles without a poll after a failure, of a reported address and of one with a guessed port.
   */
  private static final int BACKOFF = 12;

  private static final int BACKOFF_OF_GUESSED = 60;
  private static final int FORGET_AFTER = 60;
  private static final int MAX_GUESSED_PORTS = 3;
  private static final int MAX_ADDRESSES_OF_A_NAME = 3;

  private final CrawlRange range;
  private final Set<Endpoint> declared;

  /** Hosts of instances that are declared and, by configuration, not polled. */
  private final Set<String> elsewhere;

  /** A crawler within the limits of the settings. */
  public Crawler(Crawl settings, Inventory inventory) {
    range = CrawlRange.of(settings, inventory);
    declared =
        inventory
            .instances()
            .map(Instance::endpoint)
            .collect(Collectors.toCollection(TreeSet::new));
    elsewhere =
        inventory.elsewhere().stream().map(it -> it.endpoint().host()).collect(Collectors.toSet());
    declared.forEach(endpoint -> elsewhere.remove(endpoint.host()));
  }

  /** Whether undeclared servers may be polled. */
  public boolean isOn() {
    return range.maxInstances() > 0;
  }

  /** Whether an instance is declared at an endpoint. */
  public boolean isDeclared(Endpoint endpoint) {
    return declared.contains(endpoint);
  }

  /** The undeclared addresses that a cycle begins with. */
  public NavigableSet<Endpoint> known(CrawlMemory memory) {
    return memory.found().keySet().stream()
        .filter(endpoint -> !declared.contains(endpoint) && range.contains(endpoint.host()))
        .limit(range.maxInstances())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /**
   * The addresses to be polled next.
   *
   * @param live the topology by the polls of this cycle so far
   * @param polled endpoints in this cycle
   * @param names the addresses of the host names that are resolved
   */
  public Frontier frontier(
      Topology live, Set<Endpoint> polled, CrawlMemory memory, Map<String, List<String>> names) {
    if (!isOn()) {
      return new Frontier(new TreeMap<>(), new TreeSet<>(), new TreeMap<>(), 0);
    }
    var next = new TreeMap<Endpoint, Frontier.Expectation>();
    var unresolved = new TreeSet<String>();
    var refused = new TreeMap<String, String>();
    for (var reported : ReportedAddress.of(live)) {
      var host = reported.host();
      var addresses = IpAddress.parse(host).isPresent() ? List.of(host) : names.get(host);
      if (addresses == null) {
        unresolved.add(host);
        continue;
      }
      if (addresses.isEmpty()) {
        refused.put(host, "%s has no address; %s".formatted(host, reported.evidence()));
      }
      addresses.stream()
          .limit(MAX_ADDRESSES_OF_A_NAME)
          .flatMap(address -> candidates(reported, address, refused))
          .filter(endpoint -> !polled.contains(endpoint))
          .filter(endpoint -> !elsewhere.contains(endpoint.host()))
          .filter(endpoint -> !memory.backoff().containsKey(endpoint))
          .forEach(endpoint -> next.merge(endpoint, expectation(reported), Crawler::stronger));
    }
    var undeclared = polled.stream().filter(endpoint -> !declared.contains(endpoint)).count();
    var within = new TreeMap<Endpoint, Frontier.Expectation>();
    next.entrySet().stream()
        .limit(Math.max(0, range.maxInstances() - undeclared))
        .forEach(entry -> within.put(entry.getKey(), entry.getValue()));
    return new Frontier(within, unresolved, refused, next.size() - within.size());
  }

  private Stream<Endpoint> candidates(
      ReportedAddress reported, String host, SortedMap<String, String> refused) {
    var address = IpAddress.parse(host);
    if (address.isEmpty()) {
      return Stream.empty();
    }
    var named = reported.host().equals(host) ? host : reported.host() + " (" + host + ")";
    var refusal = range.refusal(address.get(), reported.direction());
    if (refusal.isPresent()) {
      refused.put(host, "%s %s; %s".formatted(named, refusal.get(), reported.evidence()));
      return Stream.empty();
    }
    return ports(reported, host).mapToObj(port -> new Endpoint(host, port));
  }

  private IntStream ports(ReportedAddress reported, String host) {
    var declaredPorts =
        declared.stream().filter(endpoint -> endpoint.host().equals(host)).mapToInt(Endpoint::port);
    return switch (reported.direction()) {
      case UPSTREAM -> IntStream.of(reported.port());
      case DOWNSTREAM ->
          Stream.of(
                  IntStream.of(reported.reporterPort()),
                  declaredPorts,
                  IntStream.of(Endpoint.DEFAULT_PORT))
              .flatMapToInt(ports -> ports)
              .distinct()
              .limit(MAX_GUESSED_PORTS);
    };
  }

  private static Frontier.Expectation expectation(ReportedAddress reported) {
    return switch (reported.direction()) {
      case UPSTREAM -> new Frontier.Expectation.Upstream();
      case DOWNSTREAM -> new Frontier.Expectation.Replica(reported.origin());
    };
  }

  private static Frontier.Expectation stronger(
      Frontier.Expectation one, Frontier.Expectation other) {
    return one instanceof Frontier.Expectation.Upstream ? one : other;
  }

  /**
   * Whether the observation of an undeclared address belongs to the topology. A guessed port may
   * lead to a server of another cluster; of an address that never answered, only its peer's report
   * is shown.
   *
   * @param expected at the addresses of this cycle
   */
  public boolean isAccepted(
      Observation seen, Map<Endpoint, Frontier.Expectation> expected, CrawlMemory memory) {
    var known = memory.found().get(seen.endpoint());
    if (!(seen
        instanceof Observation.Reachable(var endpoint, var window, var facts, var refusal))) {
      return known != null;
    }
    var systemId = facts.identity().systemId();
    if (known != null) {
      return known.systemId().equals(systemId)
          || known.systemId() instanceof Reading.Denied
          || systemId instanceof Reading.Denied;
    }
    return switch (expected.get(endpoint)) {
      case Frontier.Expectation.Upstream upstream -> true;
      // A guessed port that shows no identifier proves nothing.
      case Frontier.Expectation.Replica(var required) ->
          systemId.ifSeen().isPresent() && required.systemId().equals(systemId.ifSeen());
      case null -> false;
    };
  }

  /**
   * The memory for the next cycle.
   *
   * @param undeclared the observations of undeclared addresses in this one
   */
  public CrawlMemory remember(
      CrawlMemory before,
      Topology live,
      Collection<Observation> undeclared,
      Map<Endpoint, Frontier.Expectation> expected) {
    var found = new TreeMap<>(before.found());
    var backoff = new TreeMap<>(before.backoff());
    backoff.replaceAll((endpoint, cycles) -> cycles - 1);
    backoff.values().removeIf(cycles -> cycles <= 0);
    for (var seen : undeclared) {
      var endpoint = seen.endpoint();
      if (!isAccepted(seen, expected, before)) {
        found.remove(endpoint);
        var isReported = expected.get(endpoint) instanceof Frontier.Expectation.Upstream;
        backoff.put(endpoint, isReported ? BACKOFF : BACKOFF_OF_GUESSED);
      } else if (seen
          instanceof Observation.Reachable(var at, var window, var facts, var refusal)) {
        found.put(at, new CrawlMemory.Found(facts.identity().systemId(), 0));
      } else {
        found.computeIfPresent(endpoint, (at, known) -> missed(at, known, live));
      }
    }
    found.keySet().removeAll(declared);
    found.values().removeIf(known -> known.missed() > FORGET_AFTER);
    return new CrawlMemory(found, backoff);
  }

  private static CrawlMemory.Found missed(Endpoint silent, CrawlMemory.Found known, Topology live) {
    return new CrawlMemory.Found(
        known.systemId(), isReported(silent, live) ? 0 : known.missed() + 1);
  }

  private static boolean isReported(Endpoint silent, Topology live) {
    var peer = new Peer.Known(silent);
    return live.links().stream()
            .anyMatch(link -> link.upstream().equals(peer) || link.downstream().equals(peer))
        || live.instances().values().stream()
            .anyMatch(
                instance ->
                    instance.upstream() instanceof LiveUpstream.Detached(var why)
                        && why instanceof Detachment.UpstreamUnreachable(var upstream, var failure)
                        && upstream.equals(silent));
  }
}
