package io.pgtopo.agent.campaign;

import io.pgtopo.agent.campaign.Arena.Line;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.lab.LabException;
import io.pgtopo.lab.LabInstance;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** Lets incidents happen to one cluster, and repairs it; one thread. */
final class Stager implements Incident.Stage {
  /** More than any server of a campaign accepts. */
  private static final int CONNECTIONS = 150;

  private final Arena arena;
  private final Random random;
  private final CountDownLatch end;
  private final Map<StagedServer, Map<String, String>> changed = new HashMap<>();
  private int slots;

  Stager(Arena arena, Random random, CountDownLatch end) {
    this.arena = arena;
    this.random = random;
    this.end = end;
  }

  /** Waits as an operator does; false if the campaign ends. */
  boolean waits(Duration time) {
    try {
      return !end.await(time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public Arena arena() {
    return arena;
  }

  private <T> Optional<T> pick(List<T> all) {
    return all.isEmpty() ? Optional.empty() : Optional.of(all.get(random.nextInt(all.size())));
  }

  @Override
  public Optional<StagedServer> any() {
    return pick(arena.servers.stream().filter(it -> measured(it).runs()).toList());
  }

  @Override
  public Optional<StagedServer> replica() {
    return pick(
        arena.servers.stream()
            .filter(it -> measured(it).runs() && measured(it).role() == Measured.Role.REPLICA)
            .toList());
  }

  @Override
  public Optional<StagedServer> leader() {
    var all = leaders();
    return all.size() == 1 ? Optional.of(all.getFirst()) : Optional.empty();
  }

  List<StagedServer> leaders() {
    return arena.servers.stream()
        .filter(it -> measured(it).runs() && measured(it).role() == Measured.Role.PRIMARY)
        .toList();
  }

  @Override
  public Optional<StagedServer> other(StagedServer than) {
    return pick(arena.servers.stream().filter(it -> it != than && measured(it).runs()).toList());
  }

  @Override
  public Measured measured(StagedServer server) {
    return Measuring.of(server.instance.dataDirectory());
  }

  @Override
  public boolean isReady(StagedServer server) {
    var it = measured(server);
    return it.isReady() && !it.isStopped() && !it.isPostmasterStopped() && !server.isCut();
  }

  @Override
  public String act(String what, Runnable action) {
    arena.chronicle.step(Instant.now(), what);
    try {
      action.run();
      return what;
    } catch (LabException | IllegalStateException failed) {
      var text =
          what
              + " (failed: "
              + String.valueOf(failed.getMessage()).lines().findFirst().orElse("")
              + ")";
      arena.chronicle.step(Instant.now(), text);
      return text;
    }
  }

  @Override
  public void signal(
      StagedServer server, String name, Predicate<Measuring.ServerProcessEntry> process, int most) {
    Measuring.processesOf(server.instance.dataDirectory()).stream()
        .filter(process)
        .limit(most)
        .forEach(it -> kill(name, it.pid()));
  }

  static void kill(String name, long pid) {
    try {
      new ProcessBuilder("/bin/sh", "-c", "kill -s " + name + " " + pid).start().waitFor();
    } catch (IOException failed) {
      throw new IllegalStateException(failed);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void setQuietly(StagedServer server, String parameter, String value) {
    changed.computeIfAbsent(server, it -> new HashMap<>()).put(parameter, standard(parameter));
    server.instance.set(parameter, value);
  }

  private static String standard(String parameter) {
    return switch (parameter) {
      case "default_transaction_read_only" -> "off";
      case "recovery_min_apply_delay" -> "0";
      case "archive_command" -> "true";
      case "hot_standby" -> "on";
      case "max_connections" -> "100";
      default -> throw new IllegalArgumentException(parameter);
    };
  }

  @Override
  public String set(StagedServer server, DriftKind kind, String parameter, String value) {
    return act(
        "%s = %s on %s".formatted(parameter, value, server),
        () ->
            server.stage(
                kind,
                Truths.SOON,
                () -> {
                  setQuietly(server, parameter, value);
                  if (isReady(server)) {
                    server.instance.reload();
                  }
                }));
  }

  @Override
  public String failArchiving(StagedServer server) {
    return act(
        "archive_command = false on " + server,
        () ->
            server.stage(
                DriftKind.ARCHIVING_FAILS,
                Truths.SOON,
                () -> {
                  setQuietly(server, "archive_command", "false");
                  server.instance.reload();
                  switchSegment(server);
                }));
  }

  private static void switchSegment(StagedServer server) {
    server.instance.execute("SELECT pg_logical_emit_message(false, 'x', 'x')");
    server.instance.execute("SELECT pg_switch_wal()");
  }

  @Override
  public String leaveSlot(StagedServer server) {
    var slot = "left_" + ++slots;
    return act(
        "slot " + slot + " on " + server,
        () -> {
          server.slots().put(slot, new Standpoint.Open("being made"));
          server.instance.execute("SELECT pg_create_physical_replication_slot('" + slot + "')");
          server.slots().put(slot, new Standpoint.Yes("nobody uses it", Truths.SOON));
        });
  }

  @Override
  public void dialWrongPort(StagedServer server) {
    var instance = server.instance;
    instance.set(
        "primary_conninfo",
        "host=%s port=1 user=replicator application_name=%s".formatted(instance.host(), instance));
    if (arena.traits.major() >= 13) {
      instance.reload();
    } else {
      instance.restart();
    }
  }

  @Override
  public String fill(StagedServer server) {
    return act(
        "all connections of " + server + " in use",
        () ->
            server.stage(
                DriftKind.CONNECTIONS_REFUSED,
                Truths.NEXT_ATTEMPT,
                () -> {
                  try {
                    IntStream.range(0, CONNECTIONS).forEach(it -> server.instance.connectClient());
                  } catch (LabException full) {
                    // As intended.
                  }
                }));
  }

  @Override
  public String raiseMaxConnections(StagedServer server) {
    return act(
        "restart of " + server + " with max_connections = 120",
        () -> {
          var others = arena.servers.stream().filter(it -> it != server).toList();
          others.forEach(it -> it.open(DriftKind.PARAMETERS_TOO_LOW, "being staged"));
          setQuietly(server, "max_connections", "120");
          server.instance.restart();
          // From 14 on the standby pauses its replay when it gets the new value; before it stops.
          others.forEach(it -> it.open(DriftKind.REPLAY_PAUSED, "the value has arrived"));
          others.forEach(
              it ->
                  it.stage(DriftKind.PARAMETERS_TOO_LOW, Truths.SOON, () -> waits(Duration.ZERO)));
        });
  }

  /** Before 12 its name is no setting. */
  @Override
  public boolean hasSlot(StagedServer server) {
    return arena.traits.major() >= 12
        && server.instance.value("SHOW primary_slot_name").filter(it -> !it.isEmpty()).isPresent();
  }

  @Override
  public Optional<String> dropSlot(StagedServer server) {
    var upstream =
        measured(server).receiver().flatMap(Measured.Receiver::upstream).flatMap(arena::at);
    return upstream
        .filter(this::isReady)
        .map(
            it ->
                act(
                    "the slot of " + server + " is dropped on " + it,
                    () -> {
                      var slot = server.instance.value("SHOW primary_slot_name").orElseThrow();
                      server.instance.stop();
                      it.instance.execute("SELECT pg_drop_replication_slot('" + slot + "')");
                      server.instance.start();
                    }));
  }

  @Override
  public Optional<String> cutLink(StagedServer server, Firewall.Way way) {
    return measured(server)
        .receiver()
        .flatMap(Measured.Receiver::upstream)
        .flatMap(arena::at)
        .map(
            upstream ->
                act(
                    passes(server.name(), upstream.name(), way),
                    () -> {
                      var host = upstream.instance.host();
                      var repair = Firewall.drop(server.instance, host, way);
                      server.linkCut(Optional.of(new StagedServer.LinkCut(host, repair)));
                    }));
  }

  private static String passes(String replica, String upstream, Firewall.Way way) {
    return switch (way) {
      case BOTH -> "no packet passes between " + replica + " and " + upstream;
      case IN -> "no packet passes from " + upstream + " to " + replica;
      case OUT -> "no packet passes from " + replica + " to " + upstream;
    };
  }

  @Override
  public Optional<String> followLagging(StagedServer lagging) {
    return pick(arena.servers.stream()
            .filter(it -> it != lagging && isReady(it))
            .filter(it -> measured(it).role() == Measured.Role.REPLICA)
            .toList())
        .map(
            it ->
                act(
                    it + " follows " + lagging + ", whose walreceiver is stopped",
                    () -> {
                      signal(lagging, "STOP", Measuring.ServerProcessEntry::isReceiver, 1);
                      waits(Duration.ofSeconds(2));
                      it.instance.follow(lagging.instance);
                    }));
  }

  @Override
  public Optional<String> initialiseAgain(StagedServer server) {
    if (arena.spare().isEmpty() || arena.servers.size() == 1) {
      return Optional.empty();
    }
    return Optional.of(
        act(
            server + " is initialised again",
            () -> {
              arena.parted(true);
              server.instance.stop();
              Firewall.run(
                  "cd %s && find . -mindepth 1 -maxdepth 1 ! -name lab.conf -exec rm -rf {} + && cp -an %s/. . && rm -f standby.signal recovery.conf postmaster.pid"
                      .formatted(server.instance.dataDirectory(), arena.spare().get()));
              server.instance.start();
            }));
  }

  @Override
  public String restartAgainAndAgain(StagedServer server) {
    return act(
        "three restarts of " + server,
        () ->
            server.stage(
                DriftKind.RESTART_LOOP,
                Truths.SOON,
                () -> {
                  for (var i = 0; i < 3; i++) {
                    server.instance.restart();
                    waits(Duration.ofSeconds(4));
                  }
                }));
  }

  @Override
  public Optional<String> addStranger(StagedServer upstream) {
    var seq = 9 - arena.strangers.size();
    if (seq < 7 || !upstream.instance.isRunning()) {
      return Optional.empty();
    }
    return Optional.of(
        act(
            "an undeclared replica of " + upstream,
            () -> {
              LabInstance added = arena.cluster.addUndeclared(seq, upstream.instance);
              arena.strangers.add(new StagedServer(added));
            }));
  }

  /** What settings the incidents changed, with the values that they had. */
  Map<StagedServer, Map<String, String>> changed() {
    return changed;
  }

  Line line(StagedServer server) {
    return arena.line(server.name());
  }
}
