package io.pgtopo.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The processes of one PostgreSQL server: a postmaster, which is a child of this JVM, and its
 * backends.
 */
final class Server {
  private static final int LAST_LINES = 20;

  private final DataDirectory data;
  private final Path log;
  private final List<String> command;
  private @Nullable Process postmaster;
  private long logStart;

  Server(DataDirectory data, Path log, List<String> command) {
    this.data = data;
    this.log = log;
    this.command = List.copyOf(command);
  }

  boolean isRunning() {
    return postmaster != null && postmaster.isAlive();
  }

  /** Starts and waits until the server is up: ready, or a standby that takes no connections. */
  void start() {
    if (isRunning()) {
      return;
    }
    Process started = launch();
    postmaster = started;
    Await.until(
        () -> "%s starts; its last words:%n%s".formatted(data.path().getFileName(), lastLines()),
        () -> isUp(started));
  }

  /** Stops fast, with a shutdown checkpoint; a frozen server is thawed first. */
  void stop() {
    if (postmaster == null || !postmaster.isAlive()) {
      return;
    }
    thaw();
    Command.signal("INT", List.of(postmaster.pid()));
    awaitEnd(postmaster);
  }

  /** Kills the postmaster and every backend with SIGKILL; the directory stays as it is. */
  void kill() {
    if (postmaster == null || !postmaster.isAlive()) {
      return;
    }
    // A stopped postmaster starts no backend, so none escapes between the look and the blow.
    Command.signal("STOP", List.of(postmaster.pid()));
    List<ProcessHandle> backends = postmaster.descendants().toList();
    Command.signal("KILL", family(postmaster));
    awaitEnd(postmaster);
    Await.until(
        "the killed backends end", () -> backends.stream().noneMatch(ProcessHandle::isAlive));
  }

  /**
   * Stops all processes with SIGSTOP: connections are accepted by the kernel and never answered.
   */
  void freeze() {
    Process running = running();
    Command.signal("STOP", List.of(running.pid()));
    Command.signal("STOP", family(running));
  }

  /** Lets a frozen server go on. */
  void thaw() {
    Command.signal("CONT", family(running()));
  }

  void signal(String name) {
    Command.signal(name, List.of(running().pid()));
  }

  /** Whether the server takes connections. */
  boolean isReady() {
    return postmaster != null && Objects.equals(data.postmasterState(postmaster.pid()), "ready");
  }

  /** The last lines that the server wrote since its last start. */
  String lastLines() {
    try {
      byte[] bytes = Files.readAllBytes(log);
      int start = (int) Math.min(logStart, bytes.length);
      List<String> lines =
          new String(bytes, start, bytes.length - start, StandardCharsets.UTF_8).lines().toList();
      return String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private Process launch() {
    try {
      logStart = Files.exists(log) ? Files.size(log) : 0;
      Process started =
          Command.prepare(data.path(), command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
      started.getOutputStream().close();
      return started;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private boolean isUp(Process started) {
    if (!started.isAlive()) {
      throw new LabException(
          "%s ended while starting; its last words:%n%s"
              .formatted(data.path().getFileName(), lastLines()));
    }
    String state = data.postmasterState(started.pid());
    return Objects.equals(state, "ready") || Objects.equals(state, "standby");
  }

  private Process running() {
    if (postmaster == null || !postmaster.isAlive()) {
      throw new IllegalStateException(data.path().getFileName() + " does not run");
    }
    return postmaster;
  }

  private static List<Long> family(Process postmaster) {
    List<Long> pids = new ArrayList<>(List.of(postmaster.pid()));
    postmaster.descendants().map(ProcessHandle::pid).forEach(pids::add);
    return pids;
  }

  private void awaitEnd(Process process) {
    try {
      if (!process.waitFor(Await.LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        throw new LabException(
            "%s did not stop in %d s; its last words:%n%s"
                .formatted(data.path().getFileName(), Await.LIMIT.toSeconds(), lastLines()));
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new LabException("Interrupted while a server stops", interrupted);
    }
  }
}
