package io.pgtopo.config.pigsty;

import io.pgtopo.config.ansible.Host;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.reading.Located;
import io.pgtopo.config.reading.Place;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.Problems;
import io.pgtopo.config.reading.Suggestion;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Judges what concerns several clusters, and variables that belong to none. */
final class InventoryLint {
  private static final int LONG_NAME = 10;

  private final Problems problems;

  InventoryLint(Problems problems) {
    this.problems = problems;
  }

  void judge(List<Host> hosts, Collection<Cluster> clusters, List<Declaration> all) {
    var places = new HashMap<String, Host>();
    all.forEach(one -> places.putIfAbsent(one.cluster(), one.host()));
    warnOfSharedGroups(clusters, places);
    warnOfSharedAddresses(clusters, places);
    warnOfAliases(clusters, hosts);
    warnOfTypos(hosts);
  }

  private void warnOfSharedGroups(Collection<Cluster> clusters, Map<String, Host> hosts) {
    var seen = new HashMap<String, Cluster>();
    for (var cluster : clusters) {
      var traits = cluster.traits();
      var host = hosts.get(cluster.name());
      if (host == null || host.find("pg_shard").isEmpty()) {
        continue;
      }
      var other = seen.putIfAbsent(traits.shard() + "/" + traits.group(), cluster);
      if (other != null) {
        problems.warn(
            Code.DUP_GROUP,
            host.placeOf("pg_group"),
            "wanted a number of its own in the shard %s. Found: %d for %s and for %s; they would be"
                    .formatted(traits.shard(), traits.group(), cluster.name(), other.name())
                + " one group of nodes");
      }
    }
  }

  private void warnOfSharedAddresses(Collection<Cluster> clusters, Map<String, Host> hosts) {
    var seen = new HashMap<String, Cluster>();
    for (var cluster : clusters) {
      var host = hosts.get(cluster.name());
      if (host == null || cluster.traits().vip().isEmpty()) {
        continue;
      }
      var address = cluster.traits().vip().get().address();
      var other = seen.putIfAbsent(address, cluster);
      if (other != null) {
        problems.warn(
            Code.DUP_VIP,
            host.placeOf("pg_vip_address"),
            "wanted an address of its own. Found: %s for %s and for %s; clients reach either of them"
                .formatted(address, cluster.name(), other.name()));
      }
    }
  }

  private void warnOfAliases(Collection<Cluster> clusters, List<Host> hosts) {
    var seen = new HashMap<Endpoint, Instance>();
    var instances =
        clusters.stream()
            .flatMap(cluster -> cluster.instances().stream())
            .sorted(java.util.Comparator.comparing(Instance::isRemote))
            .toList();
    for (var instance : instances) {
      var other = seen.putIfAbsent(instance.endpoint(), instance);
      if (other != null) {
        problems.warn(
            Code.ENDPOINT_ALIAS,
            aliasPlace(hosts),
            "wanted one name for each server. Found: %s and %s at %s; both are judged by that server"
                .formatted(other.name(), instance.name(), instance.endpoint()));
      }
    }
  }

  /** Only remote instances can share an address: hosts have one instance each. */
  private static Place aliasPlace(List<Host> hosts) {
    return hosts.stream()
        .flatMap(host -> host.find("pg_exporters").stream())
        .map(Located::place)
        .findFirst()
        .orElse(Place.wholeFile(""));
  }

  private void warnOfTypos(List<Host> hosts) {
    Set<Map<String, Located>> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    for (var host : hosts) {
      for (var layer : host.layers()) {
        if (seen.add(layer)) {
          layer.forEach(this::warnIfTypo);
        }
      }
    }
  }

  private void warnIfTypo(String name, Located found) {
    if (ModelVariables.isOne(name) || ModelVariables.isKnown(name) || !looksLikeOne(name)) {
      return;
    }
    Suggestion.of(name, ModelVariables.NAMES, name.length() < LONG_NAME ? 1 : 2)
        .ifPresent(
            meant ->
                problems.warn(
                    Code.UNKNOWN_PARAMETER,
                    found.place(),
                    "wanted a parameter of Pigsty. Found: %s, which has no effect; did you mean %s?"
                        .formatted(name, meant)));
  }

  private static boolean looksLikeOne(String name) {
    var lower = name.toLowerCase(java.util.Locale.ROOT);
    return lower.startsWith("p") || lower.startsWith("g") || lower.startsWith("node");
  }
}
