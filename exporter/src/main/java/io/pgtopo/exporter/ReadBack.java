package io.pgtopo.exporter;

import io.pgtopo.config.Config;
import io.pgtopo.config.InvalidConfigException;
import io.pgtopo.config.Inventory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads an inventory that was just made as the user will. */
final class ReadBack {
  private ReadBack() {}

  /**
   * The declaration in a text.
   *
   * @throws IllegalStateException if it is none: whoever made it did it wrong
   */
  static Inventory inventory(String text) {
    try {
      // A directory of its own: an inventory has its group_vars beside it.
      var directory = Files.createTempDirectory("pgtopo-");
      var file = directory.resolve("discovered.yml");
      try {
        Files.writeString(file, text);
        return Config.load(Optional.empty(), List.of(file.toString()), Map.of()).inventory();
      } catch (InvalidConfigException unreadable) {
        throw new IllegalStateException(
            "what was found cannot be declared: " + unreadable.problems(), unreadable);
      } finally {
        Files.deleteIfExists(file);
        Files.delete(directory);
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** The declaration in files. */
  static Config of(Path file) {
    return Config.load(Optional.empty(), List.of(file.toString()), Map.of());
  }
}
