package io.pgtopo.exporter.soak;

import io.pgtopo.lab.LabCluster;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/** All faults, with what a seed draws of each. */
final class Faults {
  static final int KINDS = 16;

  /** networkaddress.cache.ttl, and some more. */
  private static final Duration KEPT_ADDRESS = Duration.ofSeconds(35);

  private static final int KNOCKS = 60;
  private static final int GUESSES = 40;
  private static final int SIGNALS = 200;
  private static final long HUGE = 100L << 20;
  private static final List<String> CLOCKS = List.of("+3600", "-3600", "+315360000", "-86400");

  private final AgentProcess agent;
  private final LabCluster cluster;
  private final LabCluster named;
  private final MoodyListener listener;
  private final Optional<NameServer> names;
  private Random random = new Random(0);
  private double cyclesBefore = Double.NaN;

  Faults(
      AgentProcess agent,
      LabCluster cluster,
      LabCluster named,
      MoodyListener listener,
      Optional<NameServer> names) {
    this.agent = agent;
    this.cluster = cluster;
    this.named = named;
    this.listener = listener;
    this.names = names;
  }

  /** One for each seed; as many seeds as there are kinds draw each of them. */
  Fault of(long seed) throws IOException {
    random = new Random(seed);
    cyclesBefore = Double.NaN;
    return switch ((int) (seed % KINDS)) {
      case 0 -> damagedState();
      case 1 -> noStateDirectory();
      case 2 -> damagedFile("inventory", agent.inventory());
      case 3 -> damagedFile("web configuration", agent.web());
      case 4 -> names();
      case 5 -> files();
      case 6 -> handshakes();
      case 7 -> passwords();
      case 8 -> listener();
      case 9 -> frozenReplica();
      case 10 -> killedReplica();
      case 11 -> restartedPrimary();
      case 12 -> reloads();
      case 13 -> stopped();
      case 14 -> nameServer();
      default -> clock();
    };
  }

  /** What the agent reads at its start, after a crash. */
  private Fault damagedState() {
    var file = agent.state().resolve("state.json");
    return new Fault(
        "damaged state",
        () -> {
          agent.kill();
          damage(file);
          agent.start();
        },
        () -> !agent.metrics().isEmpty(),
        () -> {
          try (var files = Files.newDirectoryStream(agent.state(), "*.damaged-*")) {
            for (var damaged : files) {
              delete(damaged);
            }
          }
        });
  }

  /** Noticed when there is something to write. */
  private Fault noStateDirectory() {
    var aside = agent.state().resolveSibling("aside");
    var before = value("pgtopo_state_write_failures_total");
    return new Fault(
        "no state directory",
        () -> {
          Files.move(agent.state(), aside);
          Files.writeString(agent.state(), "a file");
          cluster.instance(2).restart();
        },
        () -> value("pgtopo_state_write_failures_total") > before,
        () -> {
          Files.delete(agent.state());
          Files.move(aside, agent.state());
        });
  }

  private Fault damagedFile(String what, Path file) throws IOException {
    var good = Files.readAllBytes(file);
    return new Fault(
        "damaged " + what,
        () -> damage(file),
        () -> value("pgtopo_config_last_reload_successful") == 0,
        () -> {
          delete(file);
          Files.write(file, good);
        });
  }

  /** None of these is an inventory, a web configuration that keeps the login, or a state. */
  private void damage(Path file) throws IOException, InterruptedException {
    delete(file);
    switch (random.nextInt(7)) {
      case 0 -> Files.writeString(file, "");
      case 1 -> Files.writeString(file, "all: \"\\x");
      case 2 -> {
        var bytes = new byte[1 + random.nextInt(4000)];
        random.nextBytes(bytes);
        bytes[0] = 0;
        Files.write(file, bytes);
      }
      case 3 -> Files.createDirectory(file);
      case 4 -> Files.createSymbolicLink(file, Path.of("/dev/zero"));
      case 5 -> new ProcessBuilder("mkfifo", file.toString()).inheritIO().start().waitFor();
      default -> {
        try (var huge = new RandomAccessFile(file.toFile(), "rw")) {
          huge.setLength(HUGE);
        }
      }
    }
  }

