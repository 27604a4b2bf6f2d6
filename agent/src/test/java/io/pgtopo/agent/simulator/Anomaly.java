package io.pgtopo.agent.simulator;

import io.pgtopo.agent.drift.DriftKind;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/** Something that happens to a world, and the kind of drift that must follow. */
enum Anomaly {
  SPLIT_BRAIN_ZOMBIE(DriftKind.MULTIPLE_PRIMARIES),
  SPLIT_BRAIN_DIVERGED(DriftKind.MULTIPLE_PRIMARIES),
  PRIMARY_DEMOTED(DriftKind.NO_PRIMARY),
  STANDBY_AHEAD(DriftKind.DIVERGED),
  MISSED_FORK(DriftKind.TIMELINE_FORK),
  LOOP(DriftKind.REPLICATION_LOOP),
  REINITIALISED(DriftKind.FOREIGN_SYSTEM_ID),
  PRIMARY_DIES(DriftKind.INSTANCE_UNREACHABLE),
  SECOND_NAME(DriftKind.DUPLICATE_INSTANCE),
  SWITCHOVER(DriftKind.ROLE_SWAPPED),
  REPLICA_CUT_OFF(DriftKind.REPLICA_DETACHED),
  CASCADE_CUT_OFF(DriftKind.ORPHANED_REPLICA),
  PAUSED(DriftKind.REPLAY_PAUSED),
  DELAY_LEFT_OUT(DriftKind.DELAY_MISMATCH),
  ROGUE(DriftKind.UNDECLARED_INSTANCE),
  SYNC_STANDBY_LOST(DriftKind.COMMITS_BLOCKED),
  CONNECTIONS_RAISED(DriftKind.PARAMETERS_TOO_LOW),
  MADE_READ_ONLY(DriftKind.PRIMARY_READ_ONLY),
  SLOT_LEFT_BEHIND(DriftKind.SLOT_ORPHANED);

  final DriftKind kind;

  Anomaly(DriftKind kind) {
    this.kind = kind;
  }

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Makes it happen; the cluster that it happened in, or empty if this world has no place for it.
   */
  Optional<String> strike(TrueWorld world) {
    return victim(world)
        .map(
            server -> {
              happen(world, server);
              return server.cluster;
            });
  }

  private Optional<TrueServer> victim(TrueWorld world) {
    Predicate<TrueServer> fits =
        switch (this) {
          case PRIMARY_DEMOTED, PRIMARY_DIES -> server -> server.isDeclaredWriter;
          case MISSED_FORK, SPLIT_BRAIN_ZOMBIE, SPLIT_BRAIN_DIVERGED, SWITCHOVER ->
              server ->
                  server.upstream.filter(up -> up.isInProduction).isPresent()
                      && !server.isDeclaredPrimary;
          case CASCADE_CUT_OFF ->
              server -> isReplica(server) && isUndelayed(server) && hasOwnBelow(world, server);
          case LOOP -> server -> isReplica(server) && hasOwnBelow(world, server);
          case STANDBY_AHEAD ->
              server ->
                  isReplica(server) && server.upstream.filter(up -> up.isInProduction).isPresent();
          case REPLICA_CUT_OFF -> server -> isReplica(server) && isUndelayed(server);
          case DELAY_LEFT_OUT -> server -> isReplica(server) && !isUndelayed(server);
          case SYNC_STANDBY_LOST ->
              server ->
                  isReplica(server)
                      && server.upstream.filter(up -> up.isInProduction).isPresent()
                      && server.upstream.orElseThrow().synchronous.isEmpty();
          case CONNECTIONS_RAISED ->
              server ->
                  server.isDeclaredWriter
                      && world.of(server.cluster).stream().anyMatch(Anomaly::isReplica);
          case MADE_READ_ONLY, SLOT_LEFT_BEHIND -> server -> server.isDeclaredWriter;
          case SECOND_NAME, REINITIALISED, PAUSED -> Anomaly::isReplica;
          case ROGUE -> server -> true;
        };
    var candidates = world.servers.stream().filter(fits).toList();
    return candidates.isEmpty()
        ? Optional.empty()
        : Optional.of(candidates.get(world.random.nextInt(candidates.size())));
  }

