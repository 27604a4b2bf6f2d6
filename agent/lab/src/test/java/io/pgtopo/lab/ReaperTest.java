package io.pgtopo.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReaperTest {
  @TempDir private Path cache;

  @Test
  void a_closed_reaper_has_removed_its_directory_and_what_its_lab_left_unfinished()
      throws IOException {
    Path directory = cache.resolve("lab");
    Files.createDirectory(cache.resolve(".new-aa-entry"));
    Files.createDirectory(cache.resolve(".new-aab-entry"));

    try (Reaper reaper = Reaper.start(directory, cache, "aa")) {
      assertThat(reaper).isNotNull();
      assertThat(directory.resolve("data")).isDirectory();
    }

    assertThat(cache).isDirectoryNotContaining(path -> path.endsWith("lab"));
    assertThat(cache).isDirectoryNotContaining(path -> path.endsWith(".new-aa-entry"));
    assertThat(cache).isDirectoryContaining(path -> path.endsWith(".new-aab-entry"));
  }

  @Test
  void processes_of_the_lab_are_ended_and_no_others() throws Exception {
    Path directory = cache.resolve("lab");
    Process other = sleeper(cache.resolve("lab2/data/x"));
    Process own;
    try (Reaper reaper = Reaper.start(directory, cache, "aa")) {
      assertThat(reaper).isNotNull();
      own = sleeper(directory.resolve("data/x"));
    }

    assertThat(own.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(other.isAlive()).isTrue();
    other.destroyForcibly().waitFor();
  }

  @Test
  void a_reaper_whose_output_is_closed_removes_its_directory() throws Exception {
    Path directory = cache.resolve("lab");
    Process shell =
        new ProcessBuilder(
                "sh",
                "-c",
                "read -r _; eval \"$0\"",
                Reaper.script(),
                directory.toString(),
                cache.toString(),
                "aa")
            .start();
    shell.getInputStream().close();

    try (OutputStream go = shell.getOutputStream()) {
      go.write("go\n".getBytes(StandardCharsets.UTF_8));
    }

    assertThat(shell.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(shell.exitValue()).isZero();
    assertThat(directory).doesNotExist();
  }

  /** A process that ends by signal alone, with a path on its command line. */
  private static Process sleeper(Path path) throws IOException {
    return new ProcessBuilder("sh", "-c", "read -r _", path.toString()).start();
  }
}