  private static void delete(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        path,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, IOException failed)
              throws IOException {
            Files.delete(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** The name of a server leads nowhere, or to an address where none is. */
  private Fault names() throws IOException {
    var good = Files.readString(agent.names());
    var host = named.instance(1);
    return new Fault(
        "names",
        () -> {
          Files.writeString(
              agent.names(),
              random.nextBoolean() ? "\u0000" : good.replace(host.host(), "127.91.91.90"));
          host.restart();
        },
        this::hasGoneOn,
        () -> Files.writeString(agent.names(), good));
  }

  /** The name of a server is looked up, and nobody answers. */
  private Fault nameServer() throws IOException {
    if (names.isEmpty()) {
      return new Fault("not root, so no name server", () -> {}, () -> true, () -> {});
    }
    var good = Files.readString(agent.names());
    var again = new AtomicLong(System.nanoTime());
    return new Fault(
        "silent name server",
        () -> {
          names.get().beSilent(true);
          Files.writeString(agent.names(), "");
        },
        () -> {
          // The address of the last look-up is good for as long as Java keeps it.
          if (!isDown("pg-name-1") && System.nanoTime() > again.get()) {
            named.instance(1).restart();
            again.set(System.nanoTime() + KEPT_ADDRESS.toNanos());
          }
          return isDown("pg-name-1") && hasGoneOn();
        },
        () -> {
          names.get().beSilent(random.nextBoolean());
          Files.writeString(agent.names(), good);
        });
  }

  /** It needs another one, to reach a server that was restarted. */
  private Fault files() {
    var failed = value("pgtopo_cycle_failures_total");
    return new Fault(
        "too few files",
        () -> {
          agent.limitFiles(Integer.toString(agent.files() - random.nextInt(10)));
          cluster.instance(2).restart();
        },
        () -> isDown("pg-test-2") || !(value("pgtopo_cycle_failures_total") <= failed),
        () -> {
          if (agent.isAlive()) {
            agent.limitFiles("1024");
          }
        });
  }

  /** They begin a handshake of TLS, or what only looks like one, and stay. */
  private Fault handshakes() {
    var held = new ArrayList<Socket>();
    return new Fault(
        "handshakes",
        () -> {
          for (var i = 0; i < KNOCKS; i++) {
            var socket = new Socket(InetAddress.getLoopbackAddress(), agent.port());
            var bytes = new byte[random.nextInt(600)];
            random.nextBytes(bytes);
            if (bytes.length > 6) {
              System.arraycopy(new byte[] {22, 3, 1, 2, 0, 1}, 0, bytes, 0, 6);
            }
            socket.getOutputStream().write(bytes);
            held.add(socket);
          }
        },
        this::hasGoneOn,
        () -> {
          for (var socket : held) {
            socket.close();
          }
        });
  }

  private Fault passwords() {
    var rejected = value("pgtopo_http_requests_rejected_total", "reason=\"unauthorized\"");
    return new Fault(
        "wrong passwords",
        () -> {
          var guesses = new ArrayList<Thread>();
          for (var i = 0; i < GUESSES; i++) {
            var login = AgentProcess.authorization("prometheus:" + random.nextLong());
            guesses.add(
                Thread.startVirtualThread(
                    () -> {
                      try {
                        agent.send("/metrics", "Authorization", login);
                      } catch (InterruptedException stopping) {
                        Thread.currentThread().interrupt();
                      }
                    }));
          }
          for (var guess : guesses) {
            guess.join();
          }
        },
        () ->
            value("pgtopo_http_requests_rejected_total", "reason=\"unauthorized\"") > rejected
                && hasGoneOn(),
        () -> {});
  }

  private Fault listener() {
    var moods = MoodyListener.Mood.values();
    return new Fault(
        "no PostgreSQL",
        () -> listener.become(moods[random.nextInt(moods.length)]),
        this::hasGoneOn,
        () -> listener.become(MoodyListener.Mood.CLOSES));
  }

  private Fault frozenReplica() {
    var replica = cluster.instance(2);
    return new Fault("frozen replica", replica::freeze, () -> isDown("pg-test-2"), replica::thaw);
  }

  private Fault killedReplica() {
    var replica = cluster.instance(2);
    return new Fault("killed replica", replica::kill, () -> isDown("pg-test-2"), replica::start);
  }

  private Fault restartedPrimary() {
    var primary = cluster.instance(1);
    return new Fault("restarted primary", primary::stop, () -> isDown("pg-test-1"), primary::start);
  }

  private Fault reloads() {
    return new Fault("many reloads", () -> agent.signal("HUP", SIGNALS), this::hasGoneOn, () -> {});
  }

  /** The process gets no time for longer than a deadline. */
  private Fault stopped() {
    return new Fault(
        "no time",
        () -> {
          agent.signal("STOP", 1);
          for (var i = 0; i < 30; i++) {
            agent.pause();
          }
          agent.signal("CONT", 1);
        },
        this::hasGoneOn,
        () -> {});
  }

  private Fault clock() {
    if (!Files.exists(AgentProcess.FAKE_TIME)) {
      return new Fault("no libfaketime, so no clock", () -> {}, () -> true, () -> {});
    }
    return new Fault(
        "clock",
        () -> {
          agent.kill();
          agent.startWithClock();
          while (agent.metrics().isEmpty()) {
            agent.pause();
          }
          Files.writeString(agent.clock(), CLOCKS.get(random.nextInt(CLOCKS.size())));
        },
        () -> {
          var shown = value("pgtopo_snapshot_timestamp_seconds");
          return shown > 0 && Math.abs(shown - System.currentTimeMillis() / 1000.0) > 1800;
        },
        () -> {
          Files.writeString(agent.clock(), "+0");
          while (!hasGoneOn()) {
            agent.pause();
          }
          agent.kill();
          agent.start();
        });
  }

  /** Whether two more cycles have ended since this was asked first. */
  private boolean hasGoneOn() {
    var cycles = value("pgtopo_cycles_total");
    if (cycles > 0 && Double.isNaN(cyclesBefore)) {
      cyclesBefore = cycles;
    }
    return cycles >= cyclesBefore + 2;
  }

  private boolean isDown(String instance) {
    return value("pgtopo_up", "ins=\"" + instance + "\"") == 0;
  }

  /** The sum of the series; not a number if there is none. */
  private double value(String name, String... labels) {
    try {
      var values = AgentProcess.values(agent.metrics(), name, labels);
      return values.isEmpty() ? Double.NaN : values.stream().mapToDouble(Double::doubleValue).sum();
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      return Double.NaN;
    }
  }
}
