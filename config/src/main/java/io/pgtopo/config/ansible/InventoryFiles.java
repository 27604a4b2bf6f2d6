package io.pgtopo.config.ansible;

import io.pgtopo.config.reading.Place;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.Problems;
import io.pgtopo.config.reading.SourceFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Finds and reads all inventories, and the directories of variables beside them. */
public final class InventoryFiles {
  private static final int MAX_DEPTH = 16;
  private static final Pattern WILDCARD = Pattern.compile("[^/]*[*?\\[{]");

  /** What Ansible passes over in a directory of inventories. */
  private static final Pattern IGNORED =
      Pattern.compile(
          "\\..*|host_vars|group_vars|vars_plugins"
              + "|.*(?:~|\\.(?:pyc|pyo|swp|bak|rpm|md|txt|rst|orig|ini|cfg|retry))");

  /** Ansible starts in the directory of this file, and reads variables there too. */
  private static final String ANSIBLE_CONFIG = "ansible.cfg";

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
    return hosts(paths(inventories), sources::bytes);
  }

  /** Every host of an inventory that a file would hold. */
  public List<Host> read(Path file, String text) {
    return hosts(Set.of(file), path -> Optional.of(text.getBytes(StandardCharsets.UTF_8)));
  }

  private List<Host> hosts(Set<Path> inventories, Function<Path, Optional<byte[]>> content) {
    var tree = new GroupTree();
    var directories = new LinkedHashMap<Path, Path>();
    for (var inventory : inventories) {
      var isDirectory = Files.isDirectory(inventory);
      for (var file : isDirectory ? inDirectory(inventory) : List.of(inventory)) {
        content.apply(file).ifPresent(bytes -> read(tree, file, bytes));
      }
      var parent = isDirectory ? inventory : inventory.getParent();
      add(directories, parent == null ? Path.of("") : parent);
    }
    List.copyOf(directories.keySet())
        .forEach(it -> playbooks(it).ifPresent(at -> add(directories, at)));
    var variables = new VariableDirectories(tree, sources, problems);
    directories.values().forEach(variables::read);
    return tree.hosts(problems);
  }

  private static void add(Map<Path, Path> directories, Path directory) {
    directories.putIfAbsent(directory.toAbsolutePath().normalize(), directory);
  }

  /** The nearest directory above that of an inventory in which Ansible starts. */
  private static Optional<Path> playbooks(Path directory) {
    for (var above = directory; above != null; above = above.getParent()) {
      if (Files.isRegularFile(above.resolve(ANSIBLE_CONFIG))) {
        return Optional.of(above);
      }
    }
    return Optional.empty();
  }

  private void read(GroupTree tree, Path path, byte[] content) {
    var file = new InventoryFile(tree, problems, isRead);
    sources
        .text(path, content)
        .ifPresent(
            text -> {
              var foreign = ForeignFormat.of(text);
              if (foreign.isPresent()) {
                problems.error(
                    Code.STRUCTURE,
                    Place.wholeFile(path.toString()),
                    "an inventory of Ansible",
                    foreign.get());
              } else if (IniInventory.isOne(text)) {
                new IniInventory(tree, problems, file, path.toString()).read(text);
              } else {
                sources.yaml(path, content).ifPresent(file::read);
              }
            });
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
        Code.UNREADABLE,
        Place.wholeFile(inventory),
        "a file, a directory or a pattern of files",
        found);
  }

  /** The inventories in a directory and below it, by name. */
  private List<Path> inDirectory(Path directory) {
    var files = new ArrayList<Path>();
    try (var entries = Files.list(directory)) {
      for (var entry : entries.sorted().toList()) {
        var isIgnored = IGNORED.matcher(entry.getFileName().toString()).matches();
        if (!isIgnored && directory.getNameCount() - entry.getNameCount() < MAX_DEPTH) {
          files.addAll(Files.isDirectory(entry) ? inDirectory(entry) : List.of(entry));
        }
      }
    } catch (IOException | UncheckedIOException e) {
      refuse(directory.toString(), "a directory that cannot be read");
      return List.of();
    }
    if (files.isEmpty()) {
      refuse(directory.toString(), "a directory without one");
    }
    return files;
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