  private static boolean isReplica(TrueServer server) {
    return !server.isDeclaredPrimary;
  }

  private static boolean isUndelayed(TrueServer server) {
    return server.delay.isZero();
  }

  private static boolean hasOwnBelow(TrueWorld world, TrueServer server) {
    return world.below(server).stream().anyMatch(below -> below.cluster.equals(server.cluster));
  }

  private void happen(TrueWorld world, TrueServer server) {
    switch (this) {
      case SPLIT_BRAIN_ZOMBIE -> splitBrain(server, 0);
      case SPLIT_BRAIN_DIVERGED -> splitBrain(server, 1L + world.random.nextInt(10_000));
      case PRIMARY_DEMOTED -> demote(server);
      case STANDBY_AHEAD -> {
        server.ahead = 1L + world.random.nextInt(10_000);
        server.position = server.upstream.orElseThrow().position + server.ahead;
      }
      case MISSED_FORK -> missFork(world, server);
      case LOOP ->
          server.follow(
              world.below(server).stream()
                  .filter(below -> below.cluster.equals(server.cluster))
                  .findFirst()
                  .orElseThrow());
      case REINITIALISED -> reinitialise(world, server);
      case PRIMARY_DIES -> die(world, server);
      case SECOND_NAME -> {
        die(world, server);
        server.leadsTo = Optional.of(world.of(server.cluster).getFirst());
      }
      case SWITCHOVER -> switchOver(world, server);
      case REPLICA_CUT_OFF -> {
        server.slot = Optional.of("dropped");
        server.loseUpstream();
      }
      case CASCADE_CUT_OFF -> server.loseUpstream();
      case PAUSED -> server.isPaused = true;
      case DELAY_LEFT_OUT -> server.delay = Duration.ZERO;
      case ROGUE -> world.addRogue(server);
      case SYNC_STANDBY_LOST -> {
        var primary = server.upstream.orElseThrow();
        primary.synchronous = Optional.of(server);
        primary.waitingCommits = 1 + world.random.nextInt(20);
        server.loseUpstream();
      }
      case CONNECTIONS_RAISED -> server.settings.put("max_connections", "500");
      case MADE_READ_ONLY -> server.settings.put("default_transaction_read_only", "on");
      case SLOT_LEFT_BEHIND -> server.leftSlot = Optional.of("removed_replica");
    }
  }

  private static void splitBrain(TrueServer server, long divergence) {
    var old = server.upstream.orElseThrow();
    old.mayWrite = false;
    server.position = Math.max(server.position, old.position);
    server.promote();
    old.position = server.position + divergence;
  }

  private static void demote(TrueServer server) {
    server.isInProduction = false;
    server.promotedAt = Optional.empty();
    server.started = server.started.plusSeconds(100);
  }

  private static void switchOver(TrueWorld world, TrueServer server) {
    var old = server.upstream.orElseThrow();
    server.position = Math.max(server.position, old.position);
    var others = world.below(old).stream().filter(other -> !other.equals(server)).toList();
    server.promote();
    demote(old);
    old.follow(server);
    others.forEach(other -> other.follow(server));
  }

  /** The old primary comes back as a standby of the new one, with WAL that no other server has. */
  private static void missFork(TrueWorld world, TrueServer server) {
    var old = server.upstream.orElseThrow();
    switchOver(world, server);
    old.receiver = TrueServer.Receiver.WAITING;
    old.forkedAt = server.position;
    old.position = server.position + 1L + world.random.nextInt(10_000);
  }

  private static void reinitialise(TrueWorld world, TrueServer server) {
    List.copyOf(world.below(server)).forEach(TrueServer::loseUpstream);
    server.system = world.random.nextBoolean() ? 1 : 9_999;
    server.isInProduction = true;
    server.loseUpstream();
    server.upstream = Optional.empty();
    server.started = server.started.plusSeconds(100);
  }

  private static void die(TrueWorld world, TrueServer server) {
    List.copyOf(world.below(server)).forEach(TrueServer::loseUpstream);
    server.isAlive = false;
  }
}
