package io.pgtopo.lab;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * The shell process that removes a lab when its JVM ends, even by a crash: it reads from a pipe to
 * the JVM until that is closed. Closing a lab does the same.
 */
record Reaper(Path directory, List<String> words, Process process) implements AutoCloseable {
  /** Starts the reaper, which makes {@code directory} itself, so that it is removed in any case. */
  static Reaper start(Path directory, Path cache, String id) {
    var words =
        Command.inOwnSession(
            List.of(
                "/bin/sh", "-c", script(), "reaper", directory.toString(), cache.toString(), id));
    return new Reaper(directory, words, launch(words, directory));
  }

  /** Kills the lab's servers, and removes its directory and its namespaces. */
  @Override
  public void close() {
    if (end(process) && !Files.exists(directory)) {
      return;
    }
    // The reaper was killed, or failed: a second one finds the directory and starts over.
    if (Files.exists(directory) && !end(launch(words, directory))) {
      throw new LabException("The lab's directory could not be removed: " + directory);
    }
  }

  private static Process launch(List<String> words, Path directory) {
    var process =
        Io.get(
            Command.prepare(Path.of("/"), words).redirectError(ProcessBuilder.Redirect.DISCARD)
                ::start);
    if (!Objects.equals(Io.get(process.inputReader(StandardCharsets.UTF_8)::readLine), "ready")) {
      throw new LabException("The lab's directory could not be made: " + directory);
    }
    return process;
  }

  private static boolean end(Process process) {
    try {
      Io.run(process.getOutputStream()::close);
      return process.waitFor(Await.LIMIT.toSeconds(), TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (InterruptedException interrupted) {
      // The reaper continues by itself.
      Thread.currentThread().interrupt();
      return true;
    }
  }

  static String script() {
    return Io.get(
        () -> {
          try (var script =
              Objects.requireNonNull(Reaper.class.getResourceAsStream("reaper.sh"), "reaper.sh")) {
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
          }
        });
  }
}
