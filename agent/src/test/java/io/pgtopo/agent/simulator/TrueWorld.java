package io.pgtopo.agent.simulator;

import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.DeclaredUpstream;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.InstanceRole;
import io.pgtopo.config.model.Inventory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * Clusters with cascades; some are standby clusters or clones of the one before, which have its
 * system identifier. At first all is as declared.
 */
final class TrueWorld {
  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  final Random random;
  Instant now = START;
  final List<TrueServer> servers = new ArrayList<>();
  private final List<Cluster> clusters = new ArrayList<>();

  /** None at first. */
  Optional<TrueSubscriptions> subscriptions = Optional.empty();

  /** In one world of four, clocks are apart, and members are declared by their host names. */
  private final boolean hasClocksApart;

  private final boolean hasNames;

  TrueWorld(Random random) {
    this.random = random;
    this.hasClocksApart = random.nextInt(4) == 0;
    this.hasNames = random.nextInt(4) == 0;
    var count = 1 + random.nextInt(4);
    for (var number = 0; number < count; number++) {
      addCluster(number);
    }
  }

  Inventory inventory() {
    return new Inventory(clusters);
  }

  List<TrueServer> of(String cluster) {
    return servers.stream().filter(server -> server.cluster.equals(cluster)).toList();
  }

  List<TrueServer> below(TrueServer server) {
    return servers.stream()
        .filter(other -> other.isServed() && other.upstream.equals(Optional.of(server)))
        .toList();
  }

  /** Primaries write, and WAL reaches the connected standbys. */
  void pass(Duration time) {
    now = now.plus(time);
    for (var server : servers) {
      server.age(now, random);
      server.catchUp();
    }
    for (var server : servers) {
      server.oldSenders.removeIf(old -> endsBy(now, old, server));
      if (server.isInProduction && server.isRunning()) {
        server.position += server.mayWrite ? random.nextInt(10_000) : 0;
        server.position += server.fillsFiles ? Anomaly.SEGMENT : 0;
        replicate(server, new HashSet<>());
      }
    }
    subscriptions.ifPresent(TrueSubscriptions::pass);
  }

  /** The slot of an old connection is free then. */
  private static boolean endsBy(Instant now, TrueServer.OldSender old, TrueServer server) {
    if (now.isBefore(old.ends())) {
      return false;
    }
    if (old.standby().upstream.equals(Optional.of(server))
        && !old.standby().isConnected()
        && !old.standby().isCutOff) {
      old.standby().follow(server, now);
    }
    return true;
  }

  /** Ends the connection of a standby whose own WAL its upstream has passed. */
  private static boolean isRefused(TrueServer server, TrueServer upstream) {
    return server.ahead > 0 && upstream.position >= server.position;
  }

  private void replicate(TrueServer upstream, Set<TrueServer> seen) {
    for (var server : below(upstream)) {
      if (server.isStreaming() && seen.add(server)) {
        if (isRefused(server, upstream) && upstream.ahead == 0) {
          server.loseUpstream();
        } else if (server.ahead == 0) {
          server.timeline = upstream.timeline;
          var lag = random.nextInt(4) == 0 ? random.nextInt(500) : 0;
          server.position = Math.max(server.position, upstream.position - lag);
        }
        replicate(server, seen);
      }
    }
  }

  /** An undeclared server. */
  TrueServer addRogue(TrueServer upstream) {
    var rogue =
        new TrueServer(
            900,
            upstream.cluster,
            "rogue",
            new Endpoint("10.99.0.9", 5432),
            "10.99.0.9",
            TrueServer.Place.REPLICA,
            START);
    rogue.system = upstream.system;
    rogue.position = upstream.position;
    rogue.timeline = upstream.timeline;
    rogue.follow(upstream, now);
    servers.add(rogue);
    return rogue;
  }

  private void addCluster(int number) {
    var name = "pg-" + number;
    var source = number == 0 ? Optional.<TrueServer>empty() : Optional.of(servers.getLast());
    var isStandby = source.isPresent() && random.nextInt(4) == 0;
    var isClone = source.isPresent() && !isStandby && random.nextInt(4) == 0;
    var members = new ArrayList<TrueServer>();
    var instances = new ArrayList<Instance>();
    var size = 1 + random.nextInt(6);
    for (var i = 0; i < size; i++) {
      var server = server(name, number, i, isStandby);
      server.system = isStandby || isClone ? source.orElseThrow().system : 7_000 + 100L * number;
      server.clock = hasClocksApart ? anyClock() : Duration.ZERO;
      if (i > 0) {
        server.follow(members.get(random.nextInt(i)), started(server));
        dialByName(server, members.getFirst());
      } else if (isStandby) {
        server.follow(source.orElseThrow(), started(server));
      } else {
        server.isInProduction = true;
      }
      server.delay = i > 0 && random.nextInt(8) == 0 ? Duration.ofHours(1) : Duration.ZERO;
      server.timeline = i == 0 ? (isClone ? 3 : 1) : members.getFirst().timeline;
      members.add(server);
      instances.add(instance(server, i, members.getFirst()));
    }
    if (members.getFirst().isInProduction && random.nextInt(4) == 0) {
      members.getFirst().synchronous =
          members.stream()
              .filter(it -> it.upstream.equals(Optional.of(members.getFirst())))
              .findFirst();
    }
    servers.addAll(members);
    clusters.add(new Cluster(name, instances));
  }

  private Duration anyClock() {
    return Duration.ofMillis(
        random.nextBoolean() ? random.nextInt(900) : 1_000L * (random.nextInt(600) - 300));
  }

  private Instant started(TrueServer server) {
    return now.minusSeconds(60L * (1 + server.number));
  }

  /** One in four dials a name that leads to the primary, and that pgtopo cannot resolve. */
  private void dialByName(TrueServer server, TrueServer leader) {
    if (server.upstream.equals(Optional.of(leader)) && random.nextInt(4) == 0) {
      server.dials = Optional.of("primary." + leader.cluster);
    }
  }

  private TrueServer server(String cluster, int number, int i, boolean isStandby) {
    var place =
        i > 0
            ? TrueServer.Place.REPLICA
            : isStandby ? TrueServer.Place.STANDBY_LEADER : TrueServer.Place.PRIMARY;
    var id = 10 * number + i;
    var name = cluster + "-" + (i + 1);
    var address = "10.0.%d.%d".formatted(number, i + 1);
    return new TrueServer(
        id,
        cluster,
        name,
        new Endpoint(hasNames ? name + ".example" : address, 5432),
        address,
        place,
        START.minusSeconds(86_400).plusNanos(1_000L * id));
  }

  private static Instance instance(TrueServer server, int i, TrueServer leader) {
    DeclaredUpstream upstream = new DeclaredUpstream.None();
    if (server.upstream.isPresent()) {
      var followed = server.upstream.get();
      upstream =
          i == 0
              ? new DeclaredUpstream.Outside(followed.endpoint)
              : followed.equals(leader)
                  ? new DeclaredUpstream.ClusterLeader()
                  : new DeclaredUpstream.Member(followed.endpoint);
    }
    return new Instance(
        server.cluster,
        i + 1,
        Optional.of(i == 0 ? InstanceRole.PRIMARY : InstanceRole.REPLICA),
        server.endpoint,
        upstream,
        server.delay,
        Instance.Traffic.DEFAULT);
  }
}
