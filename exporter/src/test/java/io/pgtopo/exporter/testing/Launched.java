package io.pgtopo.exporter.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** pgtopo as a process of its own, from the jar that was built. */
public final class Launched {
  private static final int PATIENCE_SECONDS = 120;

  private Launched() {}

  /** What came of it. */
  public record Outcome(int status, String out, String err) {}

  /** The words that start it. */
  public static List<String> command(String... arguments) {
    var words =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-jar",
                Path.of("target", "pgtopo.jar").toAbsolutePath().toString()));
    words.addAll(List.of(arguments));
    return words;
  }

  public static Process start(Map<String, String> environment, List<String> command)
      throws IOException {
    var builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
    builder.environment().put("LC_ALL", "C.UTF-8");
    builder.environment().putAll(environment);
    return builder.start();
  }

  /** Runs it to its end; it prints little, so that one stream after the other can be read. */
  public static Outcome run(Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    return outcome(start(environment, command(arguments)));
  }

  public static Outcome outcome(Process process) throws IOException, InterruptedException {
    var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    var err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new UncheckedIOException(new IOException("it did not end: " + out + err));
    }
    return new Outcome(process.exitValue(), out, err);
  }
}
