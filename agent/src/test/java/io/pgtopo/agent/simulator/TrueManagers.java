package io.pgtopo.agent.simulator;

import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.HaManager;
import io.pgtopo.agent.observation.ManagerReport;
import io.pgtopo.agent.observation.ManagerReport.Flag;
import io.pgtopo.agent.observation.ManagerReport.ManagedServer;
import io.pgtopo.agent.observation.ManagerReport.Word;
import io.pgtopo.agent.observation.Window;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Cluster.ManagerApi;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Inventory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a Patroni on each node says: of its own server what is true, of the others what was true one
 * poll before. One that is paused says of all what was true at first. Its dice are its own, so that
 * worlds are the same with it and without.
 */
final class TrueManagers {
  private static final int PORT = 8008;
  private static final Duration READING = Duration.ofSeconds(1);

  /** In every second world Patroni runs, and in every second one of these it is paused. */
  final boolean isThere;

  final boolean isPaused;
  private final Random random;
  private final Map<String, Belief> known = new HashMap<>();
  private List<ManagerReport> last = List.of();

  /** Of one server. */
  private record Belief(boolean isInProduction, boolean isRunning) {
    static Belief of(TrueServer server) {
      return new Belief(server.isInProduction, server.isAlive);
    }
  }

  TrueManagers(long seed, TrueWorld world) {
    this.random = new Random(seed);
    this.isThere = random.nextBoolean();
    this.isPaused = random.nextBoolean();
    learn(world);
  }

  private void learn(TrueWorld world) {
    world.servers.forEach(server -> known.put(server.name, Belief.of(server)));
  }

  /** The inventory of a world, with what runs on its nodes. */
  Inventory declared(Inventory inventory) {
    return isThere
        ? new Inventory(inventory.clusters().stream().map(TrueManagers::managed).toList())
        : inventory;
  }

  private static Cluster managed(Cluster cluster) {
    var traits = cluster.traits();
    return new Cluster(
        cluster.name(),
        new Cluster.Traits(
            traits.shard(),
            traits.group(),
            traits.mode(),
            traits.version(),
            traits.vip(),
            Optional.of(new ManagerApi(PORT, ManagerApi.Scheme.HTTP))),
        cluster.instances(),
        cluster.services(),
        cluster.databases(),
        cluster.roles());
  }

  /** What is read of all with a poll; one in ten is silent. */
  List<ManagerReport> read(TrueWorld world) {
    var reports = new ArrayList<ManagerReport>();
    if (isThere) {
      world.servers.stream()
          .filter(server -> known.containsKey(server.name))
          .forEach(server -> reports.add(report(server, world)));
    }
    if (!isPaused) {
      learn(world);
    }
    last = List.copyOf(reports);
    return last;
  }

  private ManagerReport report(TrueServer server, TrueWorld world) {
    return new ManagerReport(
        new Endpoint(server.endpoint.host(), PORT),
        Optional.of(HaManager.PATRONI),
        new Window(world.now.minus(READING), world.now),
        random.nextInt(10) == 0
            ? new Word.Mute(Failure.of(Failure.Kind.REFUSED, "connection refused"))
            : spoken(server, world));
  }

  private Word spoken(TrueServer server, TrueWorld world) {
    // A member that is not running is no longer in the configuration store.
    var members =
        world.of(server.cluster).stream()
            .filter(it -> known.containsKey(it.name) && belief(it).isRunning)
            .map(it -> managed(it, belief(it), Optional.of(it.endpoint)))
            .toList();
    return new Word.Spoken(
        Optional.of(server.cluster),
        Optional.of(managed(server, own(server), Optional.empty())),
        isPaused ? EnumSet.of(Flag.PAUSED) : EnumSet.noneOf(Flag.class),
        members,
        Optional.empty(),
        Collections.emptySortedMap());
  }

  private Belief belief(TrueServer server) {
    return Optional.ofNullable(known.get(server.name)).orElseThrow();
  }

  /** What a server is, by its own Patroni. */
  private Belief own(TrueServer server) {
    return isPaused ? belief(server) : Belief.of(server);
  }

  /** Whether the Patroni of a member answers that it leads. */
  boolean leads(TrueServer server) {
    return runs(server) && own(server).isInProduction;
  }

  /** Whether the Patroni of a member answers that it runs. */
  boolean runs(TrueServer server) {
    return known.containsKey(server.name) && own(server).isRunning;
  }

  private static ManagedServer managed(
      TrueServer server, Belief belief, Optional<Endpoint> endpoint) {
    var isStandbyLeader = server.isDeclaredPrimary && !server.isDeclaredWriter;
    return new ManagedServer(
        Optional.of(server.name),
        belief.isInProduction ? "leader" : isStandbyLeader ? "standby_leader" : "replica",
        belief.isRunning ? "running" : "stopped",
        endpoint,
        Optional.empty(),
        Optional.empty());
  }

  /** The servers of which some Patroni said something wrong when it was read last. */
  Set<String> wrongAbout(TrueWorld world) {
    var wrong = new TreeSet<String>();
    for (var server : world.servers) {
      var address = new Endpoint(server.endpoint.host(), PORT);
      for (var report : last) {
        if (report.word() instanceof Word.Spoken spoken) {
          spoken
              .own()
              .filter(unused -> report.address().equals(address))
              .filter(own -> isWrong(own, server))
              .ifPresent(own -> wrong.add(server.name));
          spoken.members().stream()
              .filter(member -> member.endpoint().equals(Optional.of(server.endpoint)))
              .filter(member -> isWrong(member, server))
              .forEach(member -> wrong.add(server.name));
        }
      }
    }
    return wrong;
  }

  /** What is at its address counts. */
  private static boolean isWrong(ManagedServer said, TrueServer server) {
    var there = server.leadsTo.orElse(server);
    return there.isAlive
        ? said.state().equals("stopped") || said.role().equals("leader") != there.isInProduction
        : said.state().equals("running");
  }
}
