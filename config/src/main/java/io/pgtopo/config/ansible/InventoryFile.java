package io.pgtopo.config.ansible;

import io.pgtopo.config.reading.Located;
import io.pgtopo.config.reading.Place;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.Problems;
import io.pgtopo.config.reading.Value;
import io.pgtopo.config.reading.ValueKind;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * One inventory file, read into the {@link GroupTree} as Ansible's {@code yaml} plugin reads it.
 */
final class InventoryFile {
  private static final String GROUP_HAS =
      "a map with hosts, children or vars, as in an Ansible inventory";

  private final GroupTree tree;
  private final Problems problems;
  private final Predicate<String> isRead;

  /** Groups read so far, by node: what an alias repeats is read once for each name. */
  private final IdentityHashMap<Value, Set<String>> done = new IdentityHashMap<>();

  private final Map<String, Group> started = new HashMap<>();

  InventoryFile(GroupTree tree, Problems problems, Predicate<String> isRead) {
    this.isRead = isRead;
    this.tree = tree;
    this.problems = problems;
  }

  void read(Located root) {
    switch (root.value()) {
      case Value.Fields map when map.fields().containsKey("plugin") ->
          problems.error(
              Code.STRUCTURE,
              root.place(),
              "wanted an inventory. Found: the configuration of an inventory plugin; "
                  + "load the output of ansible-inventory --list");
      case Value.Fields map when JsonInventory.isOne(map) ->
          new JsonInventory(tree, problems, this).read(root, map);
      case Value.Fields map -> groups(root, map, null);
      case Value.Opaque vault ->
          problems.error(
              Code.ENCRYPTED,
              root.place(),
              "wanted an inventory. Found: a file encrypted by ansible-vault; "
                  + "load the output of ansible-inventory --list");
      default ->
          problems.error(
              Code.STRUCTURE,
              root.place(),
              "wanted an inventory: a map of groups such as all: {children: ...}. Found: "
                  + kind(root.value())
                  + "; of other formats, load the output of ansible-inventory --list");
    }
  }

  /** Its type only: the text may be a secret. */
  private static String kind(Value value) {
    return value instanceof Value.Null ? "an empty file" : ValueKind.of(value);
  }

  private void groups(
      Located holder, Value.Fields map, @org.jspecify.annotations.Nullable Group parent) {
    map.fields()
        .forEach(
            (name, field) ->
                group(
                    name,
                    new Located(field.value(), holder.place().child(name, field.line())),
                    parent));
  }

  private void group(String name, Located body, @org.jspecify.annotations.Nullable Group parent) {
    var group = tree.group(name);
    if (parent != null && !adopt(parent, group, body.place())) {
      return;
    }
    if (parent == null && !name.equals(Group.ALL) && group.parents().isEmpty()) {
      group.parents().put(Group.ALL, tree.group(Group.ALL));
    }
    if (body.value() instanceof Value.Null
        || !done.computeIfAbsent(body.value(), value -> new HashSet<>()).add(name)) {
      return;
    }
    started.put(name, group);
    if (!(body.value() instanceof Value.Fields sections)) {
      problems.error(Code.STRUCTURE, body.place(), wanted(GROUP_HAS, body.value()));
      return;
    }
    sections
        .fields()
        .forEach(
            (section, field) ->
                section(
                    group,
                    section,
                    new Located(field.value(), body.place().child(section, field.line()))));
  }

  private void section(Group group, String section, Located found) {
    switch (section) {
      case "vars" -> asMap(found).ifPresent(map -> variables(group, found, map));
      case "children" -> asMap(found).ifPresent(map -> groups(found, map, group));
      case "hosts" -> asMap(found).ifPresent(map -> hosts(group, found, map));
      default ->
          problems.warn(
              Code.STRUCTURE,
              found.place(),
              wanted("hosts, children or vars", "the key \"" + section + "\"")
                  + "; Ansible ignores it with everything below");
    }
  }

