package io.pgtopo.agent.campaign;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads what a server is from pg_control, postmaster.pid and /proc; what vanishes meanwhile is
 * absent.
 */
final class Measuring {
  private static final int STATE_OFFSET = 16;
  private static final int IN_ARCHIVE_RECOVERY = 5;
  private static final int IN_PRODUCTION = 6;
  private static final int STATUS_LINE = 7;
  private static final double TICKS_PER_SECOND = 100;
  private static final Pattern CLIENT_PORT = Pattern.compile("\\((\\d+)\\)");

  /** A process, with its state as ps shows it and its title. */
  record ServerProcessEntry(long pid, char state, String title) {
    boolean isStopped() {
      return state == 'T';
    }

    /** Up to version 10 the names have more words. */
    boolean is(String name, String nameOf10) {
      return title.contains(name) || title.contains(nameOf10);
    }

    boolean isReceiver() {
      return is("walreceiver", "wal receiver process");
    }

    boolean isSender() {
      return is("walsender", "wal sender process");
    }

    boolean isStartup() {
      return is("startup", "startup process");
    }

    boolean isCheckpointer() {
      return is("checkpointer", "checkpointer process");
    }
  }

  private Measuring() {}

  static Measured of(Path data) {
    var control = control(data);
    var pid = postmaster(data);
    if (pid == 0) {
      return new Measured(
          control.systemId,
          control.role,
          "",
          false,
          false,
          false,
          Optional.empty(),
          List.of(),
          0,
          0);
    }
    var processes = processes(pid);
    var postmaster = processes.getFirst();
    return new Measured(
        control.systemId,
        control.role,
        status(data),
        processes.stream().allMatch(ServerProcessEntry::isStopped),
        postmaster.isStopped(),
        processes.stream().anyMatch(it -> it.isStartup() && it.isStopped()),
        processes.stream()
            .filter(ServerProcessEntry::isReceiver)
            .findFirst()
            .map(Measuring::receiver),
        processes.stream().filter(ServerProcessEntry::isSender).map(Measuring::sender).toList(),
        startOf(pid),
        processes.stream()
            .filter(ServerProcessEntry::isCheckpointer)
            .findFirst()
            .map(ServerProcessEntry::pid)
            .orElse(0L));
  }

  /** The postmaster first, then its children; none if it does not run. */
  static List<ServerProcessEntry> processesOf(Path data) {
    var pid = postmaster(data);
    return pid == 0 ? List.of() : processes(pid);
  }

  private record Control(long systemId, Measured.Role role) {}

  private static Control control(Path data) {
    try {
      var bytes =
          ByteBuffer.wrap(Files.readAllBytes(data.resolve("global/pg_control")))
              .order(ByteOrder.nativeOrder());
      var role =
          switch (bytes.getInt(STATE_OFFSET)) {
            case IN_ARCHIVE_RECOVERY -> Measured.Role.REPLICA;
            case IN_PRODUCTION -> Measured.Role.PRIMARY;
            default -> Measured.Role.NEITHER;
          };
      return new Control(bytes.getLong(0), role);
    } catch (IOException | IndexOutOfBoundsException beingCopied) {
      return new Control(0, Measured.Role.NEITHER);
    }
  }

  /** The process of postmaster.pid if it is one of PostgreSQL that runs; otherwise 0. */
  private static long postmaster(Path data) {
    var first = lines(data.resolve("postmaster.pid")).stream().findFirst();
    if (first.isEmpty() || !first.get().matches("\\d+")) {
      return 0;
    }
    var pid = Long.parseLong(first.get());
    var title = title(pid);
    return title.contains("postgres") && title.contains(data.toString()) && stateOf(pid) != 'Z'
        ? pid
        : 0;
  }

  private static String status(Path data) {
    var lines = lines(data.resolve("postmaster.pid"));
    return lines.size() > STATUS_LINE ? lines.get(STATUS_LINE).strip() : "";
  }

