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

/** Parses a generated inventory. */
public final class ReadBack {
  private static final List<String> BESIDE = List.of("group_vars", "host_vars");

  private ReadBack() {}

  public static Inventory inventory(String text) {
    return inventory(text, Optional.empty());
  }

  /**
   * Parses a text.
   *
   * @param home the directory of its {@code group_vars} and {@code host_vars}
   * @throws IllegalStateException if it is invalid, which is a bug of its generator
   */
  public static Inventory inventory(String text, Optional<Path> home) {
    try {
      // A directory of its own, for the group_vars beside it.
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
            "the generated inventory is invalid: " + unreadable.problems(), unreadable);
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
