package io.pgtopo.exporter.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A real terminal with a shell in it, which a test types into and reads. */
public final class Tmux implements AutoCloseable {
  private static final long PATIENCE_NANOS = Duration.ofSeconds(90).toNanos();

  private final String socket;

  private Tmux(String socket) {
    this.socket = socket;
  }

  public static Tmux open(int columns, int rows) throws IOException, InterruptedException {
    var tmux = new Tmux("pgtopo-test-" + ProcessHandle.current().pid());
    tmux.run(
        "-f",
        "/dev/null",
        "new-session",
        "-d",
        "-s",
        "test",
        "-x",
        String.valueOf(columns),
        "-y",
        String.valueOf(rows),
        "env PS1='$ ' LC_ALL=C.UTF-8 bash --norc --noprofile");
    return tmux;
  }

  public void type(String line) throws IOException, InterruptedException {
    run("send-keys", "-t", "test", "-l", line);
    press("Enter");
  }

  public void press(String key) throws IOException, InterruptedException {
    run("send-keys", "-t", "test", key);
  }

  public void resize(int columns, int rows) throws IOException, InterruptedException {
    run("resize-window", "-t", "test", "-x", String.valueOf(columns), "-y", String.valueOf(rows));
  }

  /** What is on the screen. */
  String screen() throws IOException, InterruptedException {
    return run("capture-pane", "-p", "-t", "test");
  }

  /** The first screen that is as wanted. */
  public String await(String what, Predicate<String> wanted)
      throws IOException, InterruptedException {
    var end = System.nanoTime() + PATIENCE_NANOS;
    var screen = screen();
    while (!wanted.test(screen)) {
      if (System.nanoTime() > end) {
        throw new AssertionError("never seen: " + what + "\n" + screen);
      }
      screen = screen();
    }
    return screen;
  }

  private String run(String... arguments) throws IOException, InterruptedException {
    var words = new ArrayList<>(List.of("tmux", "-u", "-L", socket));
    words.addAll(List.of(arguments));
    var process = new ProcessBuilder(words).redirectErrorStream(true).start();
    var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(10, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IOException(words + ": " + text);
    }
    return text;
  }

  @Override
  public void close() throws IOException {
    try {
      run("kill-server");
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
  }
}
