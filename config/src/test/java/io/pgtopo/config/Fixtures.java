package io.pgtopo.config;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pgtopo.config.model.Instance;
import io.pgtopo.config.reading.InvalidConfigException;
import io.pgtopo.config.reading.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Loads inventories of the test resources, or from text. */
final class Fixtures {
  private static final Path RESOURCES = Path.of("src/test/resources/inventories");

  private Fixtures() {}

  static String file(String name) {
    return RESOURCES.resolve(name).toString();
  }

  static Config load(String... names) {
    var files = List.of(names).stream().map(Fixtures::file).toList();
    return Config.load(Optional.empty(), files, Map.of());
  }

  static Config loadText(Path directory, String text) {
    return Config.load(Optional.empty(), List.of(write(directory, text)), Map.of());
  }

  /** The problems for which a text is refused. */
  static List<Problem> refused(Path directory, String text) {
    var thrown =
        catchThrowableOfType(InvalidConfigException.class, () -> loadText(directory, text));
    return thrown.problems();
  }

  static String write(Path directory, String text) {
    try {
      return Files.writeString(directory.resolve("inventory.yml"), text).toString();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  static Instance instance(Config config, String name) {
    return config
        .inventory()
        .instances()
        .filter(instance -> instance.name().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
