package io.pgtopo.exporter.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.config.Config;
import io.pgtopo.exporter.testing.World;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReloadTest {
  @TempDir private Path directory;

  @Test
  void a_file_that_changes_while_it_is_read_is_read_again() throws IOException {
    var file = Files.writeString(directory.resolve("pgtopo.yml"), "a");
    var world = World.config();
    var config =
        new Config(
            world.settings(),
            world.inventory(),
            world.policy(),
            Optional.empty(),
            List.of(),
            List.of(file));
    var reads = new AtomicInteger();
    var reload =
        new Reload(
            config,
            () -> {
              if (reads.incrementAndGet() == 1) {
                append(file);
              }
              return config;
            },
            () -> World.START);
    append(file);

    assertThat(reload.ifChanged()).isPresent();
    assertThat(reload.ifChanged()).isPresent();
    assertThat(reload.ifChanged()).isEmpty();
    assertThat(reads).hasValue(2);
  }

  private static void append(Path file) {
    try {
      Files.writeString(file, Files.readString(file) + "a");
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }
}
