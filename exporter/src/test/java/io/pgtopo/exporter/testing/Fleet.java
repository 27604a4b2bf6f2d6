package io.pgtopo.exporter.testing;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.compare.Comparison;
import io.pgtopo.agent.history.History;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.HostPort;
import io.pgtopo.agent.observation.Identity;
import io.pgtopo.agent.observation.InstanceFacts;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.ReplicationView;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.observation.SystemId;
import io.pgtopo.agent.observation.WalReceiver;
import io.pgtopo.agent.observation.Window;
import io.pgtopo.agent.service.OtherSources;
import io.pgtopo.agent.topology.AddressBook;
import io.pgtopo.agent.topology.Inference;
import io.pgtopo.agent.track.Hysteresis;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.Inventory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Many clusters, each the healthy one of {@link World}. */
public final class Fleet {
  private Fleet() {}

  public static Snapshot snapshot(int count) {
    return snapshot(count, Stories.healthy());
  }

  /** The same, with other servers in the first cluster. */
  public static Snapshot snapshot(int count, List<Observation> first) {
    var clusters = new ArrayList<Cluster>();
    var observations = new ArrayList<Observation>();
    for (var number = 0; number < count; number++) {
      clusters.add(cluster(number));
      for (var observation : number == 0 ? first : Stories.healthy()) {
        observations.add(moved((Observation.Reachable) observation, number));
      }
    }
    var inventory = new Inventory(clusters);
    var topology = Inference.infer(observations, AddressBook.of(inventory));
    return World.snapshot(
        World.CYCLE,
        inventory,
        observations,
        topology,
        History.starting(new Hysteresis(Duration.ZERO)));
  }

  /** What a later cycle saw, if nothing has changed. */
  public static Snapshot later(Snapshot seen, Duration by) {
    var window = seen.window();
    return new Snapshot(
        new Window(window.from().plus(by), window.to().plus(by)),
        seen.inventory(),
        seen.addresses(),
        seen.polled(),
        seen.others(),
        seen.compared(),
        seen.written(),
        seen.judgement(),
        seen.changes());
  }

  /** Two clusters, of which the first one publishes to the second one and to a CDC tool. */
  public static Snapshot publishing() {
    var inventory = new Inventory(IntStream.range(0, 2).mapToObj(Fleet::cluster).toList());
    var healthy = Stories.healthy();
    var observations =
        IntStream.range(0, 2)
            .boxed()
            .flatMap(
                number ->
                    Stream.concat(
                            Stream.of(number == 0 ? Stories.publisher() : Stories.subscriber()),
                            healthy.stream().skip(1))
                        .map(it -> moved((Observation.Reachable) it, number)))
            .toList();
    return World.snapshot(
        World.CYCLE,
        inventory,
        observations,
        Inference.infer(observations, AddressBook.of(inventory)),
        History.starting(new Hysteresis(Duration.ZERO)));
  }

  /** The same clusters, of which all but the first do not answer an agent that is cut off. */
  public static Snapshot isolated(int count) {
    var inventory = new Inventory(IntStream.range(0, count).mapToObj(Fleet::cluster).toList());
    var observations =
        IntStream.range(0, count)
            .boxed()
            .flatMap(
                number ->
                    Stories.healthy().stream()
                        .map(it -> moved((Observation.Reachable) it, number))
                        .map(it -> number == 0 ? it : silent(it)))
            .toList();
    var topology = Inference.infer(observations, AddressBook.of(inventory));
    return World.snapshot(
        World.CYCLE,
        inventory,
        observations,
        topology,
        History.starting(new Hysteresis(Duration.ZERO))
            .next(
                inventory,
                topology,
                Comparison.compare(inventory, topology).drifts(),
                AddressBook.of(inventory),
                OtherSources.NONE,
                World.CYCLE.to(),
                World.CYCLE.to()));
  }

  private static Observation silent(Observation it) {
    return new Observation.Unreachable(
        it.endpoint(), it.window(), Failure.of(Failure.Kind.TIMEOUT, "no answer within 2000 ms"));
  }

  private static Endpoint moved(Endpoint endpoint, int number) {
    var last = endpoint.host().substring(endpoint.host().lastIndexOf('.') + 1);
    return new Endpoint("10.%d.%d.%s".formatted(number / 250, number % 250, last), endpoint.port());
  }

  private static Cluster cluster(int number) {
    var name = "pg-" + number;
    var instances =
        World.INVENTORY.clusters().getFirst().instances().stream()
            .map(
                it ->
                    new Instance(
                        name,
                        it.seq(),
                        it.role(),
                        moved(it.endpoint(), number),
                        it.upstream(),
                        it.delay(),
                        it.traffic()))
            .toList();
    return new Cluster(name, instances);
  }

  private static Observation moved(Observation.Reachable seen, int number) {
    var facts = seen.facts();
    var identity = facts.identity();
    return new Observation.Reachable(
        moved(seen.endpoint(), number),
        seen.window(),
        new InstanceFacts(
            new Identity(
                Reading.seen(new SystemId(7_000 + number)),
                identity.version(),
                identity.startedAt(),
                identity.port(),
                identity.dataDirectory(),
                Optional.empty(),
                "pg-" + number),
            facts.time(),
            facts.timeline(),
            facts.state() instanceof ServerState.InRecovery recovery
                ? moved(recovery, number)
                : facts.state(),
            facts.state() instanceof ServerState.InProduction
                ? facts.replication()
                : new ReplicationView(List.of(), facts.replication().slots()),
            facts.recovery(),
            facts.survey()));
  }

  private static ServerState moved(ServerState.InRecovery recovery, int number) {
    var receiver = recovery.receiver().ifSeen().flatMap(row -> row).orElseThrow();
    var upstream = new Endpoint(receiver.upstream().orElseThrow().host(), 5432);
    return new ServerState.InRecovery(
        recovery.received(),
        recovery.replayed(),
        recovery.replay(),
        recovery.replayedCommit(),
        recovery.startupWait(),
        Reading.seen(
            Optional.of(
                new WalReceiver(
                    receiver.backend(),
                    receiver.statusText(),
                    Optional.of(hostPort(moved(upstream, number))),
                    receiver.applicationName(),
                    receiver.slot(),
                    receiver.progress()))));
  }

  private static HostPort hostPort(Endpoint endpoint) {
    return new HostPort(endpoint.host(), endpoint.port());
  }
}