  /** A map; nothing counts as an empty one, a lone word as a map with one key, as in Ansible. */
  private java.util.Optional<Value.Fields> asMap(Located found) {
    return switch (found.value()) {
      case Value.Fields map -> java.util.Optional.of(map);
      case Value.Null none -> java.util.Optional.empty();
      case Value.Text text ->
          java.util.Optional.of(
              new Value.Fields(
                  Map.of(text.value(), new Value.Field(new Value.Null(text.line()), text.line())),
                  text.line()));
      default -> {
        problems.error(Code.STRUCTURE, found.place(), wanted("a map", found.value()));
        yield java.util.Optional.empty();
      }
    };
  }

  void variables(Group group, Located found, Value.Fields map) {
    located(found, map)
        .forEach(
            (name, variable) -> {
              var earlier = group.variables().put(name, variable);
              if (earlier != null) {
                warnIfFilesDisagree(group, name, earlier, variable);
              }
            });
  }

  private void warnIfFilesDisagree(Group group, String name, Located earlier, Located later) {
    if (!earlier.place().file().equals(later.place().file())
        && isRead.test(name)
        && !ValueKind.isSame(earlier.value(), later.value())) {
      problems.warn(
          Code.FILES_DISAGREE,
          later.place(),
          "wanted one value of %s for the group %s. Found: another one in %s:%d; this one counts for both"
                  .formatted(name, group.name(), earlier.place().file(), earlier.place().line())
              + " files, as Ansible merges inventories");
    }
  }

  private void hosts(Group group, Located found, Value.Fields map) {
    map.fields()
        .forEach(
            (pattern, field) ->
                host(
                    group,
                    pattern,
                    new Located(field.value(), found.place().child(pattern, field.line()))));
  }

  private void host(Group group, String pattern, Located body) {
    Map<String, Located> variables =
        switch (body.value()) {
          case Value.Fields map -> located(body, map);
          case Value.Null none -> Map.of();
          default -> {
            problems.error(
                Code.STRUCTURE, body.place(), wanted("a map of variables", body.value()));
            yield Map.of();
          }
        };
    for (var name : names(pattern, body.place())) {
      tree.addHost(name, body.place(), group.name(), variables);
    }
  }

  private List<String> names(String pattern, Place place) {
    if (pattern.indexOf('[') < 0 && pattern.indexOf(':') < 0) {
      return List.of(pattern);
    }
    try {
      return HostRange.expand(pattern);
    } catch (IllegalArgumentException e) {
      problems.error(
          Code.BAD_RANGE,
          place,
          wanted("a host or a range such as 10.10.10.[11:13]", String.valueOf(e.getMessage())));
      return List.of();
    }
  }

  /** Makes one group the child of another, unless that would be a circle. */
  boolean adopt(Group parent, Group child, Place place) {
    if (tree.isWithin(parent, child)) {
      problems.error(
          Code.GROUP_CYCLE,
          place,
          wanted("groups without circles", child.name() + " inside itself"));
      return false;
    }
    if (tree.isTooDeep(parent)) {
      problems.error(
          Code.STRUCTURE,
          place,
          wanted("at most " + GroupTree.MAX_ANCESTORS + " groups around a group", "more"));
      return false;
    }
    child.parents().put(parent.name(), parent);
    return true;
  }

  static Map<String, Located> located(Located holder, Value.Fields map) {
    var variables = new LinkedHashMap<String, Located>();
    map.fields()
        .forEach(
            (name, field) ->
                variables.put(
                    name, new Located(field.value(), holder.place().child(name, field.line()))));
    return Collections.unmodifiableMap(variables);
  }

  private static String wanted(String wanted, Value found) {
    return wanted(wanted, ValueKind.of(found));
  }

  private static String wanted(String wanted, String found) {
    return "wanted " + wanted + ". Found: " + found;
  }
}
