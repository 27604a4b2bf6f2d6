package io.pgtopo.config.pigsty;

import io.pgtopo.config.ansible.Host;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Cluster.Vip;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.reading.Located;
import io.pgtopo.config.reading.Place;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.Problems;
import io.pgtopo.config.reading.Suggestion;
import io.pgtopo.config.reading.Value;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Checks what concerns several clusters, and variables without a meaning. */
record InventoryLint(Problems problems) {
  private static final int LONG_NAME = 10;

  void check(List<Host> hosts, Collection<Cluster> clusters, List<Declaration> all) {
    var byCluster = new HashMap<String, Host>();
    all.forEach(one -> byCluster.putIfAbsent(one.cluster(), one.host()));
    var groups = new HashMap<String, Cluster>();
    var addresses = new HashMap<String, Cluster>();
    for (var cluster : clusters) {
      Optional.ofNullable(byCluster.get(cluster.name()))
          .ifPresent(
              host -> {
                warnIfGroupIsShared(cluster, host, groups);
                warnIfAddressIsShared(cluster, host, addresses);
              });
    }
    warnOfAliases(clusters, hosts);
    warnOfTypos(hosts);
  }

  private void warnIfGroupIsShared(Cluster cluster, Host host, Map<String, Cluster> seen) {
    var traits = cluster.traits();
    var other =
        host.find("pg_shard").isPresent()
            ? seen.putIfAbsent(traits.shard() + "/" + traits.group(), cluster)
            : null;
    if (other != null) {
      problems.fault(
          Code.DUP_GROUP,
          host.placeOf("pg_group"),
          "a group that is unique in the shard " + traits.shard(),
          "%d for %s and for %s; they would be one group of nodes"
              .formatted(traits.group(), cluster.name(), other.name()));
    }
  }

  private void warnIfAddressIsShared(Cluster cluster, Host host, Map<String, Cluster> seen) {
    var address = cluster.traits().vip().map(Vip::address);
    var other = address.map(it -> seen.putIfAbsent(it, cluster));
    if (address.isPresent() && other.isPresent()) {
      problems.fault(
          Code.DUP_VIP,
          host.placeOf("pg_vip_address"),
          "an address of its own",
          "%s for %s and for %s; clients reach one of them at random"
              .formatted(address.get(), cluster.name(), other.get().name()));
    }
  }

  private void warnOfAliases(Collection<Cluster> clusters, List<Host> hosts) {
    var seen = new HashMap<Endpoint, Instance>();
    var instances =
        clusters.stream()
            .flatMap(cluster -> cluster.instances().stream())
            .sorted(Comparator.comparing(Instance::isRemote))
            .toList();
    for (var instance : instances) {
      var other = seen.putIfAbsent(instance.endpoint(), instance);
      if (other != null) {
        problems.warn(
            Code.ENDPOINT_ALIAS,
            aliasPlace(hosts),
            "one name for each server",
            "%s and %s at %s; both are compared with that server"
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
          layer.forEach((name, found) -> warnIfNull(host, name, found));
        }
      }
    }
  }

  private void warnIfNull(Host host, String name, Located found) {
    if (found.value() instanceof Value.Null && ModelVariables.isOne(name)) {
      host.layers().stream()
          .flatMap(layer -> Optional.ofNullable(layer.get(name)).stream())
          .filter(other -> !(other.value() instanceof Value.Null))
          .findFirst()
          .ifPresent(
              other ->
                  problems.warn(
                      Code.NULL_VALUE,
                      found.place(),
                      "a value, or no entry",
                      "nothing, which wins over the value on line %d of %s; the default applies"
                          .formatted(other.place().line(), other.place().file())));
    }
  }

  private void warnIfTypo(String name, Located found) {
    if (ModelVariables.isOne(name) || ModelVariables.isKnown(name) || !isLikely(name)) {
      return;
    }
    Suggestion.of(name, ModelVariables.NAMES, name.length() < LONG_NAME ? 1 : 2)
        .ifPresent(
            meant ->
                problems.warn(
                    Code.UNKNOWN_PARAMETER,
                    found.place(),
                    "a parameter of Pigsty",
                    "unknown parameter %s, which has no effect; did you mean %s?"
                        .formatted(name, meant)));
  }

  private static boolean isLikely(String name) {
    var lower = name.toLowerCase(Locale.ROOT);
    return lower.startsWith("p") || lower.startsWith("g") || lower.startsWith("node");
  }
}
