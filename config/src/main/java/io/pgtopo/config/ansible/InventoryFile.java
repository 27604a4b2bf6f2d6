package io.pgtopo.config.ansible;

import io.pgtopo.config.reading.Located;
import io.pgtopo.config.reading.Place;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.Problems;
import io.pgtopo.config.reading.Value;
import io.pgtopo.config.reading.Value.KeyKind;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One inventory file, read into the {@link GroupTree} as Ansible's {@code yaml} plugin reads it.
 */
final class InventoryFile {
  private static final String USE_LIST = "; load the output of ansible-inventory --list";

  private static final Set<String> SECTIONS = Set.of("hosts", "children", "vars");

  /** The groups that every inventory has. */
  private static final Set<String> IMPLICIT = Set.of(Group.ALL, Group.UNGROUPED);

  private final GroupTree tree;
  private final Problems problems;
  private final Predicate<String> isRead;

  /** Groups read so far, by node: what an alias repeats is read once for each name. */
  private final IdentityHashMap<Value, Set<String>> done = new IdentityHashMap<>();

  InventoryFile(GroupTree tree, Problems problems, Predicate<String> isRead) {
    this.isRead = isRead;
    this.tree = tree;
    this.problems = problems;
  }

  void read(Located root) {
    switch (root.value()) {
      case Value.Fields map when map.fields().containsKey("plugin") ->
          refuse(
              Code.STRUCTURE,
              root,
              "an inventory",
              "the configuration of an inventory plugin" + USE_LIST);
      case Value.Fields map when JsonInventory.isOne(map) ->
          new JsonInventory(tree, problems, this).read(root);
      case Value.Fields map -> named(root, "group", (name, body) -> group(name, body, null));
      case Value.Opaque vault ->
          refuse(
              Code.ENCRYPTED, root, "an inventory", "a file encrypted by ansible-vault" + USE_LIST);
      case Value.Null none -> refuseFormat(root, "an empty file");
      default -> refuseFormat(root, root.value().kind());
    }
  }

  private void refuseFormat(Located root, String found) {
    refuse(
        Code.STRUCTURE,
        root,
        "an inventory: a map of groups such as all: {children: ...}",
        found + USE_LIST + " for other formats");
  }

  private void refuse(Code code, Located root, String wanted, String found) {
    problems.error(code, root.place(), wanted, found);
  }

  private void group(String name, Located body, @Nullable Group parent) {
    if (SECTIONS.contains(name)) {
      problems.warn(
          Code.STRUCTURE,
          body.place(),
          name + " of a group",
          "a group of this name; indent it further, below the name of its group");
    }
    var group = parent == null ? topGroup(name) : tree.group(name);
    if (parent != null && !addChild(parent, group, body.place())) {
      return;
    }
    if (body.value() instanceof Value.Null
        || !done.computeIfAbsent(body.value(), value -> new HashSet<>()).add(name)) {
      return;
    }
    if (body.value() instanceof Value.Fields) {
      body.entries().forEach((section, found) -> section(group, section, found));
    } else {
      problems.refuseKind(
          Code.STRUCTURE, body, "a map with hosts, children or vars, as in an Ansible inventory");
    }
  }

  /** A group that is in {@code all}, unless it is in another one. */
  Group topGroup(String name) {
    var group = tree.group(name);
    if (!name.equals(Group.ALL) && group.parents().isEmpty()) {
      group.parents().put(Group.ALL, tree.group(Group.ALL));
    }
    return group;
  }

  private void section(Group group, String section, Located found) {
    switch (section) {
      case "vars" -> variables(group, asMap(found).entries());
      case "children" -> named(asMap(found), "group", (name, body) -> group(name, body, group));
      case "hosts" -> named(asMap(found), "host", (pattern, body) -> hosts(group, pattern, body));
      default ->
          problems.warn(
              Code.STRUCTURE,
              found.place(),
              "hosts, children or vars",
              "the key \"%s\"; Ansible ignores it with everything below%s"
                  .formatted(
                      section,
                      SECTIONS.contains(group.name()) ? "" : belongs(section, found.value())));
    }
  }

  /** Where a key that is indented wrongly belongs, as far as its contents tell. */
  private String belongs(String key, Value body) {
    if (isRead.test(key)) {
      return "; a variable belongs below vars:, indented further";
    }
    if (!(body instanceof Value.Fields map)) {
      return "";
    }
    var keys = map.fields().keySet();
    if (SECTIONS.stream().anyMatch(keys::contains)) {
      return "; a group belongs below children:, indented further";
    }
    return keys.stream().anyMatch(isRead) ? "; a host belongs below hosts:, indented further" : "";
  }

