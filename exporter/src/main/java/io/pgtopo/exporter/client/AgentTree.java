package io.pgtopo.exporter.client;

import static io.pgtopo.exporter.client.AgentAnswer.each;
import static io.pgtopo.exporter.client.AgentAnswer.text;

import com.fasterxml.jackson.databind.JsonNode;
import io.pgtopo.exporter.text.ByteCount;
import io.pgtopo.exporter.text.Style;
import io.pgtopo.exporter.text.Style.Tone;
import io.pgtopo.exporter.text.TreeRow;
import io.pgtopo.exporter.text.TreeRow.Cell;
import io.pgtopo.exporter.text.TreeRow.Column;
import io.pgtopo.exporter.text.TreeRow.Placing;
import io.pgtopo.exporter.view.DisplayNames;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The tree of one cluster, from the names and links that an agent tells. */
final class AgentTree {
  /** How an agent names whoever is not declared. */
  private static final Pattern STRANGER =
      Pattern.compile("(?<address>[^\\s\"]*) ?(\"(?<name>.*)\")?");

  private final SortedMap<String, JsonNode> instances = new TreeMap<>();
  private final SortedMap<String, List<JsonNode>> links = new TreeMap<>();
  private final Set<String> followers = new HashSet<>();
  private final Set<String> placed = new HashSet<>();
  private final List<String> everybody;
  private final Style style;
  private final List<TreeRow> rows = new ArrayList<>();

  AgentTree(JsonNode cluster, List<String> everybody, Style style) {
    this.everybody = everybody;
    this.style = style;
    each(cluster.path("instances")).forEach(it -> instances.put(it.path("name").asText(), it));
    each(cluster.path("links"))
        .forEach(
            link -> {
              links
                  .computeIfAbsent(link.path("upstream").asText(), name -> new ArrayList<>())
                  .add(link);
              followers.add(link.path("downstream").asText());
            });
  }

  List<TreeRow> rows() {
    instances.keySet().stream().filter(this::isPrimary).forEach(this::plant);
    links.keySet().stream().filter(name -> !followers.contains(name)).forEach(this::plant);
    // What is left follows itself in a circle, and is cut at its first name.
    links.keySet().forEach(this::plant);
    var placing = Placing.FIRST_APART;
    for (var name : instances.keySet()) {
      if (placed.add(name)) {
        row(name, Optional.empty(), placing, "", "     ");
        placing = Placing.APART;
      }
    }
    return rows;
  }

  private boolean isPrimary(String name) {
    var instance = instances.get(name);
    return instance != null && instance.path("role").asText().equals("primary");
  }

  private void plant(String name) {
    if (placed.add(name)) {
      row(name, Optional.empty(), Placing.TOP, "", hang("", name));
      below(name, "");
    }
  }

  private void below(String upstream, String prefix) {
    var children =
        links.getOrDefault(upstream, List.of()).stream()
            .sorted(Comparator.comparing(link -> link.path("downstream").asText(), byName()))
            .toList();
    for (var i = 0; i < children.size(); i++) {
      var name = children.get(i).path("downstream").asText();
      var isLast = i == children.size() - 1;
      var branch = prefix + (isLast ? style.glyphs().lastBranch() : style.glyphs().branch());
      var trunk = prefix + (isLast ? "   " : style.glyphs().trunk());
      var isFirst = !instances.containsKey(name) || placed.add(name);
      var placing = isFirst ? Placing.BELOW : Placing.REPEATED;
      row(name, Optional.of(children.get(i)), placing, branch, hang(trunk, name));
      if (isFirst && instances.containsKey(name)) {
        below(name, trunk);
      }
    }
  }

  /** Strangers come last. */
  private Comparator<String> byName() {
    return Comparator.<String, Boolean>comparing(name -> !everybody.contains(name))
        .thenComparing(Comparator.naturalOrder());
  }

  private String hang(String prefix, String name) {
    return "  " + prefix + (links.containsKey(name) ? style.glyphs().trunk() : "   ");
  }

  private void row(
      String name, Optional<JsonNode> link, Placing placing, String prefix, String hang) {
    var instance = Optional.ofNullable(instances.get(name));
    var cells = new EnumMap<Column, Cell>(Column.class);
    cells.put(Column.NAME, name(name, prefix, instance));
    if (instance.isPresent()) {
      cells.putAll(server(instance.get()));
    } else {
      cells.put(
          Column.ADDRESS, new Cell(DisplayNames.shown(stranger(name, "address")), Tone.FAINT));
      cells.put(Column.ROLE, new Cell("unknown", Tone.UNKNOWN));
      cells.put(Column.TIMELINE, new Cell("tl ?", Tone.UNKNOWN));
    }
    if (placing == Placing.REPEATED) {
      cells.put(Column.ROLE, new Cell("see above", Tone.UNKNOWN));
      cells.remove(Column.TIMELINE);
    }
    link.ifPresent(
        it -> {
          cells.put(Column.LAG, lag(it));
          cells.put(Column.PROOF, proof(it));
        });
    var told = placing == Placing.REPEATED ? Optional.<String>empty() : Optional.of(name);
    rows.add(new TreeRow(name, told, placing, cells, hang));
  }

  private Cell name(String name, String prefix, Optional<JsonNode> instance) {
    if (instance.isPresent()) {
      return new Cell(prefix + name, Tone.PLAIN);
    }
    return everybody.contains(name)
        ? new Cell(prefix + name + " (another cluster)", Tone.FAINT)
        : new Cell((prefix + "? " + stranger(name, "name")).stripTrailing(), Tone.UNKNOWN);
  }

  private static String stranger(String name, String part) {
    var match = STRANGER.matcher(name);
    return match.matches() ? Optional.ofNullable(match.group(part)).orElse("") : name;
  }

  private EnumMap<Column, Cell> server(JsonNode instance) {
    var cells = new EnumMap<Column, Cell>(Column.class);
    var role = instance.path("role").asText();
    cells.put(Column.ADDRESS, new Cell(instance.path("address").asText(), Tone.FAINT));
    cells.put(Column.ROLE, new Cell(role, role.equals("unknown") ? Tone.UNKNOWN : Tone.PLAIN));
    var bound =
        instance.at("/timeline/source").asText().equals("control_file")
            ? style.glyphs().atLeast()
            : "";
    cells.put(
        Column.TIMELINE,
        text(instance.path("timeline"), "id")
            .map(id -> new Cell("tl " + bound + id, Tone.PLAIN))
            .orElse(new Cell("tl ?", Tone.UNKNOWN)));
    text(instance.path("lsn"), "written")
        .or(() -> text(instance.path("lsn"), "replayed"))
        .ifPresent(lsn -> cells.put(Column.LSN, new Cell("at " + lsn, Tone.FAINT)));
    text(instance, "version")
        .ifPresent(it -> cells.put(Column.VERSION, new Cell("PostgreSQL " + it, Tone.FAINT)));
    return cells;
  }

  private static Cell lag(JsonNode link) {
    return link.path("replayLagBytes").isNumber()
        ? new Cell("lag " + ByteCount.text(link.path("replayLagBytes").asLong()), Tone.PLAIN)
        : new Cell("lag ?", Tone.UNKNOWN);
  }

  private static Cell proof(JsonNode link) {
    var ends = link.path("grade").asText().equals("both_ends") ? "both ends" : "one end";
    if (!link.path("streaming").isBoolean()) {
      return new Cell(ends, Tone.UNKNOWN);
    }
    return link.path("streaming").asBoolean()
        ? new Cell(ends, Tone.RIGHT)
        : new Cell(ends + ", not streaming", Tone.WRONG);
  }
}
