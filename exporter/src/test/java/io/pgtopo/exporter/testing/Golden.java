package io.pgtopo.exporter.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.Snapshot;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** Expected texts in files. {@code -Dupdate.golden} rewrites them: review the difference. */
public final class Golden {
  private static final Path FOLDER = Path.of("src", "test", "resources", "golden");

  private Golden() {}

  /** A text of every story is as in its file, whose name has that of the story in the middle. */
  public static Stream<DynamicTest> ofEachStory(
      String start, String end, Function<Snapshot, String> text) {
    return World.stories()
        .map(
            story ->
                DynamicTest.dynamicTest(
                    story.getKey(),
                    () -> assertEqual(start + story.getKey() + end, text.apply(story.getValue()))));
  }

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
