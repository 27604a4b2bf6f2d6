package io.pgtopo.agent.simulator;

import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.observation.ReplicationSlot;
import io.pgtopo.agent.observation.Subscription;
import io.pgtopo.agent.observation.WalSender;
import io.pgtopo.agent.topology.LogicalLink;
import io.pgtopo.config.model.Endpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Subscriptions between servers that are in production at first, in every second world. In half of
 * these all have the same name, as copies of one installation do. Their dice are their own, so that
 * worlds are the same with them and without.
 */
final class TrueSubscriptions {
  private static final int MOST = 3;

  private final Random random;
  private final TrueWorld world;
  private final List<TrueSubscription> all = new ArrayList<>();

  TrueSubscriptions(long seed, TrueWorld world) {
    this.random = new Random(seed);
    this.world = world;
    var areAlike = random.nextBoolean();
    if (random.nextBoolean() && primaries().size() > 1) {
      for (var count = 1 + random.nextInt(MOST); count > 0; count--) {
        add(areAlike ? "sub" : "sub_" + count, count);
      }
    }
  }

  /** A server has one slot of a name, and one subscription. */
  private void add(String name, int number) {
    var publisher = any(primaries());
    var subscriber = any(primaries());
    var isTaken =
        slots(publisher).anyMatch(it -> it.name().equals(name))
            || rows(subscriber).stream().anyMatch(it -> it.name().equals(name));
    if (!isTaken && !publisher.equals(subscriber)) {
      var since = world.now.minusSeconds(100L + random.nextInt(3_000));
      all.add(new TrueSubscription(number, name, publisher, subscriber, since));
    }
  }

  private List<TrueServer> primaries() {
    return world.servers.stream().filter(server -> server.isInProduction).toList();
  }

  private TrueServer any(List<TrueServer> servers) {
    return servers.get(random.nextInt(servers.size()));
  }

  /** Something happens to one of them, or to none. */
  void strike() {
    if (!all.isEmpty()) {
      var fates = TrueSubscription.Fate.values();
      var struck = all.get(random.nextInt(all.size()));
      var free =
          primaries().stream()
              .filter(
                  server -> all.stream().noneMatch(it -> it.slotAt(server).findAny().isPresent()))
              .filter(server -> struck.rowAt(server, world.now).findAny().isEmpty())
              .toList();
      struck.strike(
          fates[random.nextInt(fates.length)],
          free.isEmpty() ? Optional.empty() : Optional.of(any(free)));
    }
  }

  /** Time has gone by. */
  void pass() {
    all.forEach(it -> it.pass(world, random));
  }

  Stream<WalSender> senders(TrueServer server) {
    return all.stream().flatMap(it -> it.senderAt(server));
  }

  Stream<ReplicationSlot> slots(TrueServer server) {
    return all.stream().flatMap(it -> it.slotAt(server));
  }

  List<Subscription> rows(TrueServer server) {
    return all.stream().flatMap(it -> it.rowAt(server, world.now)).toList();
  }

  /** What is wrong with them: kinds and subjects. */
  Map<DriftKind, Set<String>> wrong() {
    var wrong = new TreeMap<DriftKind, Set<String>>();
    for (var server : world.servers) {
      for (var it : all) {
        it.wrongAt(server.leadsTo.orElse(server), world.now)
            .forEach(kind -> subjects(wrong, kind).add(it.subject(server.name)));
      }
    }
    return wrong;
  }

  /** What polls of all servers must have found of that. */
  Map<DriftKind, Set<String>> found() {
    var found = new TreeMap<DriftKind, Set<String>>();
    for (var server : world.servers.stream().filter(TrueSubscriptions::isSeen).toList()) {
      for (var it : all) {
        it.wrongAt(server, world.now)
            .filter(kind -> it.isFound(kind, server))
            .forEach(kind -> subjects(found, kind).add(it.subject(server.name)));
      }
    }
    return found;
  }

  private static Set<String> subjects(Map<DriftKind, Set<String>> all, DriftKind kind) {
    return all.computeIfAbsent(kind, unused -> new TreeSet<>());
  }

  private static boolean isSeen(TrueServer server) {
    return server.isRunning() && server.leadsTo.isEmpty() && !server.name.equals("rogue");
  }

  /** Whether both ends of a link are those of one subscription. */
  boolean isTrue(LogicalLink link) {
    var from = server(link.publisher().orElseThrow().at());
    var to = server(link.subscriber().orElseThrow().at());
    var slot = link.publisher().orElseThrow().slot().name();
    return all.stream().anyMatch(it -> it.joins(slot, from, to));
  }

  private TrueServer server(Endpoint endpoint) {
    return world.servers.stream()
        .filter(it -> it.endpoint.equals(endpoint))
        .map(it -> it.leadsTo.orElse(it))
        .findFirst()
        .orElseThrow();
  }

  /** How many are in use between servers that are all seen. */
  long connected() {
    return all.stream()
        .filter(
            it -> it.ends().filter(ends -> ends.allMatch(TrueSubscriptions::isSeen)).isPresent())
        .count();
  }
}
