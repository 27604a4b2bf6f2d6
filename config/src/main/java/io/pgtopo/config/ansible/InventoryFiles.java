package io.pgtopo.config.ansible;

import io.pgtopo.config.reading.Place;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.Problems;
import io.pgtopo.config.reading.SourceFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Finds and reads all inventories, and the directories of variables beside them. */
public final class InventoryFiles {
  private static final int MAX_DEPTH = 16;

  private final SourceFiles sources;
  private final Problems problems;
  private final Predicate<String> isRead;

  /**
   * Files to be read.
   *
   * @param isRead whether a variable has a meaning, by its name
   */
  public InventoryFiles(SourceFiles sources, Problems problems, Predicate<String> isRead) {
    this.isRead = isRead;
    this.sources = sources;
    this.problems = problems;
  }

  /** Every host that the inventories name; what cannot be read leaves a problem. */
  public List<Host> read(List<String> inventories) {
    var tree = new GroupTree();
    var directories = new LinkedHashMap<Path, Path>();
    for (var path : paths(inventories)) {
      sources.yaml(path).ifPresent(root -> new InventoryFile(tree, problems, isRead).read(root));
      var parent = path.getParent() == null ? Path.of("") : path.getParent();
      directories.putIfAbsent(parent.toAbsolutePath().normalize(), parent);
    }
    var variables = new VariableDirectories(tree, sources, problems);
    directories.values().forEach(variables::read);
    return tree.hosts(problems);
  }

  private Set<Path> paths(List<String> inventories) {
    var paths = new LinkedHashSet<Path>();
    for (var inventory : inventories) {
      try {
        var found = expand(inventory);
        if (found.isEmpty()) {
          refuse(inventory, "a pattern that matches no file");
        }
        paths.addAll(found);
      } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
        refuse(inventory, "a pattern that cannot be searched: " + e.getMessage());
      }
    }
    return paths;
  }

  private void refuse(String inventory, String found) {
    problems.error(
        Code.UNREADABLE, Place.wholeFile(inventory), "a file or a pattern of files", found);
  }

  /** The file itself, or the files that match the pattern, by name. */
  private static List<Path> expand(String inventory) throws IOException {
    if (!hasWildcard(inventory) || Files.exists(Path.of(inventory))) {
      return List.of(Path.of(inventory));
    }
    var start = fixedStart(inventory);
    if (!Files.isDirectory(start)) {
      return List.of();
    }
    var matcher = start.getFileSystem().getPathMatcher("glob:" + inventory);
    try (var found =
        Files.find(start, MAX_DEPTH, (path, attributes) -> attributes.isRegularFile())) {
      return found.filter(path -> matcher.matches(asWritten(path, inventory))).sorted().toList();
    }
  }

  /** A pattern without a directory is matched against bare names. */
  private static Path asWritten(Path path, String inventory) {
    return inventory.startsWith("./") ? Path.of("./" + path.normalize()) : path.normalize();
  }

  /** The directory before the first part with a wildcard. */
  private static Path fixedStart(String pattern) {
    var wildcard = 0;
    while (!isWildcard(pattern.charAt(wildcard))) {
      wildcard++;
    }
    var slash = pattern.lastIndexOf('/', wildcard);
    if (slash < 0) {
      return Path.of("");
    }
    return Path.of(slash == 0 ? "/" : pattern.substring(0, slash));
  }

  private static boolean hasWildcard(String text) {
    return text.chars().anyMatch(InventoryFiles::isWildcard);
  }

  private static boolean isWildcard(int c) {
    return "*?[{".indexOf(c) >= 0;
  }
}
