package io.pgtopo.agent.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.pgtopo.agent.Agent;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.track.Hysteresis;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Crawl;
import io.pgtopo.config.model.DeclaredUpstream;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.InstanceRole;
import io.pgtopo.config.model.Inventory;
import io.pgtopo.config.model.Network;
import io.pgtopo.config.model.Policy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Cycles over what a server that attacks answered, and a server that is well. */
final class HostileCycles {
  private static final Failure GONE = Failure.of(Failure.Kind.REFUSED, "nothing listens");

  private HostileCycles() {}

  /** Two cycles neither fail nor find a bug in the agent. */
  static void assertHarmless(String as, Observation polled, Observation well) {
    var inventory = inventory(polled.endpoint(), well.endpoint());
    try (var agent = agent(inventory, polled, well)) {
      assertThatCode(
              () -> {
                agent.cycle();
                agent.cycle();
              })
          .as(as)
          .doesNotThrowAnyException();
      assertThat(agent.latest().orElseThrow().topology().unreachable().values())
          .as(as)
          .noneMatch(failure -> failure.kind() == Failure.Kind.AGENT_BUG);
    }
  }

  private static Inventory inventory(Endpoint first, Endpoint second) {
    var members =
        List.of(
            instance(1, first, InstanceRole.REPLICA), instance(2, second, InstanceRole.PRIMARY));
    var cluster =
        new Cluster(
            "pg-test", Cluster.Traits.of("pg-test"), members, List.of(), List.of(), List.of());
    return new Inventory(List.of(cluster), List.of(), List.of());
  }

  private static Instance instance(int seq, Endpoint at, InstanceRole role) {
    return new Instance(
        "pg-test",
        seq,
        Optional.of(role),
        at,
        role == InstanceRole.PRIMARY
            ? new DeclaredUpstream.None()
            : new DeclaredUpstream.ClusterLeader(),
        Duration.ZERO,
        Instance.Traffic.DEFAULT);
  }

  private static Agent agent(Inventory inventory, Observation first, Observation second) {
    return new Agent(
        inventory,
        Policy.NONE,
        endpoint ->
            Stream.of(first, second)
                .filter(it -> it.endpoint().equals(endpoint))
                .findFirst()
                .orElseGet(() -> new Observation.Unreachable(endpoint, first.window(), GONE)),
        Duration.ofSeconds(5),
        new Hysteresis(Duration.ZERO),
        InstantSource.system()::instant,
        new Agent.Horizon(
            new Crawl(List.of(Network.parse("127.0.0.0/8").orElseThrow()), 10), host -> List.of()),
        snapshot -> {});
  }
}
