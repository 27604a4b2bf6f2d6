package io.pgtopo.exporter.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Expected texts in files. {@code -Dupdate.golden} rewrites them: review the difference. */
public final class Golden {
  private static final Path FOLDER = Path.of("src", "test", "resources", "golden");

  private Golden() {}

  public static void assertEqual(String name, String actual) {
    assertEqual(FOLDER.resolve(name), actual);
  }

  /** A file that lies elsewhere, because users take it from there. */
  public static void assertEqual(Path file, String actual) {
    try {
      if (!System.getProperty("update.golden", "").isEmpty()) {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, actual);
      }
      assertThat(actual).as("golden file %s", file).isEqualTo(Files.readString(file));
    } catch (IOException missing) {
      throw new UncheckedIOException(missing);
    }
  }
}
