package io.pgtopo.config.ansible;

import io.pgtopo.config.reading.Located;
import io.pgtopo.config.reading.Place;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.Problems;
import io.pgtopo.config.reading.SourceFiles;
import io.pgtopo.config.reading.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** {@code group_vars/} and {@code host_vars/} beside an inventory, as Ansible reads them. */
record VariableDirectories(GroupTree tree, SourceFiles sources, Problems problems) {
  /** In this order: the first one that exists for a name is read, the others are not. */
  private static final List<String> EXTENSIONS = List.of("", ".yml", ".yaml", ".json");

  private static final int MAX_DEPTH = 16;

  void read(Path directory) {
    var groups = tree.groupNames();
    chosen(directory.resolve("group_vars"))
        .forEach(
            (name, path) -> {
              if (groups.contains(name)) {
                tree.group(name).directoryVariables().putAll(variables(path, 0));
              }
            });
    chosen(directory.resolve("host_vars"))
        .forEach(
            (name, path) ->
                tree.directoryVariables(name).ifPresent(it -> it.putAll(variables(path, 0))));
  }

  /** For each name the file or directory that Ansible would take. */
  private SortedMap<String, Path> chosen(Path directory) {
    var chosen = new TreeMap<String, Path>();
    var entries = entries(directory);
    for (var extension : EXTENSIONS) {
      for (var entry : entries) {
        var name = entry.getFileName().toString();
        if (name.endsWith(extension)) {
          chosen.putIfAbsent(name.substring(0, name.length() - extension.length()), entry);
        }
      }
    }
    return chosen;
  }

  private List<Path> entries(Path directory) {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (var entries = Files.list(directory)) {
      return entries.sorted().toList();
    } catch (IOException e) {
      problems.error(
          Code.UNREADABLE,
          Place.wholeFile(directory.toString()),
          "a directory of variables",
          "one that cannot be read");
      return List.of();
    }
  }

  private Map<String, Located> variables(Path path, int depth) {
    var variables = new LinkedHashMap<String, Located>();
    for (var file : files(path, depth)) {
      sources.yaml(file).ifPresent(root -> variables.putAll(variables(root)));
    }
    return variables;
  }

  /** All files below a directory, by name, without hidden ones, backups and other formats. */
  private List<Path> files(Path path, int depth) {
    if (!Files.isDirectory(path)) {
      return List.of(path);
    }
    var files = new ArrayList<Path>();
    for (var entry : entries(path)) {
      var name = entry.getFileName().toString();
      if (name.startsWith(".") || name.endsWith("~") || depth > MAX_DEPTH) {
        continue;
      }
      if (Files.isDirectory(entry) ? name.indexOf('.') < 0 : hasKnownExtension(name)) {
        files.addAll(files(entry, depth + 1));
      }
    }
    return files;
  }

  private static boolean hasKnownExtension(String name) {
    var dot = name.lastIndexOf('.');
    return EXTENSIONS.contains(dot < 0 ? "" : name.substring(dot));
  }

  private Map<String, Located> variables(Located root) {
    return switch (root.value()) {
      case Value.Fields map -> root.entries();
      case Value.Null none -> Map.of();
      case Value.Opaque vault -> {
        problems.warn(
            Code.ENCRYPTED,
            root.place(),
            "variables",
            "a file encrypted by ansible-vault; it is ignored, and what it declares is unknown");
        yield Map.of();
      }
      default -> {
        problems.refuseKind(Code.STRUCTURE, root, "a map of variables");
        yield Map.of();
      }
    };
  }
}
