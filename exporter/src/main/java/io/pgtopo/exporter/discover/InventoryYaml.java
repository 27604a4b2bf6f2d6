package io.pgtopo.exporter.discover;

import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.InstanceRole;
import io.pgtopo.config.model.Printable;
import io.pgtopo.config.reading.YamlScalar;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** A proposal as an inventory in Pigsty's format; comments mark guesses. */
public final class InventoryYaml {
  private static final int FIRST_EXPORTER_PORT = 20_001;
  private static final Pattern PLAIN_HOST = Pattern.compile("[A-Za-z0-9._-]+");

  /** The instance of each host; Pigsty has one on a node. */
  private final Map<String, ProposedInstance> nodes = new HashMap<>();

  private final Proposal proposal;

  private InventoryYaml(Proposal proposal) {
    this.proposal = proposal;
    all().forEach(it -> nodes.putIfAbsent(it.endpoint().host(), it));
  }

  private List<ProposedInstance> all() {
    return proposal.clusters().stream().flatMap(cluster -> cluster.instances().stream()).toList();
  }

  /** With remarks above, a sentence each. */
  public static String render(Proposal proposal, Collection<String> remarks) {
    return new InventoryYaml(proposal).text(remarks);
  }

  private String text(Collection<String> remarks) {
    var lines = new ArrayList<String>();
    remarks.forEach(remark -> lines.add("# " + Printable.of(remark)));
    lines.add("all:");
    lines.add("  children:");
    proposal.clusters().stream()
        .filter(cluster -> cluster.instances().stream().anyMatch(this::hasNode))
        .flatMap(cluster -> group(cluster).stream())
        .forEach(line -> lines.add("    " + line));
    var remote = remote();
    if (!remote.isEmpty()) {
      lines.add("  vars:");
      lines.add("    # Pigsty has one instance on a node; it can only monitor the others.");
      lines.add("    pg_exporters:");
      remote.forEach(line -> lines.add("      " + line));
    }
    return String.join("\n", lines) + "\n";
  }

  private boolean hasNode(ProposedInstance instance) {
    return instance.equals(nodes.get(instance.endpoint().host()));
  }

  /** A cluster as a group of hosts, line by line. */
  static List<String> lines(ProposedCluster cluster) {
    return new InventoryYaml(new Proposal(List.of(cluster))).group(cluster);
  }

  private List<String> group(ProposedCluster cluster) {
    var lines = new ArrayList<String>();
    lines.add(
        cluster.name().value() + ":" + guess(cluster.name().guess().map(it -> "name: " + it)));
    if (cluster.instances().stream().noneMatch(it -> it.role() == InstanceRole.PRIMARY)) {
      lines.add("  # guess: its primary was not found; all of these are replicas");
    }
    lines.add("  hosts:");
    var port = port(cluster);
    cluster.instances().stream()
        .filter(this::hasNode)
        .map(
            it ->
                "    %s: %s%s"
                    .formatted(key(it.endpoint().host()), variables(it, port), guess(it.guess())))
        .forEach(lines::add);
    lines.add("  vars:");
    lines.add("    pg_cluster: " + cluster.name().value());
    if (port != Endpoint.DEFAULT_PORT) {
      lines.add("    pg_port: " + port);
    }
    lines.add("    pg_version: " + cluster.major());
    cluster
        .synchronous()
        .ifPresent(
            names ->
                lines.add(
                    "    pg_rpo: 0"
                        + guess(
                            Optional.of("synchronous_standby_names is " + YamlScalar.of(names)))));
    items("pg_databases", cluster.databases(), lines);
    items("pg_users", cluster.users(), lines);
    return lines;
  }

  private static void items(String variable, List<Item> items, List<String> lines) {
    if (!items.isEmpty()) {
      lines.add("    " + variable + ":");
      items.forEach(item -> lines.add("      - " + item(item)));
    }
  }

  static String item(Item item) {
    return item + item.remark().map(remark -> "  # " + Printable.of(remark)).orElse("");
  }

  /** The most frequent port. */
  private static int port(ProposedCluster cluster) {
    var ports = cluster.instances().stream().map(it -> it.endpoint().port()).toList();
    return ports.stream()
        .max(Comparator.comparingInt(port -> Collections.frequency(ports, port)))
        .orElse(Endpoint.DEFAULT_PORT);
  }

  static String key(String host) {
    return PLAIN_HOST.matcher(host).matches() ? host : YamlScalar.quoted(host);
  }

  static Item variables(ProposedInstance instance, int usualPort) {
    var fields = new LinkedHashMap<String, String>();
    fields.put("pg_seq", String.valueOf(instance.seq().value()));
    fields.put("pg_role", instance.role().label());
    instance.upstream().ifPresent(host -> fields.put("pg_upstream", key(host.value())));
    if (instance.delay().isPositive()) {
      fields.put("pg_delay", interval(instance.delay()));
    }
    if (instance.endpoint().port() != usualPort) {
      fields.put("pg_port", String.valueOf(instance.endpoint().port()));
    }
    return new Item(fields, instance.guess());
  }

  /** In the largest unit without a remainder. */
  static String interval(Duration delay) {
    if (delay.toMillis() % 1000 != 0) {
      return delay.toMillis() + "ms";
    }
    var seconds = delay.toSeconds();
    if (seconds % 3600 == 0) {
      return seconds / 3600 + "h";
    }
    return seconds % 60 == 0 ? seconds / 60 + "min" : seconds + "s";
  }

  private List<String> remote() {
    var lines = new ArrayList<String>();
    for (var cluster : proposal.clusters()) {
      for (var instance : cluster.instances()) {
        if (!hasNode(instance)) {
          lines.add(
              "%d: { pg_cluster: %s, pg_seq: %d, pg_host: %s, pg_port: %d }"
                  .formatted(
                      FIRST_EXPORTER_PORT + lines.size(),
                      cluster.name().value(),
                      instance.seq().value(),
                      key(instance.endpoint().host()),
                      instance.endpoint().port()));
        }
      }
    }
    return lines;
  }

  private static String guess(Optional<String> why) {
    return why.map(it -> "  # guess: " + Printable.of(it)).orElse("");
  }
}
