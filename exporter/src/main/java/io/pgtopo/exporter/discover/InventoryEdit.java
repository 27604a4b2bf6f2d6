package io.pgtopo.exporter.discover;

import io.pgtopo.config.reading.UnreadableException;
import io.pgtopo.config.reading.YamlEdit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Changes the text of one inventory; each change returns whether it was possible in place. */
public final class InventoryEdit {
  private static final String HOSTS = "hosts";
  private static final String VARS = "vars";
  private static final String CHILDREN = "children";
  private static final int DEEPEST = 20;

  private YamlEdit edit;

  private InventoryEdit(YamlEdit edit) {
    this.edit = edit;
  }

  /** The text must be a valid inventory. */
  public static InventoryEdit of(String text) throws UnreadableException {
    return new InventoryEdit(YamlEdit.of(text));
  }

  String text() {
    return edit.text();
  }

  /** Empty if it is impossible. */
  private interface Edit {
    Optional<YamlEdit> make() throws UnreadableException;
  }

  private boolean apply(Edit change) {
    try {
      var changed = change.make();
      changed.ifPresent(it -> edit = it);
      return changed.isPresent();
    } catch (UnreadableException broken) {
      throw new IllegalStateException(
          "a change broke the inventory: " + broken.getMessage(), broken);
    }
  }

  boolean hasVariable(String host, String variable) {
    return places(host).anyMatch(place -> edit.has(under(place, variable)));
  }

  /** Where it is declared, otherwise beside {@code pg_seq}. */
  boolean set(String host, String variable, String value) {
    return place(host, variable)
        .or(() -> place(host, "pg_seq"))
        .map(place -> apply(() -> edit.set(under(place, variable), value)))
        .orElse(false);
  }

  boolean without(String host, String variable) {
    return place(host, variable)
        .map(place -> apply(() -> edit.without(under(place, variable))))
        .orElse(false);
  }

  /** Beside another member of the cluster. */
  boolean addHost(Collection<String> members, String host, String variables) {
    return members.stream()
        .flatMap(member -> place(member, "pg_seq").stream())
        .findFirst()
        .map(place -> under(place.subList(0, place.size() - 1), host))
        .map(path -> apply(() -> edit.set(path, variables)))
        .orElse(false);
  }

  /** As a child of the group all. */
  boolean addCluster(String name, List<String> lines) {
    var all = List.of("all", CHILDREN);
    var path = edit.has(all) ? all : List.<String>of();
    return !edit.has(under(path, name)) && apply(() -> edit.add(path, lines));
  }

  /** To a list among the variables of a group with one of these hosts. */
  boolean append(Collection<String> hosts, String variable, String item) {
    return hosts.stream()
        .flatMap(this::places)
        .map(place -> under(place.subList(0, place.size() - 2), VARS, variable))
        .filter(edit::has)
        .findFirst()
        .map(path -> apply(() -> edit.append(path, item)))
        .orElse(false);
  }

  /** The last place of a host that declares a variable. */
  private Optional<List<String>> place(String host, String variable) {
    return places(host)
        .filter(place -> edit.has(under(place, variable)))
        .reduce((first, second) -> second);
  }

  /** All places of a host, as paths of keys. */
  private Stream<List<String>> places(String host) {
    var found = new ArrayList<List<String>>();
    edit.keys(List.of()).forEach(group -> collect(List.of(group), host, found));
    return found.stream();
  }

  private void collect(List<String> group, String host, List<List<String>> found) {
    var place = under(group, HOSTS, host);
    if (edit.has(place)) {
      found.add(place);
    }
    if (group.size() < DEEPEST) {
      edit.keys(under(group, CHILDREN))
          .forEach(child -> collect(under(group, CHILDREN, child), host, found));
    }
  }

  private static List<String> under(List<String> path, String... keys) {
    return Stream.concat(path.stream(), Stream.of(keys)).toList();
  }
}
