package io.pgtopo.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * The shell process that removes a lab when its JVM ends, however it ends: it holds one end of a
 * pipe and the JVM the other. Closing a lab goes the same way, so what runs after a crash is what
 * runs every day.
 */
final class Reaper implements AutoCloseable {
  private final Path directory;
  private final List<String> words;
  private final Process process;

  private Reaper(Path directory, List<String> words, Process process) {
    this.directory = directory;
    this.words = words;
    this.process = process;
  }

  /**
   * Starts the reaper, which makes {@code directory} as its first act; so it is removed in any
   * case.
   */
  static Reaper start(Path directory, Path cache, String id) {
    List<String> words = new ArrayList<>();
    // A session of its own: Ctrl-C in a terminal reaches the JVM's process group, but not the
    // reaper.
    Command.find("setsid").ifPresent(setsid -> words.add(setsid.toString()));
    words.addAll(
        List.of("/bin/sh", "-c", script(), "reaper", directory.toString(), cache.toString(), id));
    return new Reaper(directory, List.copyOf(words), launch(words, directory));
  }

  /**
   * Kills the lab's servers and removes its directory and its namespaces; returns when it is done.
   */
  @Override
  public void close() {
    if (end(process) && !Files.exists(directory)) {
      return;
    }
    // Somebody killed the reaper, or it gave up: a second one finds the directory and starts over.
    if (Files.exists(directory) && !end(launch(words, directory))) {
      throw new LabException("The lab's directory could not be removed: " + directory);
    }
  }

  private static Process launch(List<String> words, Path directory) {
    try {
      Process process =
          Command.prepare(Path.of("/"), words)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      BufferedReader reader =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
      if (!Objects.equals(reader.readLine(), "ready")) {
        throw new LabException("The lab's directory could not be made: " + directory);
      }
      return process;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static boolean end(Process process) {
    try {
      process.getOutputStream().close();
      return process.waitFor(Await.LIMIT.toSeconds(), TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (InterruptedException interrupted) {
      // The reaper goes on by itself; only the waiting ends.
      Thread.currentThread().interrupt();
      return true;
    }
  }

  static String script() {
    try (InputStream script =
        Objects.requireNonNull(Reaper.class.getResourceAsStream("reaper.sh"), "reaper.sh")) {
      return new String(script.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
