package io.pgtopo.agent;

import io.pgtopo.agent.observation.Backend;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.HostPort;
import io.pgtopo.agent.observation.Identity;
import io.pgtopo.agent.observation.InstanceFacts;
import io.pgtopo.agent.observation.Lsn;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.RecoverySettings;
import io.pgtopo.agent.observation.ReplicationView;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.observation.ServerVersion;
import io.pgtopo.agent.observation.Survey;
import io.pgtopo.agent.observation.SystemId;
import io.pgtopo.agent.observation.Timeline;
import io.pgtopo.agent.observation.WalReceiver;
import io.pgtopo.agent.observation.WalSender;
import io.pgtopo.agent.observation.Window;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.DeclaredUpstream;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.InstanceRole;
import io.pgtopo.config.model.Inventory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * A world made from a seed: clusters that are just as declared, with cascades; and ways to make it
 * worse. Names, addresses and starts of connections are as ambiguous as they really get.
 */
public final class RandomWorld {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Window WINDOW = new Window(NOW, NOW);

  private final Random random;
  private final List<Cluster> clusters = new ArrayList<>();
  private final List<Observation> observations = new ArrayList<>();

  private RandomWorld(Random random) {
    this.random = random;
    var count = 1 + random.nextInt(4);
    for (var number = 0; number < count; number++) {
      addCluster("pg-" + number, number);
    }
  }

  /** A world in which everything is as declared. */
  public static RandomWorld healthy(long seed) {
    return new RandomWorld(new Random(seed));
  }

  /** A world of a given size, for benchmarks. */
  public static RandomWorld ofClusters(int count, long seed) {
    var world = new RandomWorld(new Random(seed));
    world.clusters.clear();
    world.observations.clear();
    for (var number = 0; number < count; number++) {
      world.addCluster("pg-" + number, number);
    }
    return world;
  }

  /** A world in which servers are silent, promoted, foreign, or hide what they know. */
  public static RandomWorld troubled(long seed) {
    var world = healthy(seed);
    world.observations.replaceAll(world::trouble);
    return world;
  }

  public Inventory inventory() {
    return new Inventory(clusters);
  }

  public List<Observation> observations() {
    return List.copyOf(observations);
  }

  /** Four members on average; each replica follows a random one before it. */
  private void addCluster(String name, int number) {
    var size = 1 + random.nextInt(7);
    var upstreams = new int[size];
    for (var i = 1; i < size; i++) {
      upstreams[i] = random.nextInt(i);
    }
    var instances = new ArrayList<Instance>();
    for (var i = 0; i < size; i++) {
      instances.add(instance(name, number, i, upstreams[i]));
    }
    clusters.add(
        new Cluster(
            name,
            Cluster.Traits.of(name),
            instances,
            List.of(),
            RandomObjects.databases(name),
            RandomObjects.roles(name)));
    var survey = RandomObjects.survey(name);
    for (var i = 0; i < size; i++) {
      observations.add(
          new Observation.Reachable(
              instances.get(i).endpoint(), WINDOW, facts(instances, upstreams, i, number, survey)));
    }
  }

  private static Endpoint endpoint(int cluster, int instance) {
    return new Endpoint("10.%d.%d.%d".formatted(cluster / 250, cluster % 250, instance + 1), 5432);
  }

  private static Instance instance(String cluster, int number, int i, int upstream) {
    DeclaredUpstream follows =
        i == 0
            ? new DeclaredUpstream.None()
            : upstream == 0
                ? new DeclaredUpstream.ClusterLeader()
                : new DeclaredUpstream.Member(endpoint(number, upstream));
    return new Instance(
        cluster,
        i + 1,
        Optional.of(i == 0 ? InstanceRole.PRIMARY : InstanceRole.REPLICA),
        endpoint(number, i),
        follows,
        Duration.ZERO,
        Instance.Traffic.DEFAULT);
  }

  private static InstanceFacts facts(
      List<Instance> instances, int[] upstreams, int i, int number, Survey survey) {
    var lsn = new Lsn(0x5000000L + number);
    var senders = new ArrayList<WalSender>();
    for (var child = 1; child < instances.size(); child++) {
      if (upstreams[child] == i) {
        senders.add(sender(instances.get(child), child, lsn));
      }
    }
    var state =
        i == 0
            ? new ServerState.InProduction(
                lsn,
                Optional.empty(),
                Reading.seen(ServerState.SyncWaits.NONE),
                ServerState.Archiver.IDLE)
            : new ServerState.InRecovery(
                Optional.of(lsn),
                Optional.of(lsn),
                ServerState.Replay.RUNNING,
                Optional.empty(),
                Reading.seen(Optional.empty()),
                Reading.seen(
                    Optional.of(receiver(instances.get(i), instances.get(upstreams[i]), i))));
    return new InstanceFacts(
        new Identity(
            Reading.seen(new SystemId(7_000 + number)),
            new ServerVersion(180_000),
            NOW.plusNanos(1_000L * (100 * number + i)),
            5432,
            Reading.seen("/pg/data"),
            Optional.of(instances.get(i).endpoint()),
            instances.get(i).cluster()),
        Ordinary.TIME,
        new Timeline(1, Timeline.Source.WAL),
        state,
        new ReplicationView(senders, List.of()),
        Reading.seen(
            new RecoverySettings(
                Reading.seen(Optional.empty()),
                Optional.empty(),
                Duration.ZERO,
                RecoverySettings.UpstreamDatabase.NAMED,
                RecoverySettings.Archive.NONE)),
        Reading.seen(survey));
  }

