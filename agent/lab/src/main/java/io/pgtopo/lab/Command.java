package io.pgtopo.lab;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Runs other programs in a given directory, with an environment that does not affect PostgreSQL's
 * tools.
 */
final class Command {
  private Command() {}

  /** Runs a program to its end and returns what it wrote, which its failure quotes. */
  static String run(Path directory, List<String> words) {
    return run(directory, words, "");
  }

  /** As {@link #run(Path, List)}, with {@code input} for the program to read. */
  static String run(Path directory, List<String> words, String input) {
    try {
      var process = prepare(directory, words).redirectErrorStream(true).start();
      try (var in = process.getOutputStream()) {
        in.write(input.getBytes(StandardCharsets.UTF_8));
      }
      var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      var code = process.waitFor();
      if (code != 0) {
        throw new LabException(
            "%s ended with code %d: %s".formatted(String.join(" ", words), code, output.strip()));
      }
      return output;
    } catch (IOException failure) {
      throw new UncheckedIOException(String.join(" ", words), failure);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new LabException("Interrupted while running " + String.join(" ", words), interrupted);
    }
  }

  /** A process yet to be started, free of the caller's PG* variables, language and time zone. */
  static ProcessBuilder prepare(Path directory, List<String> words) {
    var builder = new ProcessBuilder(words).directory(directory.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
    builder.environment().put("LC_ALL", "C");
    // Without it initdb compares every zone file with the system's clock.
    builder.environment().put("TZ", "UTC");
    return builder;
  }

  /** A program on the PATH, or among the system's tools, which are not on every user's PATH. */
  static Optional<Path> find(String program) {
    var path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return Stream.concat(Stream.of(path.split(File.pathSeparator)), Stream.of("/usr/sbin", "/sbin"))
        .filter(directory -> !directory.isEmpty())
        .map(directory -> Path.of(directory, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Sends a signal such as {@code INT} to processes; those that ended are skipped. */
  static void signal(String name, List<Long> pids) {
    if (pids.isEmpty()) {
      return;
    }
    var words =
        List.of("/bin/sh", "-c", "s=$1; shift; for p; do kill -s $s $p; done; :", "sh", name);
    run(Path.of("/"), join(words, pids.stream().map(String::valueOf).toList()));
  }

  /** A command in a session of its own, which Ctrl-C in the JVM's terminal does not reach. */
  static List<String> inOwnSession(List<String> words) {
    return join(find("setsid").map(Path::toString).stream().toList(), words);
  }

  static List<String> join(List<String> first, List<String> rest) {
    return Stream.concat(first.stream(), rest.stream()).toList();
  }
}
