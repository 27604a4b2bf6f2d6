package io.pgtopo.config.ansible;

import io.pgtopo.config.reading.Located;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.Problems;
import io.pgtopo.config.reading.Value;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * The form that inventory scripts, {@code ansible-inventory --list} and Pigsty's CMDB print: groups
 * side by side with lists of hosts and children, and all host variables in {@code _meta}.
 */
record JsonInventory(GroupTree tree, Problems problems, InventoryFile file) {
  private static final String META = "_meta";

  /** Whether a document has this form. */
  static boolean isOne(Value.Fields root) {
    return root.fields().containsKey(META);
  }

  void read(Located root) {
    for (var name : root.entries().keySet()) {
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
    root.find(META)
        .flatMap(meta -> meta.find("hostvars"))
        .ifPresent(
            hosts -> {
              for (var name : map(hosts, "a map of hosts").keySet()) {
                hosts.find(name).ifPresent(body -> hostVariables(name, body));
              }
            });
  }

  private void group(String name, Located body) {
    var group = tree.group(name);
    if (body.value() instanceof Value.Items) {
      hosts(group, body);
      return;
    }
    map(body, "a map with hosts, children or vars, or a list of hosts");
    body.find("hosts").ifPresent(hosts -> hosts(group, hosts));
    body.find("children")
        .ifPresent(
            children ->
                names(
                    children,
                    "the name of a group",
                    (child, at) -> file.addChild(group, tree.group(child), at.place())));
    body.find("vars").ifPresent(vars -> file.variables(group, map(vars, "a map of variables")));
  }

  private void hosts(Group group, Located hosts) {
    names(
        hosts,
        "the name of a host",
        (host, at) -> tree.addHost(host, at.place(), group.name(), Map.of()));
  }

  private void names(Located list, String wanted, BiConsumer<String, Located> add) {
    if (!(list.value() instanceof Value.Items)) {
      problems.refuseKind(Code.STRUCTURE, list, "a list of names");
    }
    for (var item : list.items()) {
      if (item.value() instanceof Value.Text text) {
        add.accept(text.value(), item);
      } else {
        problems.refuseKind(Code.STRUCTURE, item, wanted);
      }
    }
  }

  private void hostVariables(String name, Located body) {
    if (body.value() instanceof Value.Fields) {
      tree.addHost(name, body.place(), Group.ALL, body.entries());
    } else {
      problems.refuseKind(Code.STRUCTURE, body, "a map of variables");
    }
  }

  private Map<String, Located> map(Located found, String wanted) {
    if (!(found.value() instanceof Value.Fields)) {
      problems.refuseKind(Code.STRUCTURE, found, wanted);
    }
    return found.entries();
  }
}
