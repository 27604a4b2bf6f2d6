package io.pgtopo.agent.simulator;

import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.ReplicationDrift;
import io.pgtopo.agent.topology.Detachment;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Inventory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What a perfect observer would find, by the servers' true state and no rule of pgtopo. */
final class Truth {
  /** What is true of a view rather than of the world, or is not modelled here. */
  private static final Set<DriftKind> NOT_JUDGED =
      EnumSet.of(
          DriftKind.UNVERIFIABLE,
          DriftKind.INSTANCE_UNREACHABLE,
          DriftKind.AGENT_ISOLATED,
          DriftKind.UPSTREAM_MISMATCH);

  private static final Duration MOST_CLOCKS_DIFFER = Duration.ofSeconds(2);

  private final Set<String> facts = new TreeSet<>();
  private final Set<String> running = new TreeSet<>();

  /** Standbys whose slot an old walsender holds, which explains why they do not stream. */
  private final Set<String> slotHeld = new TreeSet<>();

  private final Optional<Endpoint> blindSpot;

  private Truth(Optional<Endpoint> blindSpot) {
    this.blindSpot = blindSpot;
  }

  /**
   * Of a world.
   *
   * @param services what is wrong with them, by kind
   * @param wronglyBelieved the servers of which a manager says something wrong
   * @param blindSpot a server that no poll reaches at its own address: what another one leads to is
   *     the only instance of it that there is
   */
  static Truth of(
      TrueWorld world,
      Inventory declared,
      Map<DriftKind, Set<String>> services,
      Set<String> wronglyBelieved,
      Optional<Endpoint> blindSpot) {
    var truth = new Truth(blindSpot);
    services.forEach((kind, subjects) -> subjects.forEach(it -> truth.add(kind, it)));
    world.subscriptions.ifPresent(
        all ->
            all.wrong().forEach((kind, subjects) -> subjects.forEach(it -> truth.add(kind, it))));
    wronglyBelieved.forEach(server -> truth.add(DriftKind.MANAGER_DISAGREES, server));
    declared.clusters().forEach(cluster -> truth.cluster(cluster.name(), world));
    world.servers.stream()
        .flatMap(server -> server.oldSenders.stream())
        .map(TrueServer.OldSender::standby)
        .filter(standby -> !standby.isConnected() && standby.slot.isPresent())
        .forEach(standby -> truth.slotHeld.add(standby.name));
    for (var instance : declared.instances().toList()) {
      world.servers.stream()
          .filter(server -> server.name.equals(instance.name()))
          .forEach(
              server -> {
                truth.server(server);
                if (server.isRunning()) {
                  truth.running.add(server.name);
                }
                var there =
                    server
                        .leadsTo
                        .filter(it -> truth.blindSpot.equals(Optional.of(it.endpoint)))
                        .orElse(server);
                if (!there.isInProduction && !there.delay.equals(instance.delay())) {
                  truth.add(DriftKind.DELAY_MISMATCH, server.name);
                }
              });
    }
    return truth;
  }

  boolean has(Drift drift) {
    if (drift instanceof ReplicationDrift.ReplicaDetached(var instance, var live, var why)
        && why instanceof Detachment.Unexplained
        && slotHeld.contains(instance.name())) {
      return false;
    }
    return NOT_JUDGED.contains(drift.kind())
        || facts.contains(
            word(
                drift.kind(),
                drift.kind() == DriftKind.UNDECLARED_INSTANCE
                    ? drift.subject().cluster()
                    : drift.subject().toString()));
  }

  /** The servers that accept connections, and of whose role a manager is wrong. */
  List<String> wrongBeliefs(TrueWorld world) {
    return world.servers.stream()
        .filter(server -> facts.contains(word(DriftKind.MANAGER_DISAGREES, server.name)))
        .filter(server -> server.isRunning() && server.refusal.isEmpty())
        .filter(server -> server.leadsTo.isEmpty())
        .map(server -> server.name)
        .toList();
  }

  /** Whether a declared server is up and answers. */
  boolean isRunning(String name) {
    return running.contains(name);
  }

  /** The subjects of which a kind is true. */
  List<String> of(DriftKind kind) {
    return facts.stream()
        .filter(fact -> fact.startsWith(word(kind, "")))
        .map(fact -> fact.substring(word(kind, "").length()))
        .toList();
  }

  /** Whether something of a kind is true of a cluster. */
  boolean has(DriftKind kind, String cluster) {
    return facts.stream().anyMatch(fact -> fact.startsWith(word(kind, cluster)));
  }

  private void cluster(String name, TrueWorld world) {
    var members = world.of(name);
    var writers = new HashMap<Long, Integer>();
    for (var server : members) {
      if (server.isAlive && server.isInProduction) {
        writers.merge(server.system, 1, Integer::sum);
      }
      if (server.name.equals("rogue")) {
        add(DriftKind.UNDECLARED_INSTANCE, name);
      }
    }
    clocks(name, members);
    members.stream()
        .filter(server -> members.stream().anyMatch(other -> isPastFork(server, other)))
        .forEach(
            server -> {
              add(DriftKind.TIMELINE_FORK, server.name);
              // What is past the fork was never written on the later timeline.
              add(DriftKind.DIVERGED, server.name);
            });
    for (var primary : members) {
      if (primary.isAlive && primary.isInProduction) {
        redundancy(name, primary, members, world);
        synchrony(name, primary, world);
        parameters(primary, members);
      }
    }
    if (writers.values().stream().anyMatch(count -> count > 1)) {
      add(DriftKind.MULTIPLE_PRIMARIES, name);
    }
    if (members.stream().anyMatch(it -> it.isDeclaredWriter && !it.isInProduction)
        && members.stream().anyMatch(it -> !it.isDeclaredWriter && it.isInProduction)) {
      add(DriftKind.ROLE_SWAPPED, name);
    }
    if (writers.isEmpty() && members.stream().anyMatch(server -> server.isDeclaredWriter)) {
      add(DriftKind.NO_PRIMARY, name);
    }
  }

