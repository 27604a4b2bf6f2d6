package io.pgtopo.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheTest {
  @TempDir private Path directory;

  @Test
  void an_entry_is_made_once() {
    Cache cache = new Cache(directory, "a", message -> {});

    cache.keep("entry", target -> write(target, "first"));
    Path entry = cache.keep("entry", target -> write(target, "second"));

    assertThat(entry.resolve("file")).hasContent("first");
  }

  @Test
  void two_labs_that_make_an_entry_at_once_share_one_and_leave_no_other() {
    CyclicBarrier bothAreMaking = new CyclicBarrier(2);

    Parallel.forEach(
        List.of("a", "b"),
        lab ->
            new Cache(directory, lab, message -> {})
                .keep(
                    "entry",
                    target -> {
                      write(target, "made");
                      await(bothAreMaking);
                    }));

    assertThat(names()).containsExactly("entry");
    assertThat(directory.resolve("entry/file")).hasContent("made");
  }

  @Test
  void an_entry_that_was_not_finished_is_not_there() {
    Cache cache = new Cache(directory, "a", message -> {});

    assertThatThrownBy(
            () ->
                cache.keep(
                    "entry",
                    target -> {
                      throw new LabException("no");
                    }))
        .hasMessage("no");

    assertThat(names()).containsExactly(".new-a-entry");
  }

  private static void write(Path target, String text) {
    try {
      Files.writeString(target.resolve("file"), text);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (InterruptedException | BrokenBarrierException failure) {
      throw new IllegalStateException(failure);
    }
  }

  private List<String> names() {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
