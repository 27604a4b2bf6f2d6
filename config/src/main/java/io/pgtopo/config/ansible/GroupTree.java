package io.pgtopo.config.ansible;

import io.pgtopo.config.reading.Located;
import io.pgtopo.config.reading.Place;
import io.pgtopo.config.reading.Problem;
import io.pgtopo.config.reading.Problems;
import io.pgtopo.config.reading.Value;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The groups and hosts of all inventories together, as Ansible merges them: equal names are one
 * group or one host. The readers fill it.
 */
final class GroupTree {
  /** More groups than this around one group or host are refused: no real inventory has them. */
  static final int MAX_ANCESTORS = 200;

  private final SortedMap<String, Group> groups = new TreeMap<>();
  private final Map<String, HostEntry> hostsByName = new LinkedHashMap<>();

  /** A host while the inventories are read. */
  private record HostEntry(
      String name,
      Place place,
      Set<String> groups,
      Map<String, Located> variables,
      Map<String, Located> directoryVariables) {}

  Group group(String name) {
    return groups.computeIfAbsent(name, Group::new);
  }

  List<String> groupNames() {
    return List.copyOf(groups.keySet());
  }

  /** Adds a host to a group, and its variables over those that it has. */
  void addHost(String name, Place place, String group, Map<String, Located> variables) {
    var host =
        hostsByName.computeIfAbsent(
            name,
            newName ->
                new HostEntry(
                    newName,
                    place,
                    new LinkedHashSet<>(),
                    new LinkedHashMap<>(),
                    new LinkedHashMap<>()));
    host.groups.add(group);
    host.variables.putAll(variables);
  }

  /** The variables of a host in {@code host_vars}, to be added to. */
  Optional<Map<String, Located>> directoryVariables(String host) {
    return Optional.ofNullable(hostsByName.get(host)).map(HostEntry::directoryVariables);
  }

  /** The names of a group and those around it; cut off where they exceed the limit. */
  Set<String> ancestors(Group start) {
    var seen = new LinkedHashSet<String>();
    var open = new ArrayDeque<>(List.of(start));
    while (!open.isEmpty() && seen.size() <= MAX_ANCESTORS) {
      var next = open.pop();
      if (seen.add(next.name())) {
        open.addAll(next.parents().values());
      }
    }
    return seen;
  }

  /** Every host, in the order of the inventories. A host in too many groups is a problem. */
  List<Host> hosts(Problems problems) {
    var tooDeep = new HashSet<String>();
    for (var host : hostsByName.values()) {
      for (var name : host.groups) {
        if (!tooDeep.contains(name) && ancestors(group(name)).size() > MAX_ANCESTORS) {
          tooDeep.add(name);
          problems.error(
              Problem.Code.STRUCTURE,
              host.place,
              "at most " + MAX_ANCESTORS + " groups around a host",
              "more");
        }
      }
    }
    return tooDeep.isEmpty() ? hosts() : List.of();
  }

  private List<Host> hosts() {
    var depths = new HashMap<String, Integer>();
    var layersOfGroups = new HashMap<Set<String>, List<Map<String, Located>>>();
    var hosts = new ArrayList<Host>();
    for (var host : hostsByName.values()) {
      var layers = new ArrayList<Map<String, Located>>();
      layers.add(host.directoryVariables);
      layers.add(host.variables);
      layers.addAll(
          layersOfGroups.computeIfAbsent(host.groups, direct -> groupLayers(direct, depths)));
      layers.removeIf(Map::isEmpty);
      hosts.add(new Host(host.name, host.place, List.copyOf(layers)));
    }
    return hosts;
  }

  /**
   * Ansible's order, strongest first: {@code group_vars} of the groups, {@code group_vars/all}, the
   * groups in the inventory, {@code all} in the inventory. Among groups, deeper ones win, then a
   * greater {@code ansible_group_priority}, then the later name.
   */
  private List<Map<String, Located>> groupLayers(Set<String> direct, Map<String, Integer> depths) {
    var names = new LinkedHashSet<String>();
    direct.forEach(name -> names.addAll(ancestors(group(name))));
    names.remove(Group.ALL);
    var strongestFirst =
        names.stream()
            .map(this::group)
            .sorted(
                Comparator.<Group>comparingInt(group -> depth(group, depths))
                    .thenComparingInt(GroupTree::priority)
                    .thenComparing(Group::name)
                    .reversed())
            .toList();
    var layers = new ArrayList<Map<String, Located>>();
    strongestFirst.forEach(group -> layers.add(group.directoryVariables()));
    layers.add(group(Group.ALL).directoryVariables());
    strongestFirst.forEach(group -> layers.add(group.variables()));
    layers.add(group(Group.ALL).variables());
    return layers;
  }

  /** Longest way down from {@code all}; the tree has no cycles, the readers refuse them. */
  private static int depth(Group group, Map<String, Integer> depths) {
    var known = depths.get(group.name());
    if (known != null) {
      return known;
    }
    var depth = 1;
    for (var parent : group.parents().values()) {
      depth = Math.max(depth, depth(parent, depths) + 1);
    }
    depths.put(group.name(), depth);
    return depth;
  }

  private static int priority(Group group) {
    return Optional.ofNullable(group.variables().get("ansible_group_priority"))
        .map(Located::value)
        .filter(Value.Int.class::isInstance)
        .map(value -> (int) ((Value.Int) value).value())
        .orElse(1);
  }
}
