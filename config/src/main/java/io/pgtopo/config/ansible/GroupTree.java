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
import java.util.regex.Pattern;

/**
 * The groups and hosts of all inventories together, as Ansible merges them: equal names are one
 * group or one host. The readers fill it.
 */
final class GroupTree {
  /** More groups than this around one group or host are refused: no real inventory has them. */
  static final int MAX_ANCESTORS = 200;

  private static final Pattern PRIORITY = Pattern.compile("\\s*[-+]?[0-9]{1,9}\\s*");

  private final SortedMap<String, Group> groups = new TreeMap<>();
  private final Map<String, HostEntry> hostsByName = new LinkedHashMap<>();

  GroupTree() {
    group(Group.UNGROUPED).parents().put(Group.ALL, group(Group.ALL));
  }

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

  boolean hasGroup(String name) {
    return groups.containsKey(name);
  }

  List<String> groupNames() {
    return List.copyOf(groups.keySet());
  }

  /**
   * Adds a host to a group, and its variables over those that it has. Like Ansible, gives them to
   * the group of the same name if there is one.
   */
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
    (hasGroup(name) ? group(name).variables() : host.variables).putAll(variables);
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

  private Set<String> ancestorsOfAll(Set<String> direct) {
    var names = new LinkedHashSet<String>();
    direct.forEach(name -> names.addAll(ancestors(group(name))));
    return names;
  }

  /** Every host, in the order of the inventories. A host in too many groups is a problem. */
  List<Host> hosts(Problems problems) {
    var checked = new HashSet<String>();
    var isTooDeep = false;
    for (var host : hostsByName.values()) {
      for (var name : host.groups) {
        if (checked.add(name) && ancestors(group(name)).size() > MAX_ANCESTORS) {
          isTooDeep = true;
          problems.error(
              Problem.Code.STRUCTURE,
              host.place,
              "at most " + MAX_ANCESTORS + " groups around a host",
              "more");
        }
      }
    }
    return isTooDeep ? List.of() : hosts();
  }

  private List<Host> hosts() {
    var depths = new HashMap<String, Integer>();
    var layersOfGroups = new HashMap<Set<String>, List<Map<String, Located>>>();
    var around = new HashMap<Set<String>, Set<String>>();
    var hosts = new ArrayList<Host>();
    hostsByName.values().forEach(this::groupIfUngrouped);
    for (var host : hostsByName.values()) {
      var layers = new ArrayList<Map<String, Located>>();
      layers.add(host.directoryVariables);
      layers.add(host.variables);
      layers.addAll(
          layersOfGroups.computeIfAbsent(host.groups, direct -> groupLayers(direct, depths)));
      layers.removeIf(Map::isEmpty);
      var groups = around.computeIfAbsent(host.groups, this::ancestorsOfAll);
      hosts.add(new Host(host.name, host.place, groups, List.copyOf(layers)));
    }
    return hosts;
  }

  /**
   * A host is in {@code ungrouped} if it is in no group but {@code all}, whatever is written. If a
   * group has its name, Ansible takes that one instead.
   */
  private void groupIfUngrouped(HostEntry host) {
    var hasOthers =
        host.groups.stream()
            .flatMap(name -> ancestors(group(name)).stream())
            .anyMatch(name -> !name.equals(Group.ALL) && !name.equals(Group.UNGROUPED));
    if (hasOthers) {
      host.groups.remove(Group.UNGROUPED);
    } else if (!hasGroup(host.name)) {
      host.groups.add(Group.UNGROUPED);
    } else if (!ancestors(group(Group.UNGROUPED)).contains(host.name)) {
      group(host.name).parents().put(Group.UNGROUPED, group(Group.UNGROUPED));
    }
  }

  /**
   * Ansible's order, strongest first: {@code group_vars} of the groups, {@code group_vars/all}, the
   * groups in the inventory, {@code all} in the inventory. Among groups, deeper ones win, then a
   * greater {@code ansible_group_priority}, then the later name.
   */
  private List<Map<String, Located>> groupLayers(Set<String> direct, Map<String, Integer> depths) {
    var names = ancestorsOfAll(direct);
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
    return Optional.ofNullable(group.variables().get(Group.PRIORITY))
        .flatMap(found -> priority(found.value()))
        .orElse(1);
  }

  /** What Python's {@code int} makes of a priority; empty if that fails. */
  static Optional<Integer> priority(Value value) {
    return switch (value) {
      case Value.Int number -> Optional.of((int) number.value());
      case Value.Real number when Double.isFinite(number.value()) ->
          Optional.of((int) number.value());
      case Value.Bool bool -> Optional.of(bool.value() ? 1 : 0);
      case Value.Text text when PRIORITY.matcher(text.value()).matches() ->
          Optional.of(Integer.valueOf(text.value().strip()));
      default -> Optional.empty();
    };
  }
}
