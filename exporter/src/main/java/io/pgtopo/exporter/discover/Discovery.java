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
import io.pgtopo.exporter.view.Grants;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The result of a crawl.
 *
 * @param remarks why it may be incomplete, a sentence each
 */
public record Discovery(Snapshot snapshot, List<String> remarks) {

  /** Polls servers and all that replication leads to. */
  public static Discovery from(
      Inventory start, Settings settings, CliContext context, PrintWriter err)
      throws InterruptedException {
    var config = new Config(settings, start, Policy.NONE, Optional.empty(), List.of(), List.of());
    try (var polls = new OneShot(config, context, err)) {
      var snapshot = polls.poll();
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
      remarks.addAll(beyond(snapshot, start, settings, context));
      return new Discovery(snapshot, remarks);
    }
  }

  public boolean isEmpty() {
    return snapshot.topology().instances().isEmpty();
  }

  private static String silent(String server, Failure failure) {
    return "%s did not answer: %s (%s)"
        .formatted(server, failure.message(), failure.kind().label());
  }

  /** The servers that evidence leads to and that were not polled. */
  private static List<String> beyond(
      Snapshot snapshot, Inventory start, Settings settings, CliContext context) {
    if (settings.crawl().equals(Crawl.OFF)) {
      return List.of("crawl.enabled is off: only the given servers were polled");
    }
    var frontier = frontier(snapshot, new Crawler(settings.crawl(), start));
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
    try (var probe = context.probes().apply(settings)) {
      frontier
          .next()
          .forEach(
              (endpoint, hope) -> {
                if (hope instanceof Frontier.Expectation.Upstream
                    && probe.probe().observe(endpoint) instanceof Observation.Unreachable silent) {
                  remarks.add(silent(endpoint + ", the upstream of a replica,", silent.failure()));
                }
              });
    }
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
