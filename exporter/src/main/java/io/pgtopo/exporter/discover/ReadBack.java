package io.pgtopo.exporter.discover;

import io.pgtopo.config.Config;
import io.pgtopo.config.model.Inventory;
import io.pgtopo.config.reading.InvalidConfigException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads an inventory that was just made as the user will. */
public final class ReadBack {
  private static final List<String> BESIDE = List.of("group_vars", "host_vars");

  private ReadBack() {}

  /** The declaration in a text that stands alone. */
  public static Inventory inventory(String text) {
    return inventory(text, Optional.empty());
  }

  /**
   * The declaration in a text.
   *
   * @param home the directory whose variables count for it
   * @throws IllegalStateException if it is none: whoever made it did it wrong
   */
  public static Inventory inventory(String text, Optional<Path> home) {
    try {
      // A directory of its own: an inventory has its group_vars beside it.
      var directory = Files.createTempDirectory("pgtopo-");
      var file = directory.resolve("inventory.yml");
      try {
        Files.writeString(file, text);
        for (var name : BESIDE) {
          if (home.filter(it -> Files.isDirectory(it.resolve(name))).isPresent()) {
            Files.createSymbolicLink(directory.resolve(name), home.get().resolve(name));
          }
        }
        return Config.load(Optional.empty(), List.of(file.toString()), Map.of()).inventory();
      } catch (InvalidConfigException unreadable) {
        throw new IllegalStateException(
            "what was found cannot be declared: " + unreadable.problems(), unreadable);
      } finally {
        Files.deleteIfExists(file);
        for (var name : BESIDE) {
          Files.deleteIfExists(directory.resolve(name));
        }
        Files.delete(directory);
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