  /** One in three announces the cluster's name only, as a standby does by default. */
  private static String announced(Instance instance) {
    return instance.seq() % 3 == 0 ? instance.cluster() : instance.name();
  }

  private static WalSender sender(Instance downstream, int number, Lsn lsn) {
    var position = Optional.of(lsn);
    return new WalSender(
        new Backend(2_000 + number, Optional.of(NOW.plusSeconds(60L * number))),
        "replicator",
        announced(downstream),
        Optional.empty(),
        Reading.seen(
            new WalSender.Stream(
                Optional.of(new HostPort(downstream.endpoint().host(), 40_000 + number)),
                "streaming",
                "async",
                new WalSender.Progress(position, position, position, position),
                Optional.empty())));
  }

  private static WalReceiver receiver(Instance instance, Instance upstream, int number) {
    return new WalReceiver(
        new Backend(3_000 + number, Optional.of(NOW.plusSeconds(60L * number).plusMillis(5))),
        "streaming",
        Optional.of(new HostPort(upstream.endpoint().host(), upstream.endpoint().port())),
        announced(instance),
        Optional.empty(),
        WalReceiver.Progress.NONE);
  }

  private Observation trouble(Observation observation) {
    var facts = ((Observation.Reachable) observation).facts();
    return switch (random.nextInt(8)) {
      case 0 ->
          new Observation.Unreachable(
              observation.endpoint(), WINDOW, Failure.of(Failure.Kind.TIMEOUT, "silent"));
      case 1 -> reachable(observation, withState(facts, promoted()));
      case 2 -> reachable(observation, withSystem(facts, Reading.seen(new SystemId(9_000))));
      case 3 -> reachable(observation, hidden(facts));
      case 4 -> reachable(observation, withSurvey(facts, Reading.denied("hidden")));
      case 5 ->
          reachable(
              observation,
              withSurvey(
                  facts,
                  Reading.seen(
                      RandomObjects.troubled(facts.survey().ifSeen().orElseThrow(), random))));
      default -> observation;
    };
  }

  /** The same server, of which the system identifier is hidden. */
  static Observation unidentified(Observation observation) {
    return observation instanceof Observation.Reachable answer
        ? reachable(answer, withSystem(answer.facts(), Reading.denied("hidden")))
        : observation;
  }

  private static Observation reachable(Observation observation, InstanceFacts facts) {
    return new Observation.Reachable(observation.endpoint(), WINDOW, facts);
  }

  private static ServerState promoted() {
    return new ServerState.InProduction(
        new Lsn(0x6000000L),
        Optional.of(new Lsn(0x5000000L)),
        Reading.seen(ServerState.SyncWaits.NONE),
        ServerState.Archiver.IDLE);
  }

  private static InstanceFacts hidden(InstanceFacts facts) {
    var senders =
        facts.replication().walSenders().stream()
            .map(
                row ->
                    new WalSender(
                        row.backend(),
                        row.user(),
                        row.applicationName(),
                        row.databaseId(),
                        Reading.<WalSender.Stream>denied("hidden")))
            .toList();
    var state =
        facts.state() instanceof ServerState.InRecovery recovery
            ? new ServerState.InRecovery(
                recovery.received(),
                recovery.replayed(),
                recovery.replay(),
                recovery.replayedCommit(),
                Reading.denied("hidden"),
                Reading.denied("hidden"))
            : facts.state();
    return new InstanceFacts(
        facts.identity(),
        facts.time(),
        facts.timeline(),
        state,
        new ReplicationView(senders, List.of()),
        facts.recovery(),
        facts.survey());
  }

  private static InstanceFacts withState(InstanceFacts facts, ServerState state) {
    return new InstanceFacts(
        facts.identity(),
        facts.time(),
        facts.timeline(),
        state,
        facts.replication(),
        facts.recovery(),
        facts.survey());
  }

  private static InstanceFacts withSurvey(InstanceFacts facts, Reading<Survey> survey) {
    return new InstanceFacts(
        facts.identity(),
        facts.time(),
        facts.timeline(),
        facts.state(),
        facts.replication(),
        facts.recovery(),
        survey);
  }

  private static InstanceFacts withSystem(InstanceFacts facts, Reading<SystemId> systemId) {
    var identity = facts.identity();
    return new InstanceFacts(
        new Identity(
            systemId,
            identity.version(),
            identity.startedAt(),
            identity.port(),
            identity.dataDirectory(),
            identity.serverAddress(),
            identity.clusterName()),
        facts.time(),
        facts.timeline(),
        facts.state(),
        facts.replication(),
        facts.recovery(),
        facts.survey());
  }
}