  private void clocks(String cluster, List<TrueServer> members) {
    var clocks = members.stream().filter(TrueServer::isRunning).map(it -> it.clock).toList();
    if (clocks.stream()
        .anyMatch(
            one ->
                clocks.stream()
                    .anyMatch(other -> one.minus(other).compareTo(MOST_CLOCKS_DIFFER) > 0))) {
      add(DriftKind.CLOCK_SKEW, cluster);
    }
  }

  /** Whether a server has WAL of the old timeline past the point where a later one began. */
  private static boolean isPastFork(TrueServer old, TrueServer primary) {
    return old.system == primary.system
        && old.timeline < primary.timeline
        && primary.promotedAt.filter(began -> old.position > began.value()).isPresent();
  }

  private void redundancy(
      String cluster, TrueServer primary, List<TrueServer> members, TrueWorld world) {
    if (members.size() > 1 && world.below(primary).stream().noneMatch(TrueServer::isStreaming)) {
      add(DriftKind.NO_STANDBY, cluster);
    }
  }

  private void synchrony(String cluster, TrueServer primary, TrueWorld world) {
    var isThere =
        primary.synchronous.isEmpty()
            || world.below(primary).stream()
                .filter(TrueServer::isStreaming)
                .anyMatch(below -> primary.synchronous.equals(Optional.of(below)));
    if (!isThere) {
      add(DriftKind.SYNC_STANDBY_MISSING, cluster);
      if (primary.waitingCommits > 0) {
        add(DriftKind.COMMITS_BLOCKED, cluster);
      }
    }
  }

  private void parameters(TrueServer primary, List<TrueServer> members) {
    if (primary.settings.containsKey("max_connections")) {
      members.stream()
          .filter(server -> !server.isInProduction && server.system == primary.system)
          .filter(server -> !server.settings.containsKey("max_connections"))
          .forEach(server -> add(DriftKind.PARAMETERS_TOO_LOW, server.name));
    }
    if (primary.settings.containsKey("default_transaction_read_only")) {
      add(DriftKind.PRIMARY_READ_ONLY, primary.name);
    }
    if (primary.fillsFiles) {
      add(DriftKind.ARCHIVING_FAILS, primary.name);
    }
    primary.leftSlot.ifPresent(
        slot -> add(DriftKind.SLOT_ORPHANED, primary.name + " slot " + slot));
  }

  private void server(TrueServer server) {
    if (server.leadsTo.isPresent()) {
      add(DriftKind.DUPLICATE_INSTANCE, server.name);
      add(DriftKind.ADDRESS_MISMATCH, server.name);
      server
          .leadsTo
          .filter(reached -> blindSpot.equals(Optional.of(reached.endpoint)))
          .ifPresent(reached -> role(server, reached));
      return;
    }
    if (server.refusal.isPresent()) {
      add(DriftKind.CONNECTIONS_REFUSED, server.name);
    }
    role(server, server);
    if (server.system == 1 || server.system == 9_999) {
      add(DriftKind.FOREIGN_SYSTEM_ID, server.name);
    }
    if (server.isInProduction) {
      return;
    }
    if (server.ahead > 0) {
      add(DriftKind.DIVERGED, server.name);
    }
    if (server.receiver == TrueServer.Receiver.WAITING) {
      add(DriftKind.TIMELINE_FORK, server.name);
    }
    if (server.isPaused || server.replayed.isPresent()) {
      add(DriftKind.REPLAY_PAUSED, server.name);
    }
    path(server);
  }

  private void role(TrueServer declared, TrueServer reached) {
    if (reached.isInProduction != declared.isDeclaredWriter) {
      add(DriftKind.ROLE_MISMATCH, declared.name);
    }
  }

  private void path(TrueServer server) {
    if (!server.isStreaming()) {
      add(DriftKind.REPLICA_DETACHED, server.name);
      return;
    }
    var path = new ArrayList<TrueServer>();
    var at = Optional.of(server);
    while (at.isPresent() && !path.contains(at.get())) {
      path.add(at.get());
      at = at.get().isStreaming() ? at.get().upstream : Optional.empty();
    }
    if (at.isEmpty()) {
      if (!path.getLast().isInProduction) {
        add(DriftKind.ORPHANED_REPLICA, server.name);
      }
      return;
    }
    var loop = path.subList(path.indexOf(at.get()), path.size());
    if (!loop.contains(server)) {
      add(DriftKind.ORPHANED_REPLICA, server.name);
    } else if (first(loop).equals(server)) {
      add(DriftKind.REPLICATION_LOOP, server.name);
    }
  }

  private static TrueServer first(List<TrueServer> loop) {
    return loop.stream().min(Comparator.comparing(it -> it.endpoint)).orElseThrow();
  }

  private void add(DriftKind kind, String subject) {
    facts.add(word(kind, subject));
  }

  private static String word(DriftKind kind, String subject) {
    return kind.label() + " " + subject;
  }

  @Override
  public String toString() {
    return facts.toString();
  }
}
