package io.pgtopo.exporter.discover;

import io.pgtopo.config.Config;
import io.pgtopo.config.model.Inventory;
import io.pgtopo.config.reading.InvalidConfigException;
import java.nio.file.Path;

/** Parses a generated inventory. */
public final class ReadBack {
  /** Nothing can be beside it. */
  private static final Path NOWHERE = Path.of("/dev/null", "inventory.yml");

  private ReadBack() {}

  public static Inventory inventory(String text) {
    return inventory(text, NOWHERE);
  }

  /**
   * Parses a text as that of a file.
   *
   * @throws IllegalStateException if it is invalid, which is a bug of its generator
   */
  static Inventory inventory(String text, Path file) {
    try {
      return Config.inventory(file, text);
    } catch (InvalidConfigException invalid) {
      throw new IllegalStateException(
          "the generated inventory is invalid: " + invalid.problems(), invalid);
    }
  }
}
