package io.pgtopo.exporter.discover;

import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.config.model.Endpoint;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Sorts the servers of one system identifier into clusters: those of one name that replicate from
 * each other are one, and a replica with a delay leads a standby cluster.
 */
final class Grouping {
  private final SortedMap<Endpoint, LiveInstance> servers;
  private final Lineage lineage;

  private Grouping(Topology live, SortedMap<Endpoint, LiveInstance> servers) {
    this.servers = servers;
    this.lineage = new Lineage(live, servers);
  }

  /** All groups, in order of their heads. */
  static List<ServerGroup> of(Topology live) {
    return live.clusters().values().stream()
        .map(
            copies -> {
              var servers = new TreeMap<Endpoint, LiveInstance>();
              copies
                  .members()
                  .forEach(at -> live.at(at).ifPresent(server -> servers.put(at, server)));
              return new Grouping(live, servers).groups();
            })
        .flatMap(List::stream)
        .sorted(Comparator.comparing(group -> group.head().endpoint()))
        .toList();
  }

  private List<ServerGroup> groups() {
    joinScattered();
    var byLabel = new TreeMap<String, List<List<LiveInstance>>>();
    trees()
        .forEach(
            (head, tree) ->
                byLabel.computeIfAbsent(lineage.label(head), key -> new ArrayList<>()).add(tree));
    var groups = new ArrayList<ServerGroup>();
    byLabel.forEach((label, trees) -> groups.addAll(ofLabel(label, trees)));
    return groups;
  }

  /** The servers below each head, the head first. */
  private SortedMap<Endpoint, List<LiveInstance>> trees() {
    var trees = new TreeMap<Endpoint, List<LiveInstance>>();
    for (var server : servers.values()) {
      var head = head(server);
      var tree = trees.computeIfAbsent(head.endpoint(), at -> new ArrayList<>());
      tree.add(server.equals(head) ? 0 : tree.size(), server);
    }
    return trees;
  }

  /** The first above a server that begins a cluster; in a circle, the first address of it. */
  private LiveInstance head(LiveInstance server) {
    var passed = new HashSet<LiveInstance>();
    var at = server;
    while (passed.add(at)) {
      var parent = lineage.parent(at);
      if (parent.isEmpty() || isCut(at, parent.get())) {
        return at;
      }
      at = parent.get();
    }
    return passed.stream().min(Comparator.comparing(LiveInstance::endpoint)).orElse(server);
  }

  private boolean isCut(LiveInstance server, LiveInstance parent) {
    return Lineage.delay(server).isPositive()
        || !lineage.label(server.endpoint()).equals(lineage.label(parent.endpoint()));
  }

  /**
   * A standby cluster has one leader. Where several servers of a name follow another cluster, they
   * are replicas of that one, despite their name.
   */
  private void joinScattered() {
    for (var label : servers.keySet().stream().map(lineage::label).distinct().toList()) {
      var heads =
          trees().values().stream()
              .map(List::getFirst)
              .filter(head -> lineage.label(head.endpoint()).equals(label))
              .toList();
      var followers =
          heads.stream()
              .filter(head -> Lineage.delay(head).isZero())
              .flatMap(head -> lineage.parent(head).stream())
              .toList();
      if (heads.stream().noneMatch(Grouping::isPrimary) && followers.size() > 1) {
        lineage.relabel(label, lineage.label(followers.getFirst().endpoint()));
      }
    }
  }

  private List<ServerGroup> ofLabel(String label, List<List<LiveInstance>> trees) {
    var delayed = trees.stream().filter(tree -> Lineage.delay(tree.getFirst()).isPositive());
    var groups =
        new ArrayList<>(
            delayed.map(tree -> group(label, ServerGroup.Kind.DELAYED, tree, tree)).toList());
    var others = trees.stream().filter(tree -> Lineage.delay(tree.getFirst()).isZero()).toList();
    if (!others.isEmpty()) {
      var main = others.stream().max(rank()).orElseThrow();
      var members = others.stream().flatMap(Collection::stream).toList();
      groups.add(group(label, ServerGroup.Kind.NAMED, main, members));
    }
    return groups;
  }

  /** The main tree of a cluster: with a primary, the newest timeline, the most members. */
  private Comparator<List<LiveInstance>> rank() {
    return Comparator.<List<LiveInstance>, Boolean>comparing(tree -> isPrimary(tree.getFirst()))
        .thenComparing(tree -> lineage.upstream(tree.getFirst()).isPresent())
        .thenComparingLong(tree -> tree.getFirst().facts().timeline().id())
        .thenComparingInt(List::size)
        .thenComparing(tree -> tree.getFirst().endpoint(), Comparator.reverseOrder());
  }

  private static boolean isPrimary(LiveInstance server) {
    return server.role() == LiveRole.PRIMARY;
  }

  private ServerGroup group(
      String label, ServerGroup.Kind kind, List<LiveInstance> tree, List<LiveInstance> members) {
    var head = tree.getFirst();
    var upstream =
        Optional.of(head)
            .filter(it -> !isPrimary(it))
            .flatMap(lineage::upstream)
            .filter(at -> members.stream().noneMatch(member -> member.endpoint().equals(at)));
    // If others have another upstream or none, the unseen one may be their dead primary.
    var leads = isPrimary(head) || (upstream.isPresent() && tree.size() == members.size());
    return new ServerGroup(
        label,
        kind,
        head,
        Optional.of(head).filter(it -> leads),
        members.stream().sorted(Comparator.comparing(LiveInstance::endpoint)).toList(),
        upstream);
  }
}
