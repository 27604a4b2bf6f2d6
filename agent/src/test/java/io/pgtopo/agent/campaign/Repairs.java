package io.pgtopo.agent.campaign;

import io.pgtopo.agent.campaign.Arena.Line;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.lab.LabException;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Brings a cluster back to one primary that all others follow, and to its settings. */
final class Repairs {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final int ATTEMPTS = 3;
  private static final Set<String> NEEDS_RESTART = Set.of("hot_standby", "max_connections");

  private final Arena arena;
  private final Stager stager;

  Repairs(Arena arena, Stager stager) {
    this.arena = arena;
    this.stager = stager;
  }

  /** Repairs all; false if it does not succeed. */
  boolean all(boolean declares) {
    arena.chronicle.step(Instant.now(), "repair" + (declares ? ", and declare the roles" : ""));
    for (var attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        repair(declares);
        if (isRestored()) {
          return true;
        }
      } catch (LabException | IllegalStateException failed) {
        // A server may be in recovery after a crash.
        arena.chronicle.step(
            Instant.now(),
            "repair failed: "
                + String.join(" | ", String.valueOf(failed.getMessage()).lines().toList()));
      }
      stager.waits(Duration.ofSeconds(2));
    }
    return false;
  }

  private void repair(boolean declares) {
    undo();
    var leader = oneLeader();
    arena.servers.stream()
        .filter(it -> it.isStaged(DriftKind.PARAMETERS_TOO_LOW))
        .forEach(it -> it.open(DriftKind.PARAMETERS_TOO_LOW, "being repaired"));
    restoreSettings(leader);
    followers(leader).forEach(it -> follow(it, leader));
    arena.servers.forEach(this::restoreSettings);
    arena.parted(false);
    if (declares) {
      declare(leader);
    }
  }

  private void undo() {
    arena.declare(arena.declared().stream().map(this::atHome).toList());
    for (var server : arena.servers) {
      if (server.isCut()) {
        server.instance.heal();
        server.cut(false);
      }
      server.linkCut().ifPresent(it -> Firewall.run(it.repair()));
      server.linkCut(Optional.empty());
      stager.signal(server, "CONT", process -> true, Integer.MAX_VALUE);
      disconnect(server);
      server.repair(DriftKind.CONNECTIONS_REFUSED, () -> {});
    }
    arena.strangers.forEach(stranger -> stranger.instance.kill());
    arena.strangers.clear();
    arena.servers.forEach(this::resume);
  }

  private Line atHome(Line line) {
    var instance = arena.server(line.name()).instance;
    return new Line(
        line.name(),
        line.seq(),
        instance.host(),
        instance.port(),
        line.isPrimary(),
        line.upstream(),
        line.delay());
  }

  private static void disconnect(StagedServer server) {
    try {
      server.instance.disconnectClients();
    } catch (LabException ended) {
      // The server was killed meanwhile.
    }
  }

  private void resume(StagedServer server) {
    if (server.isStaged(DriftKind.PARAMETERS_TOO_LOW)) {
      return;
    }
    server.repair(
        DriftKind.REPLAY_PAUSED,
        () -> {
          if (isReplica(server) && stager.isReady(server)) {
            server.instance.resumeReplay();
          }
        });
  }

  private boolean isReplica(StagedServer server) {
    return stager.measured(server).runs()
        && stager.measured(server).role() == Measured.Role.REPLICA;
  }

  /** The one that stays primary; the others are stopped. */
  private StagedServer oneLeader() {
    waitUntilUp();
    var leaders = new ArrayList<>(stager.leaders());
    leaders.stream().filter(this::isForeign).forEach(it -> it.instance.stop());
    leaders.removeIf(this::isForeign);
    if (leaders.isEmpty()) {
      return revive();
    }
    leaders.sort(Comparator.comparingLong(Repairs::timeline).reversed());
    leaders.stream().skip(1).forEach(it -> it.instance.stop());
    return leaders.getFirst();
  }

  private boolean isForeign(StagedServer server) {
    return stager.measured(server).systemId() != arena.systemId();
  }

  private void waitUntilUp() {
    var deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < deadline
        && arena.servers.stream()
            .map(stager::measured)
            .anyMatch(it -> it.runs() && !it.isReady() && !it.status().equals("standby"))) {
      if (!stager.waits(Duration.ofMillis(100))) {
        return;
      }
    }
  }

  /** Starts the primary that was last, or promotes a replica where there is none. */
  private StagedServer revive() {
    var dead =
        arena.servers.stream()
            .filter(it -> !stager.measured(it).runs() && !isMarkedStandby(it) && !isForeign(it))
            .max(Comparator.comparingLong(Repairs::timeline));
    if (dead.isPresent()) {
      dead.get().instance.start();
      return dead.get();
    }
    var candidates =
        arena.servers.stream().filter(it -> isReplica(it) && stager.isReady(it)).toList();
    var best =
        candidates.stream()
            .max(
                Comparator.comparingLong(Repairs::timeline)
                    .thenComparing(it -> it.instance.value(POSITION).orElse("0"), BY_POSITION));
    var next = best.orElseGet(() -> arena.servers.getFirst());
    if (!next.instance.isRunning()) {
      next.instance.start();
    }
    arena.chronicle.step(Instant.now(), "promotion of " + next + " for the repair");
    next.instance.promote();
    return next;
  }

  private static final String POSITION =
      "SELECT (coalesce(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) - '0/0')::text";
  private static final Comparator<String> BY_POSITION =
      Comparator.comparing(java.math.BigDecimal::new);

  private static boolean isMarkedStandby(StagedServer server) {
    var data = server.instance.dataDirectory();
    return Files.exists(data.resolve("standby.signal"))
        || Files.exists(data.resolve("recovery.conf"));
  }

  /** The highest timeline of which it has WAL. */
  private static long timeline(StagedServer server) {
    try (Stream<java.nio.file.Path> files =
        Files.list(server.instance.dataDirectory().resolve("pg_wal"))) {
      return files
          .map(it -> it.getFileName().toString())
          .filter(it -> it.matches("[0-9A-F]{8}([0-9A-F]{16})?(\\.history)?"))
          .mapToLong(it -> Long.parseLong(it.substring(0, 8), 16))
          .max()
          .orElse(0);
    } catch (IOException | java.io.UncheckedIOException gone) {
      return 0;
    }
  }

  /** All but the leader, each after the one that it follows. */
  private List<StagedServer> followers(StagedServer leader) {
    var rest = new ArrayList<>(arena.servers);
    rest.remove(leader);
    rest.sort(Comparator.comparingInt(it -> depth(it, leader)));
    return rest;
  }

  private int depth(StagedServer server, StagedServer leader) {
    var depth = 0;
    var next = server;
    while (next != leader && depth < arena.servers.size()) {
      next = target(next, leader);
      depth++;
    }
    return depth;
  }

  /** What a server is to follow. */
  private StagedServer target(StagedServer server, StagedServer leader) {
    var declared = arena.line(server.name()).upstream().map(arena::server);
    var isCircle = declared.filter(it -> leadsTo(it, server)).isPresent();
    return declared.filter(it -> !isCircle).orElse(leader);
  }

  private boolean leadsTo(StagedServer from, StagedServer to) {
    var next = Optional.of(from);
    for (var i = 0; i < arena.servers.size() && next.isPresent(); i++) {
      if (next.get() == to) {
        return true;
      }
      next = arena.line(next.get().name()).upstream().map(arena::server);
    }
    return false;
  }

  private void follow(StagedServer server, StagedServer leader) {
    var upstream = target(server, leader);
    restoreSettings(server);
    if (server.isStaged(DriftKind.PARAMETERS_TOO_LOW)) {
      // Its replay does not go on after a value that is too high for it.
      copyAgain(server, upstream);
      server.repair(DriftKind.PARAMETERS_TOO_LOW, () -> waitFed(server, upstream));
      server.repair(DriftKind.REPLAY_PAUSED, () -> {});
      return;
    }
    if (isFed(server, upstream)) {
      return;
    }
    if (isReplica(server) && stager.measured(server).isReady()) {
      server.instance.follow(upstream.instance);
    } else if (isMarkedStandby(server)) {
      try {
        server.instance.demote(upstream.instance);
      } catch (LabException refusesToStart) {
        copyAgain(server, upstream);
      }
    } else if (timeline(server) < timeline(leader)) {
      server.instance.rejoin(upstream.instance);
    } else {
      copyAgain(server, upstream);
    }
    if (!waitFed(server, upstream)) {
      copyAgain(server, upstream);
      waitFed(server, upstream);
    }
  }

  /** By a new copy: pg_rewind sees no difference between two servers on one timeline. */
  private void copyAgain(StagedServer server, StagedServer upstream) {
    arena.chronicle.step(Instant.now(), "a new copy of " + upstream + " for " + server);
    server.instance.stop();
    try {
      Files.deleteIfExists(server.instance.dataDirectory().resolve("global/pg_control"));
    } catch (IOException failed) {
      throw new java.io.UncheckedIOException(failed);
    }
    server.instance.rejoin(upstream.instance);
  }

  private boolean waitFed(StagedServer server, StagedServer upstream) {
    var deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!isFed(server, upstream)) {
      if (System.nanoTime() > deadline || !stager.waits(Duration.ofMillis(100))) {
        return false;
      }
    }
    return true;
  }

  private boolean isFed(StagedServer server, StagedServer upstream) {
    var receiver = stager.measured(server).receiver();
    return isReplica(server)
        && receiver.filter(it -> it.isStreaming() && !it.isStopped()).isPresent()
        && receiver.flatMap(Measured.Receiver::upstream).equals(Optional.of(upstream.address()))
        && stager.measured(upstream).senderTo(receiver.get()).isPresent();
  }

  private void restoreSettings(StagedServer server) {
    var before = stager.changed().remove(server);
    if (before != null) {
      before.forEach(server.instance::set);
      if (NEEDS_RESTART.stream().anyMatch(before::containsKey) && server.instance.isRunning()) {
        server.instance.restart();
      } else if (stager.isReady(server)) {
        server.instance.reload();
      }
    }
    for (var kind : Set.of(DriftKind.PRIMARY_READ_ONLY, DriftKind.DELAY_MISMATCH)) {
      server.repair(kind, () -> {});
    }
    if (server.isStaged(DriftKind.ARCHIVING_FAILS) && stager.isReady(server)) {
      server.repair(
          DriftKind.ARCHIVING_FAILS,
          () -> {
            if (!isReplica(server)) {
              server.instance.execute("SELECT pg_switch_wal()");
              waitArchived(server);
            }
          });
    }
    if (server.isStaged(DriftKind.RESTART_LOOP)) {
      server.open(DriftKind.RESTART_LOOP, "it ends after a while");
    }
    dropSlots(server);
  }

  private void waitArchived(StagedServer server) {
    var status = server.instance.dataDirectory().resolve("pg_wal/archive_status");
    var deadline = System.nanoTime() + PATIENCE.multipliedBy(7).toNanos();
    while (System.nanoTime() < deadline && stager.waits(Duration.ofMillis(100))) {
      try (var files = Files.list(status)) {
        if (files.noneMatch(it -> it.toString().endsWith(".ready"))) {
          return;
        }
      } catch (IOException beingChanged) {
        // The next attempt shows it.
      }
    }
  }

  private void dropSlots(StagedServer server) {
    if (!stager.isReady(server)) {
      return;
    }
    for (var slot : server.slots().keySet()) {
      server.slots().put(slot, new Standpoint.Open("being dropped"));
      server.instance.execute(
          "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '%s'"
              .formatted(slot));
      server.slots().remove(slot);
    }
  }

  private void declare(StagedServer leader) {
    arena.declare(
        arena.declared().stream()
            .map(it -> it.name().equals(leader.name()) ? it.primary(true) : it.primary(false))
            .toList());
  }

  private boolean isRestored() {
    return stager.leaders().size() == 1
        && arena.servers.stream()
            .filter(it -> it != stager.leaders().getFirst())
            .allMatch(it -> isReplica(it) && stager.measured(it).receiver().isPresent());
  }
}
