package io.pgtopo.agent.simulator;

import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.observation.Failure;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
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
  SLOT_LEFT_BEHIND(DriftKind.SLOT_ORPHANED),
  AHEAD_BY_SEGMENTS(DriftKind.DIVERGED),
  WALRECEIVER_FROZEN(DriftKind.REPLICA_DETACHED),
  WALRECEIVER_LEFT_ALONE(DriftKind.REPLICA_DETACHED),
  WALSENDER_FROZEN(DriftKind.REPLICA_DETACHED),
  WALSENDER_HOLDS_SLOT(DriftKind.REPLICA_DETACHED),
  SYNC_STANDBY_FROZEN(DriftKind.COMMITS_BLOCKED),
  SERVER_HANGS(DriftKind.INSTANCE_UNREACHABLE),
  CONNECTIONS_REFUSED(DriftKind.CONNECTIONS_REFUSED),
  CLOCK_SET(DriftKind.CLOCK_SKEW),
  NAME_MOVED(DriftKind.DUPLICATE_INSTANCE),
  ARCHIVER_HANGS(DriftKind.ARCHIVING_FAILS),
  FROZEN_WITHOUT_KEEPALIVES(DriftKind.REPLICA_DETACHED),
  REPLAY_HANGS(DriftKind.REPLAY_PAUSED),
  LINK_CUT(DriftKind.REPLICA_DETACHED),
  /** The standby is connected again, and nothing is wrong. */
  WALSENDER_LEFT_BEHIND();

  /** Nothing may be said without one. */
  @SuppressWarnings("ImmutableEnumChecker") // An Optional of an enum.
  final Optional<DriftKind> kind;

  static final int SEGMENT = 16 * 1024 * 1024;

  /** Long enough for what ends after {@code wal_sender_timeout}. */
  private static final int POLLS = 6;

  /** The answers to a new connection of a server whose sessions go on. */
  private static final List<Failure> REFUSALS =
      List.of(
          Failure.of(Failure.Kind.HUNG, "no answer to the startup packet"),
          new Failure(
              Failure.Kind.CANNOT_CONNECT_NOW,
              "the database system is shutting down",
              Optional.of("57P03")),
          new Failure(
              Failure.Kind.TOO_MANY_CONNECTIONS,
              "sorry, too many clients already",
              Optional.of("53300")));

  Anomaly(DriftKind kind) {
    this.kind = Optional.of(kind);
  }

  Anomaly() {
    this.kind = Optional.empty();
  }

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** How often it is polled for; an archiver that is slow for a minute is normal. */
  int polls() {
    return this == ARCHIVER_HANGS ? POLLS + 3 : POLLS;
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
          case STANDBY_AHEAD, AHEAD_BY_SEGMENTS, FROZEN_WITHOUT_KEEPALIVES ->
              server ->
                  isReplica(server) && server.upstream.filter(up -> up.isInProduction).isPresent();
          case REPLAY_HANGS ->
              server ->
                  isReplica(server)
                      && isUndelayed(server)
                      && server.upstream.filter(up -> up.isInProduction).isPresent();
          case REPLICA_CUT_OFF -> server -> isReplica(server) && isUndelayed(server);
          case DELAY_LEFT_OUT -> server -> isReplica(server) && !isUndelayed(server);
          case SYNC_STANDBY_LOST, SYNC_STANDBY_FROZEN ->
              server ->
                  isReplica(server)
                      && server.upstream.filter(up -> up.isInProduction).isPresent()
                      && server.upstream.orElseThrow().synchronous.isEmpty();
          case CONNECTIONS_RAISED ->
              server ->
                  server.isDeclaredWriter
                      && world.of(server.cluster).stream().anyMatch(Anomaly::isReplica);
          case MADE_READ_ONLY, SLOT_LEFT_BEHIND, ARCHIVER_HANGS ->
              server -> server.isDeclaredWriter;
          case NAME_MOVED ->
              server -> isReplica(server) && !server.endpoint.host().equals(server.address);
          case SECOND_NAME,
              REINITIALISED,
              PAUSED,
              WALRECEIVER_FROZEN,
              WALRECEIVER_LEFT_ALONE,
              WALSENDER_FROZEN,
              LINK_CUT,
              WALSENDER_LEFT_BEHIND ->
              Anomaly::isReplica;
          case WALSENDER_HOLDS_SLOT -> server -> isReplica(server) && isUndelayed(server);
          case CLOCK_SET -> server -> world.of(server.cluster).size() > 1;
          case ROGUE, SERVER_HANGS, CONNECTIONS_REFUSED -> server -> true;
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
      case PRIMARY_DEMOTED -> demote(world, server);
      // The primary passes it after two polls at the earliest, which fire, and often before the
      // end.
      case STANDBY_AHEAD -> writeOwn(world, server, 30_000L + world.random.nextInt(5_000));
      case AHEAD_BY_SEGMENTS -> {
        writeOwn(world, server, SEGMENT + world.random.nextInt(10 * SEGMENT));
        server.loseUpstream();
      }
      case MISSED_FORK -> missFork(world, server);
      case LOOP ->
          server.follow(
              world.below(server).stream()
                  .filter(below -> below.cluster.equals(server.cluster))
                  .findFirst()
                  .orElseThrow(),
              world.now);
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
        primary.waitForCommits(1 + world.random.nextInt(20), world.now);
        server.loseUpstream();
      }
      case SYNC_STANDBY_FROZEN -> {
        var primary = server.upstream.orElseThrow();
        primary.synchronous = Optional.of(server);
        primary.waitForCommits(1 + world.random.nextInt(20), world.now);
        server.receiver = TrueServer.Receiver.FROZEN;
      }
      case CONNECTIONS_RAISED -> server.settings.put("max_connections", "500");
      case MADE_READ_ONLY -> server.settings.put("default_transaction_read_only", "on");
      case SLOT_LEFT_BEHIND -> server.leftSlot = Optional.of("removed_replica");
      case WALRECEIVER_FROZEN -> server.receiver = TrueServer.Receiver.FROZEN;
      case WALRECEIVER_LEFT_ALONE -> {
        server.receiver = TrueServer.Receiver.FROZEN;
        server.sender = TrueServer.Sender.GONE;
      }
      case LINK_CUT -> server.isCutOff = true;
      case WALSENDER_FROZEN -> server.sender = TrueServer.Sender.FROZEN;
      case WALSENDER_HOLDS_SLOT -> {
        server.slot = Optional.of("its_slot");
        server.leaveSender(world.now.plusSeconds(60));
      }
      case WALSENDER_LEFT_BEHIND -> {
        var upstream = server.upstream.orElseThrow();
        server.leaveSender(world.now.plusSeconds(60));
        server.follow(upstream, world.now.plusMillis(500));
      }
      case SERVER_HANGS -> server.isHung = true;
      case CONNECTIONS_REFUSED ->
          server.refusal = Optional.of(REFUSALS.get(world.random.nextInt(REFUSALS.size())));
      case CLOCK_SET -> server.clock = server.clock.plusSeconds(1_000);
      case NAME_MOVED -> server.leadsTo = Optional.of(world.of(server.cluster).getFirst());
      case ARCHIVER_HANGS -> {
        server.settings.put("archive_mode", "on");
        server.fillsFiles = true;
      }
      case FROZEN_WITHOUT_KEEPALIVES -> {
        server.settings.put("wal_receiver_timeout", "0");
        server.settings.put("wal_receiver_status_interval", "0");
        server.upstream.orElseThrow().settings.put("wal_sender_timeout", "0");
        server.receiver = TrueServer.Receiver.FROZEN;
      }
      case REPLAY_HANGS -> server.replayed = OptionalLong.of(server.position);
    }
  }

  private static void splitBrain(TrueServer server, long divergence) {
    var old = server.upstream.orElseThrow();
    old.mayWrite = false;
    server.position = Math.max(server.position, old.position);
    server.promote();
    old.position = server.position + divergence;
  }

  /** It and those that stream from it have WAL that the primary never wrote. */
  private static void writeOwn(TrueWorld world, TrueServer server, long bytes) {
    server.ahead = bytes;
    server.position = server.upstream.orElseThrow().position + bytes;
    takeOver(world, server);
  }

  private static void takeOver(TrueWorld world, TrueServer server) {
    for (var below : world.below(server)) {
      below.ahead = server.ahead;
      below.position = server.position;
      takeOver(world, below);
    }
  }

  private static void demote(TrueWorld world, TrueServer server) {
    server.isInProduction = false;
    server.promotedAt = Optional.empty();
    server.restart(world.now);
  }

  private static void switchOver(TrueWorld world, TrueServer server) {
    var old = server.upstream.orElseThrow();
    server.position = Math.max(server.position, old.position);
    var others = world.below(old).stream().filter(other -> !other.equals(server)).toList();
    server.promote();
    demote(world, old);
    old.follow(server, world.now);
    others.forEach(other -> other.follow(server, world.now));
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
    server.restart(world.now);
  }

  private static void die(TrueWorld world, TrueServer server) {
    List.copyOf(world.below(server)).forEach(TrueServer::loseUpstream);
    server.isAlive = false;
  }
}
