package io.pgtopo.config.ansible;

import io.pgtopo.config.reading.Located;
import io.pgtopo.config.reading.Place;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.Problems;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An inventory in the INI form, read as Ansible's {@code ini} plugin reads it: hosts with variables
 * in one line each, {@code [group]}, {@code [group:vars]} and {@code [group:children]}.
 */
final class IniInventory {
  private static final Pattern SECTION =
      Pattern.compile("\\[(?<group>[^:\\]\\s]+)(?::(?<kind>\\w+))?]\\s*(?:#.*)?");
  private static final Pattern SECTION_LINE =
      Pattern.compile("(?m)^\\[[^:\\]\\s]+(?::\\w+)?][ \\t\\r]*(?:#.*)?$");
  private static final Pattern NAME = Pattern.compile("(?<name>[^:\\]\\s]+)\\s*(?:#.*)?");
  private static final Pattern HOST = Pattern.compile("[^\\s:{\\[\"'-]\\S*(?:\\s+\\w+=\\S.*)");
  private static final Pattern LINE =
      Pattern.compile("\\R|[\u000b\f\u001c-\u001e\u0085\u2028\u2029]");

  private final GroupTree tree;
  private final Problems problems;
  private final InventoryFile file;
  private final String name;

  /** Groups that a section of variables or of children names before their own section. */
  private final Map<String, Place> undefined = new LinkedHashMap<>();

  private final Map<String, List<String>> pendingParents = new HashMap<>();

  IniInventory(GroupTree tree, Problems problems, InventoryFile file, String name) {
    this.tree = tree;
    this.problems = problems;
    this.file = file;
    this.name = name;
  }

  /** Whether a text has this form: it has a section, or starts with a host and its variables. */
  static boolean isOne(String text) {
    var first = text.lines().map(String::strip).filter(line -> !isComment(line)).findFirst();
    return first
        .filter(
            line ->
                !line.equals("---")
                    && (HOST.matcher(line).matches()
                        || SECTION.matcher(line).matches()
                        || SECTION_LINE.matcher(text).find()))
        .isPresent();
  }

  private static boolean isComment(String line) {
    return line.isEmpty() || line.startsWith("#") || line.startsWith(";");
  }

  void read(String text) {
    var group = Group.UNGROUPED;
    var kind = "hosts";
    var number = 0;
    for (var full : LINE.split(text, -1)) {
      number++;
      var line = full.strip();
      var section = SECTION.matcher(line);
      if (isComment(line)) {
        continue;
      }
      if (section.matches()) {
        group = section.group("group");
        kind = Optional.ofNullable(section.group("kind")).orElse("hosts");
        open(group, kind, number);
      } else if (line.startsWith("[") && line.endsWith("]")) {
        refuse(number, "a section such as [group] or [group:vars], without spaces", line);
      } else {
        switch (kind) {
          case "hosts" -> host(group, line, number);
          case "vars" -> variable(group, line, number);
          default -> child(group, line, number);
        }
      }
    }
    undefined.forEach(
        (missing, place) ->
            problems.error(
                Code.STRUCTURE, place, "a group that has a section [" + missing + "]", "none"));
  }

  private void open(String group, String kind, int line) {
    switch (kind) {
      case "vars" -> {
        if (!tree.hasGroup(group)) {
          undefined.putIfAbsent(group, new Place(name, group + ".vars", line));
        }
      }
      case "hosts", "children" -> {
        undefined.remove(group);
        file.topGroup(group);
        Optional.ofNullable(pendingParents.remove(group)).orElse(List.of()).stream()
            .map(tree::group)
            .forEach(
                parent -> file.addChild(parent, tree.group(group), new Place(name, group, line)));
      }
      default -> refuse(line, "[group], [group:vars] or [group:children]", "[:" + kind + "]");
    }
  }

  private void host(String group, String line, int number) {
    var words = shellWords(line);
    if (words.isEmpty()) {
      refuse(number, "a host and its variables, with a second quote for each", "an open quote");
      return;
    }
    var pattern = words.get().getFirst();
    var place = new Place(name, group + ".hosts." + pattern, number);
    if (pattern.endsWith(":") || pattern.equals("---")) {
      problems.error(
          Code.STRUCTURE,
          place,
          "the name of a host",
          pattern + ", as YAML has it; this file is INI");
      return;
    }
    var variables = new LinkedHashMap<String, Located>();
    for (var word : words.get().subList(1, words.get().size())) {
      var equals = word.indexOf('=');
      if (equals < 0) {
        // It may be a part of a password.
        problems.error(Code.STRUCTURE, place, "variables such as pg_seq=1 after the host", "text");
        return;
      }
      put(variables, place, word.substring(0, equals), word.substring(equals + 1), number);
    }
    for (var host : file.names(pattern, place)) {
      tree.addHost(host, place, group, variables);
    }
  }

  private void variable(String group, String line, int number) {
    var equals = line.indexOf('=');
    if (equals < 0) {
      refuse(number, "a variable such as pg_port=5432", "text without an equals sign");
      return;
    }
    var variables = new LinkedHashMap<String, Located>();
    var place = new Place(name, group + ".vars", number);
    put(
        variables,
        place,
        line.substring(0, equals).strip(),
        line.substring(equals + 1).strip(),
        number);
    file.variables(tree.group(group), variables);
  }

  private static void put(
      Map<String, Located> variables, Place place, String key, String text, int line) {
    variables.put(key, new Located(PythonLiteral.parse(text, line), place.child(key, line)));
  }

  private void child(String group, String line, int number) {
    var match = NAME.matcher(line);
    if (!match.matches()) {
      refuse(number, "the name of a group", line);
      return;
    }
    var child = match.group("name");
    var place = new Place(name, group + ".children." + child, number);
    if (tree.hasGroup(child) && !undefined.containsKey(child)) {
      file.addChild(tree.group(group), tree.group(child), place);
      return;
    }
    undefined.putIfAbsent(child, place);
    pendingParents.computeIfAbsent(child, it -> new ArrayList<>()).add(group);
  }

  private void refuse(int line, String wanted, String found) {
    problems.error(Code.STRUCTURE, new Place(name, "", line), wanted, found);
  }

  /** The words of a line as a shell splits it, without a comment; empty if a quote stays open. */
  private static Optional<List<String>> shellWords(String line) {
    var words = new ArrayList<String>();
    var word = new StringBuilder();
    var isWord = false;
    var quote = '\0';
    for (var i = 0; i < line.length(); i++) {
      var c = line.charAt(i);
      var isEscape = c == '\\' && quote != '\'';
      if (isEscape && i + 1 == line.length()) {
        return Optional.empty();
      }
      if (isEscape) {
        var escaped = line.charAt(++i);
        word.append(quote == '"' && escaped != '"' && escaped != '\\' ? "\\" : "").append(escaped);
        isWord = true;
      } else if (quote != '\0') {
        quote = c == quote ? '\0' : quote;
        word.append(quote == '\0' ? "" : c);
      } else if (c == '"' || c == '\'') {
        quote = c;
        isWord = true;
      } else if (c == '#') {
        break;
      } else if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
        if (isWord) {
          words.add(word.toString());
        }
        word.setLength(0);
        isWord = false;
      } else {
        word.append(c);
        isWord = true;
      }
    }
    if (isWord) {
      words.add(word.toString());
    }
    return quote == '\0' && !words.isEmpty() ? Optional.of(words) : Optional.empty();
  }
}
