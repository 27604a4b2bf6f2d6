package io.pgtopo.agent;

import io.pgtopo.agent.crawl.CrawlMemory;
import io.pgtopo.agent.crawl.Crawler;
import io.pgtopo.agent.crawl.Frontier;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.topology.AddressBook;
import io.pgtopo.agent.topology.AddressHistory;
import io.pgtopo.agent.topology.Inference;
import io.pgtopo.agent.topology.LastKnown;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.Inventory;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The polls of a cycle: all that is declared or was found before, then wave by wave what these lead
 * to, all under one deadline. Used by one thread.
 */
final class PollCycle {
  private static final Logger LOG = LoggerFactory.getLogger(PollCycle.class);
  private static final int MOST_LOGGED = 1000;

  private final Set<Endpoint> declared;
  private final AddressBook addresses;
  private final Crawler crawler;
  private final HostNames names;
  private final Walls walls;
  private final Supplier<PollBatch> batches;

  /** The addresses of which the log has a line already. */
  private final Set<String> logged;

  private CrawlMemory explored;
  private AddressHistory history;
  private LastKnown memory;
  private boolean isFull;

  /** One that knows nothing yet. */
  PollCycle(
      Inventory inventory,
      AddressBook addresses,
      Crawler crawler,
      HostNames names,
      Walls walls,
      Supplier<PollBatch> batches) {
    this.declared =
        inventory
            .instances()
            .map(Instance::endpoint)
            .collect(Collectors.toCollection(TreeSet::new));
    this.declared.addAll(addresses.virtual());
    this.addresses = addresses;
    this.crawler = crawler;
    this.names = names;
    this.walls = walls;
    this.batches = batches;
    this.logged = new TreeSet<>();
    this.explored = CrawlMemory.NOTHING;
    this.history = AddressHistory.EMPTY;
    this.memory = LastKnown.EMPTY;
  }

  /** Takes over what another one has learned. */
  void follow(PollCycle before) {
    explored = before.explored;
    history = before.history;
    memory = before.memory;
    logged.addAll(before.logged);
  }

  /** Polls everything once. */
  PollResult poll() throws InterruptedException {
    names.age();
    var hopes = new TreeMap<Endpoint, Frontier.Expectation>();
    try (var batch = batches.get()) {
      batch.poll(declared);
      batch.poll(crawler.known(explored));
      if (!crawler.isOn()) {
        batch.awaitAll();
        return seen(batch.observations());
      }
      PollResult seen;
      Frontier frontier;
      do {
        batch.awaitNews();
        seen = seen(welcome(batch.observations(), hopes));
        frontier = frontier(seen, batch.polled());
        hopes.putAll(frontier.next());
        batch.poll(frontier.next().keySet());
      } while (!batch.isDone());
      log(frontier);
      var everything = batch.observations();
      explored = explored(everything, seen.topology(), hopes);
      return seen;
    }
  }

  private CrawlMemory explored(
      List<Observation> everything, Topology live, Map<Endpoint, Frontier.Expectation> hopes) {
    return walls.run(
        everything,
        everything,
        Function.identity(),
        seen ->
            crawler.remember(
                explored, live, seen.stream().filter(this::mayForget).toList(), hopes));
  }

  /** Of a declared server, and of one that this agent knows nothing about, nothing is forgotten. */
  private boolean mayForget(Observation seen) {
    var isMissed =
        seen instanceof Observation.Unreachable(var endpoint, var window, var failure)
            && failure.kind().isOwn();
    return !isMissed && !declared.contains(seen.endpoint());
  }

  /** Polls some of the endpoints once more, all at once; the new polls replace the old ones. */
  PollResult pollAgain(PollResult before, Collection<Endpoint> suspects)
      throws InterruptedException {
    try (var batch = batches.get()) {
      batch.poll(suspects);
      batch.awaitAll();
      var latest = new TreeMap<Endpoint, Observation>();
      before.observations().forEach(seen -> latest.put(seen.endpoint(), seen));
      batch.observations().forEach(seen -> latest.put(seen.endpoint(), seen));
      return seen(List.copyOf(latest.values()));
    }
  }

  /** Which servers answered where, and which replica streamed from which upstream. */
  record Memory(AddressHistory history, LastKnown known) {}

  /** What is to be kept in mind of a cycle. */
  Memory memory(PollResult seen) {
    var ofInstances =
        seen.observations().stream()
            .filter(observed -> !addresses.virtual().contains(observed.endpoint()))
            .toList();
    return new Memory(history.next(ofInstances, seen.topology()), memory.next(seen.topology()));
  }

  void remember(Memory next) {
    history = next.history();
    memory = next.known();
  }

  private PollResult seen(List<Observation> observations) {
    return walls.run(observations, observations, Function.identity(), this::infer);
  }

  /** What follows from observations, under what was known before this cycle. */
  PollResult infer(List<Observation> observations) {
    return new PollResult(
        observations, Inference.infer(observations, addresses.without(history.shared()), memory));
  }

  private List<Observation> welcome(
      List<Observation> observations, Map<Endpoint, Frontier.Expectation> hopes) {
    return observations.stream()
        .filter(
            seen -> declared.contains(seen.endpoint()) || crawler.isAccepted(seen, hopes, explored))
        .toList();
  }

  private Frontier frontier(PollResult seen, Set<Endpoint> polled) throws InterruptedException {
    var frontier = knownFrontier(seen, polled);
    if (!frontier.unresolved().isEmpty()) {
      names.resolve(frontier.unresolved());
      frontier = knownFrontier(seen, polled);
    }
    return frontier;
  }

  private Frontier knownFrontier(PollResult seen, Set<Endpoint> polled) {
    return walls.run(
        seen,
        seen.observations(),
        this::infer,
        it -> crawler.frontier(it.topology(), polled, explored, names.known()));
  }

  private void log(Frontier frontier) {
    frontier.refused().forEach(this::log);
    if (frontier.overLimit() > 0 && !isFull) {
      LOG.warn(
          "{} more undeclared addresses are not polled; the setting crawl.max_instances"
              + " would allow it",
          frontier.overLimit());
    }
    isFull = frontier.overLimit() > 0;
  }

  private void log(String address, String refusal) {
    if (logged.size() < MOST_LOGGED && logged.add(address)) {
      LOG.warn("Not followed: {}; the setting crawl.networks would allow it", refusal);
    }
  }
}