  private static List<ServerProcessEntry> processes(long postmaster) {
    var all = new ArrayList<ServerProcessEntry>();
    all.add(entry(postmaster));
    var children = text(Path.of("/proc/%d/task/%d/children".formatted(postmaster, postmaster)));
    Arrays.stream(children.strip().split(" "))
        .filter(child -> !child.isEmpty())
        .map(child -> entry(Long.parseLong(child)))
        .filter(child -> child.state() != 'Z' && !child.title().isEmpty())
        .forEach(all::add);
    return all;
  }

  private static ServerProcessEntry entry(long pid) {
    return new ServerProcessEntry(pid, stateOf(pid), title(pid));
  }

  private static Measured.Sender sender(ServerProcessEntry process) {
    var port = CLIENT_PORT.matcher(process.title());
    return new Measured.Sender(
        process.pid(), process.isStopped(), port.find() ? Integer.parseInt(port.group(1)) : 0);
  }

  private static Measured.Receiver receiver(ServerProcessEntry process) {
    var connection = connection(process.pid());
    return new Measured.Receiver(
        process.pid(),
        process.isStopped(),
        isStreaming(process),
        connection.map(TcpConnection::remote),
        connection.map(TcpConnection::localPort).orElse(0));
  }

  /** The title says so with the first WAL that comes; a link that idles keeps its first title. */
  private static boolean isStreaming(ServerProcessEntry process) {
    return process.title().contains("streaming")
        || (!process.title().contains("idle")
            && !process.title().contains("restarting")
            && isOlderThan3Seconds(process.pid()));
  }

  private static boolean isOlderThan3Seconds(long pid) {
    var uptime = text(Path.of("/proc/uptime"));
    return Double.parseDouble(uptime.substring(0, uptime.indexOf(' ')))
            - startOf(pid) / TICKS_PER_SECOND
        > 3;
  }

  private record TcpConnection(String remote, int localPort) {}

  /** The established TCP connection of a process that has one. */
  private static Optional<TcpConnection> connection(long pid) {
    var sockets = sockets(pid);
    return lines(Path.of("/proc/" + pid + "/net/tcp")).stream()
        .skip(1)
        .map(line -> line.strip().split(" +"))
        .filter(fields -> fields.length > 9 && fields[3].equals("01"))
        .filter(fields -> sockets.contains("socket:[" + fields[9] + "]"))
        .map(fields -> new TcpConnection(address(fields[2]), port(fields[1])))
        .findFirst();
  }

  private static List<String> sockets(long pid) {
    try (var files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      return files.flatMap(Measuring::target).toList();
    } catch (IOException | java.io.UncheckedIOException ended) {
      return List.of();
    }
  }

  private static Stream<String> target(Path link) {
    try {
      return Stream.of(Files.readSymbolicLink(link).toString());
    } catch (IOException closed) {
      return Stream.empty();
    }
  }

  /** As in /proc/net/tcp: the address in the order of the machine's bytes. */
  private static String address(String hex) {
    var bytes = new ArrayList<String>();
    for (var i = 6; i >= 0; i -= 2) {
      bytes.add(Integer.toString(Integer.parseInt(hex.substring(i, i + 2), 16)));
    }
    return String.join(".", bytes) + ":" + port(hex);
  }

  private static int port(String hex) {
    return Integer.parseInt(hex.substring(hex.indexOf(':') + 1), 16);
  }

  private static String title(long pid) {
    return text(Path.of("/proc/" + pid + "/cmdline")).replace('\0', ' ').strip();
  }

  private static char stateOf(long pid) {
    var rest = afterName(pid);
    return rest.isEmpty() ? 'Z' : rest.charAt(0);
  }

  private static long startOf(long pid) {
    var fields = afterName(pid).split(" ", -1);
    return fields.length > 19 ? Long.parseLong(fields[19]) : 0;
  }

  /** The fields of /proc/PID/stat from the state on: the name before may have spaces. */
  private static String afterName(long pid) {
    var stat = text(Path.of("/proc/" + pid + "/stat"));
    var end = stat.lastIndexOf(')');
    return end < 0 ? "" : stat.substring(end + 1).strip();
  }

  private static List<String> lines(Path file) {
    return text(file).lines().toList();
  }

  private static String text(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException absent) {
      return "";
    }
  }
}
