package io.pgtopo.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.observation.BalancerReport;
import io.pgtopo.agent.observation.Dial;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.HaManager;
import io.pgtopo.agent.observation.ManagerReport;
import io.pgtopo.agent.observation.ManagerReport.Word;
import io.pgtopo.agent.observation.NameReport;
import io.pgtopo.agent.observation.Window;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.DeclaredUpstream;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.InstanceRole;
import io.pgtopo.config.model.Inventory;
import io.pgtopo.config.model.Service;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OtherReadsTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Queue<Endpoint> dialled = new ConcurrentLinkedQueue<>();

  @AfterEach
  void close() {
    threads.shutdownNow();
  }

  /** A cluster whose one service has so many addresses. */
  private static Inventory inventory(int addresses) {
    var nodes = IntStream.range(0, addresses).mapToObj(it -> "10.0.0." + it).toList();
    var service =
        new Service(
            "primary",
            new Service.Listen("*", 5433, nodes),
            new Service.Definition(
                "[]", Optional.empty(), Service.Destination.Standard.POSTGRES, "/primary"),
            List.of(),
            List.of());
    return new Inventory(
        List.of(
            new Cluster(
                "pg-test",
                Cluster.Traits.of("pg-test"),
                List.of(),
                List.of(service),
                List.of(),
                List.of())));
  }

  private OtherReads reads(int addresses, Function<Endpoint, Dial> dial, Duration patience) {
    return new OtherReads(
        inventory(addresses),
        new Agent.Readers(Optional.of(dial), Optional.empty(), Optional.empty()),
        patience,
        threads);
  }

  private Dial refused(Endpoint address) {
    dialled.add(address);
    var failure = Failure.of(Failure.Kind.REFUSED, "connection refused");
    return new Dial(address, new Window(NOW, NOW), new Dial.Answer.Failed(failure));
  }

  @Test
  void each_address_is_dialled_once_per_cycle() throws InterruptedException {
    var dials = reads(3, this::refused, Duration.ofSeconds(30));

    dials.start(NOW);
    var first = dials.collect(NOW).dials();
    dials.start(NOW);
    var second = dials.collect(NOW).dials();

    assertThat(dialled).hasSize(6);
    assertThat(first.byAddress()).hasSize(3).allSatisfy((at, list) -> assertThat(list).hasSize(1));
    assertThat(second.byAddress()).allSatisfy((at, list) -> assertThat(list).hasSize(2));
  }

  @Test
  void an_address_that_hangs_costs_a_cycle_nothing_and_is_not_dialled_twice()
      throws InterruptedException {
    var released = new CountDownLatch(1);
    var dials =
        reads(
            1,
            address -> {
              try {
                released.await();
              } catch (InterruptedException end) {
                Thread.currentThread().interrupt();
              }
              return refused(address);
            },
            Duration.ZERO);

    dials.start(NOW);
    assertThat(dials.collect(NOW).dials().byAddress()).isEmpty();
    dials.start(NOW);
    assertThat(dials.collect(NOW).dials().byAddress()).isEmpty();
    released.countDown();
    dials.start(NOW);
    while (dials.collect(NOW).dials().byAddress().isEmpty()) {
      Thread.onSpinWait();
    }

    assertThat(dialled).hasSize(1);
  }

  @Test
  void of_many_addresses_each_has_its_turn() throws InterruptedException {
    var dials = reads(80, this::refused, Duration.ofSeconds(30));

    dials.start(NOW);
    var first = dials.collect(NOW).dials();
    dials.start(NOW);
    dials.collect(NOW).dials();
    dials.start(NOW);
    var third = dials.collect(NOW).dials();

    assertThat(first.byAddress()).hasSize(32);
    assertThat(third.byAddress()).hasSize(80);
  }

  @Test
  void what_is_old_is_forgotten() throws InterruptedException {
    var dials = reads(1, this::refused, Duration.ofSeconds(30));
    dials.start(NOW);
    dials.collect(NOW).dials();

    var address = new Endpoint("10.0.0.0", 5433);
    assertThat(dials.collect(NOW.plusSeconds(120)).dials().at(address)).hasSize(1);
    assertThat(dials.collect(NOW.plusSeconds(121)).dials().at(address)).isEmpty();
  }

  @Test
  void nothing_is_dialled_unless_it_is_wanted() throws InterruptedException {
    var dials = new OtherReads(inventory(3), Agent.Readers.NONE, Duration.ZERO, threads);

    dials.start(NOW);

    assertThat(dials.collect(NOW).dials().byAddress()).isEmpty();
  }

  @Test
  void each_load_balancer_is_read_once_per_cycle() throws InterruptedException {
    var read = new ConcurrentLinkedQueue<String>();
    var reads =
        new OtherReads(
            inventory(3),
            new Agent.Readers(
                Optional.empty(),
                Optional.of(
                    node -> {
                      read.add(node);
                      return new BalancerReport(
                          new Endpoint(node, 9101),
                          new Window(NOW, NOW),
                          new BalancerReport.Reply.Silent(
                              Failure.of(Failure.Kind.REFUSED, "connection refused")));
                    }),
                Optional.empty()),
            Duration.ofSeconds(30),
            threads);

    reads.start(NOW);
    var balancers = reads.collect(NOW).balancers();

    assertThat(read).containsExactlyInAnyOrder("10.0.0.0", "10.0.0.1", "10.0.0.2");
    assertThat(balancers.at("10.0.0.1")).isPresent();
    assertThat(balancers.running("10.0.0.1")).isEmpty();
    assertThat(reads.collect(NOW.plusSeconds(121)).balancers().at("10.0.0.1")).isEmpty();
  }

  @Test
  void a_table_is_read_so_often_only() throws InterruptedException {
    var read = new ConcurrentLinkedQueue<Endpoint>();
    var server = new Endpoint("10.1.0.1", 5432);
    var reads =
        new OtherReads(
            new Inventory(
                List.of(
                    new Cluster(
                        "pg-test",
                        Cluster.Traits.of("pg-test"),
                        List.of(primary(server)),
                        List.of(),
                        List.of(),
                        List.of()))),
            new Agent.Readers(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(
                    new Agent.Rare<>(
                        address -> {
                          read.add(address);
                          return new ManagerReport(
                              address,
                              Optional.of(HaManager.REPMGR),
                              new Window(NOW, NOW),
                              new Word.Mute(Failure.of(Failure.Kind.PERMISSION, "denied")));
                        },
                        Duration.ofMinutes(1))),
                Optional.empty()),
            Duration.ofSeconds(30),
            threads);

    for (var second = 0; second <= 60; second += 5) {
      reads.start(NOW.plusSeconds(second));
      reads.collect(NOW.plusSeconds(second));
    }

    assertThat(read).containsExactly(server, server);
    assertThat(reads.collect(NOW).managers().byAddress()).containsOnlyKeys(server);
  }

  @Test
  void a_dns_name_is_looked_up_so_often_only_and_forgotten_when_old() throws InterruptedException {
    var read = new ConcurrentLinkedQueue<String>();
    var reads =
        new OtherReads(
            new Inventory(
                List.of(
                    new Cluster(
                        "pg-test",
                        new Cluster.Traits(
                            "pg-test",
                            0,
                            "pgsql",
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            List.of(),
                            Optional.empty(),
                            Optional.of("pg-test.example")),
                        List.of(primary(new Endpoint("10.1.0.1", 5432))),
                        List.of(),
                        List.of(),
                        List.of()))),
            new Agent.Readers(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(
                    new Agent.Rare<>(
                        name -> {
                          read.add(name);
                          return new NameReport(name, new Window(NOW, NOW), List.of("10.1.0.1"));
                        },
                        Duration.ofMinutes(1)))),
            Duration.ofSeconds(30),
            threads);

    reads.start(NOW);
    var names = reads.collect(NOW).names();
    reads.start(NOW.plusSeconds(59));
    var old = reads.collect(NOW.plusSeconds(121)).names();

    assertThat(read).containsExactly("pg-test.example");
    assertThat(names.of("pg-test.example").map(NameReport::addresses))
        .contains(List.of("10.1.0.1"));
    assertThat(old.of("pg-test.example")).isEmpty();
  }

  private static Instance primary(Endpoint server) {
    return new Instance(
        "pg-test",
        1,
        Optional.of(InstanceRole.PRIMARY),
        server,
        new DeclaredUpstream.None(),
        Duration.ZERO,
        Instance.Traffic.DEFAULT,
        Optional.empty());
  }
}