  /** A null counts as an empty map, a text as a map with one key, as in Ansible. */
  private Located asMap(Located found) {
    return switch (found.value()) {
      case Value.Null none -> found;
      case Value.Fields map -> found;
      case Value.Text text -> {
        var nothing = new Value.Field(new Value.Null(text.line()), text.line(), KeyKind.TEXT);
        yield new Located(
            new Value.Fields(Map.of(text.value(), nothing), text.line()), found.place());
      }
      default -> {
        problems.refuseKind(Code.STRUCTURE, found, "a map");
        yield found;
      }
    };
  }

  /**
   * The entries of a map of groups or hosts. Ansible refuses a name that YAML takes for no text.
   */
  private void named(Located map, String kind, BiConsumer<String, Located> add) {
    if (!(map.value() instanceof Value.Fields fields)) {
      return;
    }
    map.entries()
        .forEach(
            (name, body) -> {
              var isText =
                  Objects.requireNonNull(fields.fields().get(name)).keyKind() == KeyKind.TEXT;
              if (isText && !name.isEmpty()) {
                add.accept(name, body);
              } else {
                refuse(
                    Code.STRUCTURE,
                    body,
                    "text as the name of a " + kind,
                    name.isEmpty() ? "nothing" : name + ", which is no text to YAML; quote it");
              }
            });
  }

  void variables(Group group, Map<String, Located> variables) {
    variables.forEach(
        (name, variable) -> {
          if (name.equals(Group.PRIORITY) && GroupTree.priority(variable.value()).isEmpty()) {
            problems.refuse(Code.BAD_VALUE, variable, "a number");
          }
          var earlier = group.variables().put(name, variable);
          if (earlier != null) {
            warnIfFilesDisagree(group, name, earlier, variable);
          }
        });
  }

  private void warnIfFilesDisagree(Group group, String name, Located earlier, Located later) {
    if (!earlier.place().file().equals(later.place().file())
        && isRead.test(name)
        && !earlier.value().isSameAs(later.value())) {
      problems.warn(
          Code.FILES_DISAGREE,
          later.place(),
          "one value of %s for the group %s".formatted(name, group.name()),
          "another one in %s:%d; this one is used for both files, as Ansible merges inventories"
              .formatted(earlier.place().file(), earlier.place().line()));
    }
  }

  private void hosts(Group group, String pattern, Located body) {
    if (!(body.value() instanceof Value.Fields || body.value() instanceof Value.Null)) {
      problems.refuseKind(Code.STRUCTURE, body, "a map of variables");
    }
    for (var name : names(pattern, body.place())) {
      tree.addHost(name, body.place(), group.name(), body.entries());
    }
  }

  List<String> names(String pattern, Place place) {
    try {
      var isName = pattern.indexOf('[') < 0 && pattern.indexOf(':') < 0;
      var names = isName ? List.of(pattern) : HostRange.expand(pattern);
      if (names.stream().anyMatch(IMPLICIT::contains)) {
        problems.error(Code.STRUCTURE, place, "the name of a host", pattern + ", a group");
      }
      if (names.isEmpty()) {
        problems.fault(
            Code.BAD_RANGE, place, "a range that goes up", pattern + ", which names no host");
      }
      return names;
    } catch (IllegalArgumentException e) {
      problems.error(
          Code.BAD_RANGE,
          place,
          "a host or a range such as 10.10.10.[11:13]",
          String.valueOf(e.getMessage()));
      return List.of();
    }
  }

  /** Makes one group the child of another; false if that would close a cycle. */
  boolean addChild(Group parent, Group child, Place place) {
    var ancestors = tree.ancestors(parent);
    if (ancestors.contains(child.name())) {
      problems.error(
          Code.GROUP_CYCLE, place, "groups without cycles", child.name() + " inside itself");
      return false;
    }
    if (ancestors.size() > GroupTree.MAX_ANCESTORS) {
      problems.error(
          Code.STRUCTURE,
          place,
          "at most " + GroupTree.MAX_ANCESTORS + " groups around a group",
          "more");
      return false;
    }
    child.parents().put(parent.name(), parent);
    return true;
  }
}
