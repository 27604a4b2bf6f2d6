package io.pgtopo.exporter.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Node.js, with the packages that the checks of the dashboards need. */
final class NodeProgram {
  private static final Path CHECK = Boards.FOLDER.resolve("check");
  private static final int PATIENCE_SECONDS = 180;

  private NodeProgram() {}

  /** What came of it. */
  record Outcome(int status, String out, String err) {}

  /** Runs a script below {@code grafana/}, which uses no package. */
  static Outcome run(String script, String... arguments) throws IOException, InterruptedException {
    var words =
        Stream.concat(
                Stream.of(program("node"), Boards.FOLDER.resolve(script).toString()),
                Stream.of(arguments))
            .toList();
    return run(words);
  }

  /** Installs the packages of the lock file, if those that are there are others. */
  static void install() throws IOException, InterruptedException {
    program("node");
    var lock = Files.readString(CHECK.resolve("package-lock.json"));
    var stamp = CHECK.resolve("node_modules/.installed");
    if (Files.exists(stamp) && Files.readString(stamp).equals(lock)) {
      return;
    }
    var outcome = run(List.of(program("npm"), "ci"));
    assertThat(outcome.status()).as("npm ci: %s", outcome).isZero();
    Files.writeString(stamp, lock);
  }

  /** What Grafana's code makes of panels and of the answers to their queries. */
  static List<JsonNode> frames(Path folder, List<Map<String, Object>> panels)
      throws IOException, InterruptedException {
    var file = folder.resolve("answers.json");
    Boards.JSON.writeValue(file.toFile(), panels);
    var outcome = run("check/frames.mjs", file.toString());
    assertThat(outcome.status()).as(outcome.err()).isZero();
    return Boards.elements(Boards.JSON.readTree(outcome.out())).toList();
  }

  /** What is read on panels, and what is wrong with that. */
  static JsonNode display(Path folder, Map<String, Object> asked)
      throws IOException, InterruptedException {
    var file = folder.resolve("shown.json");
    Boards.JSON.writeValue(file.toFile(), asked);
    var outcome = run("check/display.mjs", file.toString());
    assertThat(outcome.status()).as(outcome.err()).isZero();
    return Boards.JSON.readTree(outcome.out());
  }

  private static Outcome run(List<String> words) throws IOException, InterruptedException {
    var out = Files.createTempFile("node", ".out");
    var err = Files.createTempFile("node", ".err");
    try {
      var process =
          new ProcessBuilder(words)
              .directory(CHECK.toFile())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .start();
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException("it did not end: " + words);
      }
      return new Outcome(process.exitValue(), read(out), read(err));
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }

  private static String read(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.UTF_8);
  }

  private static String program(String name) {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst()
        .orElseGet(() -> abort(name + " is not on the PATH"));
  }
}
