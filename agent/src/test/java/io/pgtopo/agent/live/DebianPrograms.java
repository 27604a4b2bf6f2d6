package io.pgtopo.agent.live;

import io.pgtopo.lab.Lab;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Programs that Debian's packages have put here, run as a user who is not root. */
final class DebianPrograms {
  private DebianPrograms() {}

  static void end(ProcessHandle process) {
    process.destroyForcibly();
    process.onExit().join();
  }

  /** The lab's own: it kills what has the directory on its command line when the pipe ends. */
  static Process reaper(Path directory) throws IOException {
    try (var script = Objects.requireNonNull(Lab.class.getResourceAsStream("reaper.sh"))) {
      var text = new String(script.readAllBytes(), StandardCharsets.UTF_8);
      var place = directory.toString();
      var process =
          new ProcessBuilder("setsid", "sh", "-c", text, "reaper", place, place, "none")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      var ready = process.inputReader(StandardCharsets.UTF_8).readLine();
      if (!Objects.equals(ready, "ready")) {
        throw new IOException("no directory " + directory);
      }
      return process;
    }
  }

  static void run(List<String> words) throws IOException {
    try {
      if (new ProcessBuilder(words).inheritIO().start().waitFor() != 0) {
        throw new IOException("failed: " + words);
      }
    } catch (InterruptedException end) {
      throw new IllegalStateException(end);
    }
  }

  static void signal(String name, Process process) {
    try {
      run(List.of("kill", "-" + name, Long.toString(process.pid())));
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }

  static String user() {
    return isRoot() ? "postgres" : System.getProperty("user.name");
  }

  static Path base() {
    var memory = Path.of("/dev/shm");
    return Files.isWritable(memory) ? memory : Path.of(System.getProperty("java.io.tmpdir"));
  }

  static Optional<Path> find(String program) {
    return Stream.of("/usr/bin", "/usr/sbin", "/usr/local/bin")
        .map(directory -> Path.of(directory, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** The newest server that Debian's packages have put here. */
  static Optional<Path> serverBinaries() {
    return servers().findFirst();
  }

  /** The newest one with an extension. */
  static Optional<Path> serverBinaries(String library) {
    return servers()
        .filter(bin -> Files.exists(bin.resolveSibling("lib").resolve(library)))
        .findFirst();
  }

  private static Stream<Path> servers() {
    return IntStream.rangeClosed(13, 30)
        .boxed()
        .sorted(Comparator.reverseOrder())
        .map(major -> Path.of("/usr/lib/postgresql", major.toString(), "bin"))
        .filter(bin -> Files.isExecutable(bin.resolve("pg_rewind")));
  }
}
