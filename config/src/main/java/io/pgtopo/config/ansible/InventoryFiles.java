package io.pgtopo.config.ansible;

import io.pgtopo.config.reading.Located;
import io.pgtopo.config.reading.Place;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.Problems;
import io.pgtopo.config.reading.SourceFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Finds and reads all inventories, and the directories of variables beside them. */
public final class InventoryFiles {
  private static final int MAX_DEPTH = 16;
  private static final Pattern WILDCARD = Pattern.compile("[^/]*[*?\\[{]");

  private final SourceFiles sources;
  private final Problems problems;
  private final Predicate<String> isRead;

  /**
   * A reader.
   *
   * @param isRead whether the model is read from a variable
   */
  public InventoryFiles(SourceFiles sources, Problems problems, Predicate<String> isRead) {
    this.isRead = isRead;
    this.sources = sources;
    this.problems = problems;
  }

  /** Every host of the inventories. */
  public List<Host> read(List<String> inventories) {
    return hosts(paths(inventories), sources::yaml);
  }

  /** Every host of an inventory that a file would hold. */
  public List<Host> read(Path file, String text) {
    var content = text.getBytes(StandardCharsets.UTF_8);
    return hosts(Set.of(file), path -> sources.yaml(path, content));
  }

  private List<Host> hosts(Set<Path> files, Function<Path, Optional<Located>> reader) {
    var tree = new GroupTree();
    var directories = new LinkedHashMap<Path, Path>();
    for (var path : files) {
      reader.apply(path).ifPresent(root -> new InventoryFile(tree, problems, isRead).read(root));
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
    var wildcard = WILDCARD.matcher(inventory);
    if (!wildcard.find() || Files.exists(Path.of(inventory))) {
      return List.of(Path.of(inventory));
    }
    // The directory before the first part with a wildcard.
    var start = Path.of(inventory.substring(0, wildcard.start()));
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
}
