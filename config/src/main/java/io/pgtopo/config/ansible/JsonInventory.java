package io.pgtopo.config.ansible;

import io.pgtopo.config.reading.Located;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.Problems;
import io.pgtopo.config.reading.Value;
import io.pgtopo.config.reading.ValueKind;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The form that inventory scripts, {@code ansible-inventory --list} and Pigsty's CMDB print: groups
 * side by side with lists of hosts and children, and all host variables in {@code _meta}.
 */
final class JsonInventory {
  private static final String META = "_meta";

  private final GroupTree tree;
  private final Problems problems;
  private final InventoryFile file;

  JsonInventory(GroupTree tree, Problems problems, InventoryFile file) {
    this.tree = tree;
    this.problems = problems;
    this.file = file;
  }

  /** Whether a document has this form. */
  static boolean isOne(Value.Fields root) {
    return root.fields().containsKey(META);
  }

  void read(Located root, Value.Fields map) {
    for (var name : map.fields().keySet()) {
      if (!name.equals(META)) {
        root.find(name).ifPresent(body -> group(name, body));
      }
    }
    for (var name : tree.groupNames()) {
      var group = tree.group(name);
      if (group.parents().isEmpty() && !name.equals(Group.ALL)) {
        group.parents().put(Group.ALL, tree.group(Group.ALL));
      }
    }
    root.find(META).flatMap(meta -> meta.find("hostvars")).ifPresent(this::hostVariables);
  }

  private void group(String name, Located body) {
    var group = tree.group(name);
    if (body.value() instanceof Value.Items) {
      hosts(group, body);
      return;
    }
    if (!(body.value() instanceof Value.Fields)) {
      refuse(body, "a map with hosts, children or vars, or a list of hosts");
      return;
    }
    body.find("hosts").ifPresent(hosts -> hosts(group, hosts));
    body.find("children").ifPresent(children -> children(group, children));
    body.find("vars").ifPresent(vars -> variables(group, vars));
  }

  private void variables(Group group, Located vars) {
    if (vars.value() instanceof Value.Fields map) {
      file.variables(group, vars, map);
      return;
    }
    refuse(vars, "a map of variables");
  }

  private void hosts(Group group, Located hosts) {
    for (var name : names(hosts)) {
      if (name.value() instanceof Value.Text text) {
        tree.addHost(text.value(), name.place(), group.name(), Map.of());
      } else {
        refuse(name, "the name of a host");
      }
    }
  }

  private void children(Group group, Located children) {
    for (var name : names(children)) {
      if (name.value() instanceof Value.Text text) {
        file.adopt(group, tree.group(text.value()), name.place());
      } else {
        refuse(name, "the name of a group");
      }
    }
  }

  private Iterable<Located> names(Located list) {
    if (!(list.value() instanceof Value.Items)) {
      refuse(list, "a list of names");
    }
    return list.items();
  }

  private void hostVariables(Located all) {
    if (!(all.value() instanceof Value.Fields map)) {
      refuse(all, "a map of hosts");
      return;
    }
    for (var name : map.fields().keySet()) {
      var body = all.find(name).orElse(null);
      if (body != null) {
        hostVariables(name, body);
      }
    }
  }

  private void hostVariables(String name, @Nullable Located body) {
    if (body == null) {
      return;
    }
    if (body.value() instanceof Value.Fields map) {
      tree.addHost(name, body.place(), Group.ALL, InventoryFile.located(body, map));
      return;
    }
    refuse(body, "a map of variables");
  }

  private void refuse(Located found, String wanted) {
    problems.error(
        Code.STRUCTURE,
        found.place(),
        "wanted " + wanted + ". Found: " + ValueKind.of(found.value()));
  }
}
