package io.pgtopo.lab;

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
final class ServerProcess {
  private static final int LAST_LINES = 20;

  private final DataDirectory data;
  private final Path log;
  private final List<String> command;
  private @Nullable Process postmaster;
  private long logStart;

  ServerProcess(DataDirectory data, Path log, List<String> command) {
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
    var started = launch();
    postmaster = started;
    Await.until(
        () -> "%s starts; its log:%n%s".formatted(data.path().getFileName(), lastLines()),
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
    // A stopped postmaster starts no backend, so the list of backends stays complete.
    Command.signal("STOP", List.of(postmaster.pid()));
    var backends = postmaster.descendants().toList();
    Command.signal("KILL", processes(postmaster));
    awaitEnd(postmaster);
    Await.until(
        "the killed backends end", () -> backends.stream().noneMatch(ProcessHandle::isAlive));
  }

  /** Stops all processes with SIGSTOP: the kernel accepts connections, and they get no answer. */
  void freeze() {
    var running = running();
    Command.signal("STOP", List.of(running.pid()));
    Command.signal("STOP", processes(running));
  }

  void thaw() {
    Command.signal("CONT", processes(running()));
  }

  void signal(String name) {
    Command.signal(name, List.of(running().pid()));
  }

  boolean isReady() {
    return postmaster != null && Objects.equals(data.postmasterState(postmaster.pid()), "ready");
  }

  /** The last lines that the server wrote since its last start. */
  String lastLines() {
    var bytes = Io.get(() -> Files.readAllBytes(log));
    var start = (int) Math.min(logStart, bytes.length);
    var lines =
        new String(bytes, start, bytes.length - start, StandardCharsets.UTF_8).lines().toList();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
  }

  private Process launch() {
    logStart = Files.exists(log) ? Io.get(() -> Files.size(log)) : 0;
    var started =
        Io.get(
            Command.prepare(data.path(), command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                ::start);
    Io.run(started.getOutputStream()::close);
    return started;
  }

  private boolean isUp(Process started) {
    if (!started.isAlive()) {
      throw new LabException(
          "%s ended while starting; its log:%n%s"
              .formatted(data.path().getFileName(), lastLines()));
    }
    var state = data.postmasterState(started.pid());
    return Objects.equals(state, "ready") || Objects.equals(state, "standby");
  }

  private Process running() {
    if (postmaster == null || !postmaster.isAlive()) {
      throw new IllegalStateException(data.path().getFileName() + " does not run");
    }
    return postmaster;
  }

  private static List<Long> processes(Process postmaster) {
    var pids = new ArrayList<Long>(List.of(postmaster.pid()));
    postmaster.descendants().map(ProcessHandle::pid).forEach(pids::add);
    return pids;
  }

  private void awaitEnd(Process process) {
    try {
      if (!process.waitFor(Await.LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        throw new LabException(
            "%s did not stop in %d s; its log:%n%s"
                .formatted(data.path().getFileName(), Await.LIMIT.toSeconds(), lastLines()));
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new LabException("Interrupted while a server stops", interrupted);
    }
  }
}
