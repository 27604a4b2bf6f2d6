package io.pgtopo.exporter.discover;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.crawl.CrawlMemory;
import io.pgtopo.agent.crawl.Crawler;
import io.pgtopo.agent.crawl.Frontier;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.config.Config;
import io.pgtopo.config.model.Crawl;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Inventory;
import io.pgtopo.config.model.Policy;
import io.pgtopo.config.settings.Settings;
import io.pgtopo.exporter.daemon.OneShot;
import io.pgtopo.exporter.platform.CliContext;
import io.pgtopo.exporter.platform.HostLookup;
import io.pgtopo.exporter.platform.MessageOutput;
import io.pgtopo.exporter.view.Grants;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/**
 * The result of a crawl.
 *
 * @param remarks why it may be incomplete, a sentence each
 */
public record Discovery(Snapshot snapshot, List<String> remarks) {

  /**
   * Polls servers and all that replication leads to. A server that the deadline of a cycle did not
   * leave enough time for, and that answers a poll of its own, is one to start from in another
   * cycle.
   *
   * @param declared more servers to start from
   */
  public static Discovery from(
      StartServers given,
      Inventory declared,
      Settings settings,
      CliContext context,
      MessageOutput err)
      throws InterruptedException {
    var servers = given;
    while (true) {
      var start = servers.with(declared);
      var snapshot = poll(start, settings, context, err);
      var crawler = new Crawler(settings.crawl(), start);
      var frontier = frontier(snapshot, crawler);
      var late = poll(frontier.next(), settings, context);
      var answered =
          late.values().stream()
              .filter(Observation.Reachable.class::isInstance)
              .filter(seen -> crawler.isAccepted(seen, frontier.next(), CrawlMemory.NOTHING))
              .map(Observation::endpoint)
              .collect(Collectors.toCollection(TreeSet::new));
      if (answered.isEmpty()) {
        return new Discovery(snapshot, remarks(snapshot, settings, frontier, late));
      }
      servers = servers.plus(answered);
    }
  }

  private static Snapshot poll(
      Inventory start, Settings settings, CliContext context, MessageOutput err)
      throws InterruptedException {
    Snapshot bare;
    try (var polls = new OneShot(config(start, settings), context, err)) {
      bare = polls.poll();
    }
    var databases = Interiors.of(bare.topology());
    if (databases.isEmpty()) {
      return bare;
    }
    try (var polls = new OneShot(config(start, settings.inspecting(databases)), context, err)) {
      return Interiors.poll(polls);
    }
  }

  private static Config config(Inventory start, Settings settings) {
    return new Config(settings, start, Policy.NONE, Optional.empty(), List.of(), List.of());
  }

  /** Polls each address that evidence leads to, with the whole deadline for each. */
  private static SortedMap<Endpoint, Observation> poll(
      SortedMap<Endpoint, Frontier.Expectation> addresses, Settings settings, CliContext context)
      throws InterruptedException {
    var seen = new ConcurrentSkipListMap<Endpoint, Observation>();
    if (addresses.isEmpty()) {
      return seen;
    }
    try (var probe = context.probes().apply(settings);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var polls =
          addresses.keySet().stream()
              .map(
                  endpoint ->
                      (Callable<Observation>)
                          () -> seen.put(endpoint, probe.probe().observe(endpoint)))
              .toList();
      threads.invokeAll(polls);
    }
    return seen;
  }

  private static List<String> remarks(
      Snapshot snapshot,
      Settings settings,
      Frontier frontier,
      SortedMap<Endpoint, Observation> late) {
    var topology = snapshot.topology();
    var remarks = new ArrayList<String>();
    topology.unreachable().forEach((at, failure) -> remarks.add(silent(at.toString(), failure)));
    topology
        .duplicates()
        .forEach((at, server) -> remarks.add(at + " is another address of the server " + server));
    topology.instances().values().stream()
        .filter(server -> !Grants.of(server.facts()).isWhole())
        .map(LiveInstance::endpoint)
        .map(
            at ->
                "privileges are missing on %s, so servers may be missing here; see 'pgtopo grants %s'"
                    .formatted(at, at))
        .forEach(remarks::add);
    remarks.addAll(Interiors.remarks(topology));
    remarks.addAll(beyond(settings, frontier, late));
    return remarks;
  }

  public boolean isEmpty() {
    return snapshot.topology().instances().isEmpty();
  }

  private static String silent(String server, Failure failure) {
    return "%s did not answer: %s (%s%s)"
        .formatted(
            server,
            failure.message(),
            failure.kind().label(),
            failure.kind() == Failure.Kind.AUTHENTICATION
                ? "; 'pgtopo grants SERVER' prints what the login needs"
                : "");
  }

  /** The servers that evidence leads to and that did not answer, or were not polled. */
  private static List<String> beyond(
      Settings settings, Frontier frontier, SortedMap<Endpoint, Observation> late) {
    if (settings.crawl().equals(Crawl.OFF)) {
      return List.of("crawl.enabled is off: only the given servers were polled");
    }
    var remarks = new ArrayList<String>();
    frontier
        .refused()
        .values()
        .forEach(
            refusal -> remarks.add("not polled: " + refusal + "; --network allows more networks"));
    if (frontier.overLimit() > 0) {
      remarks.add(
          "%d more addresses were not polled; raise the setting crawl.max_instances"
              .formatted(frontier.overLimit()));
    }
    // The port of a replica is guessed: what is not found is reported as undeclared.
    late.forEach(
        (endpoint, seen) -> {
          if (frontier.next().get(endpoint) instanceof Frontier.Expectation.Upstream
              && seen instanceof Observation.Unreachable silent) {
            remarks.add(silent(endpoint + ", the upstream of a replica,", silent.failure()));
          }
        });
    return remarks;
  }

  private static Frontier frontier(Snapshot snapshot, Crawler crawler) {
    var topology = snapshot.topology();
    var polled = new TreeSet<Endpoint>(topology.instances().keySet());
    polled.addAll(topology.unreachable().keySet());
    var names = new HashMap<String, List<String>>();
    var frontier = crawler.frontier(topology, polled, CrawlMemory.NOTHING, names);
    frontier.unresolved().forEach(host -> names.put(host, HostLookup.addresses(host)));
    return crawler.frontier(topology, polled, CrawlMemory.NOTHING, names);
  }
}
