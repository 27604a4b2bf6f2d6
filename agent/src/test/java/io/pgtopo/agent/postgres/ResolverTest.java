package io.pgtopo.agent.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.Failure.Kind;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.settings.Connection;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A name server that does not answer affects host names only. */
class ResolverTest {
  private static final Connection LOGIN =
      new Connection("monitor", "postgres", Optional.empty(), Connection.SslMode.DISABLE);
  private static final Duration DEADLINE = Duration.ofMillis(400);

  private final CountDownLatch answer = new CountDownLatch(1);
  private final AtomicInteger lookups = new AtomicInteger();

  /** Like the system's lookup, it ignores interrupts. */
  private InetAddress[] slow(String host) throws UnknownHostException {
    if (host.equals("127.0.0.1")) {
      return InetAddress.getAllByName(host);
    }
    lookups.incrementAndGet();
    var wasInterrupted = false;
    while (true) {
      try {
        answer.await();
        break;
      } catch (InterruptedException deaf) {
        wasInterrupted = true;
      }
    }
    if (wasInterrupted) {
      Thread.currentThread().interrupt();
    }
    throw new UnknownHostException(host + ": Name or service not known");
  }

  private JdbcProbe probe() {
    return new JdbcProbe(
        LOGIN, DEADLINE, InstantSource.system()::instant, new Resolver(this::slow));
  }

  private static Failure failure(JdbcProbe probe, String host) {
    var observation = probe.observe(new Endpoint(host, 1));
    return ((Observation.Unreachable) observation).failure();
  }

  @Test
  void a_lookup_that_hangs_delays_no_poll_beyond_its_deadline() {
    try (var probe = probe()) {
      assertThat(failure(probe, "db0.example").kind()).isEqualTo(Kind.DNS);

      var second = probe.observe(new Endpoint("db1.example", 1));

      assertThat(second.window().length()).isLessThan(DEADLINE.plusSeconds(20));
    } finally {
      answer.countDown();
    }
  }

  @Test
  void a_lookup_that_hangs_is_abandoned_and_made_only_once() {
    try (var probe = probe()) {
      for (var poll = 0; poll < 3; poll++) {
        assertThat(failure(probe, "db1.example"))
            .isEqualTo(Failure.of(Kind.DNS, "no address of db1.example within 350 ms"));
      }
      assertThat(lookups).hasValue(1);

      answer.countDown();

      assertThat(failure(probe, "db1.example"))
          .isEqualTo(Failure.of(Kind.DNS, "db1.example: Name or service not known"));
    }
  }

  @Test
  void hundreds_of_lookups_that_hang_hold_few_threads_and_delay_no_numeric_address()
      throws ExecutionException, InterruptedException {
    try (var probe = probe()) {
      var polls =
          IntStream.range(0, 200)
              .mapToObj(
                  number -> new FutureTask<>(() -> failure(probe, "db" + number + ".example")))
              .toList();
      polls.forEach(Thread.ofVirtual()::start);
      for (var poll : polls) {
        assertThat(poll.get().kind()).isEqualTo(Kind.DNS);
      }

      assertThat(lookups).hasValueLessThanOrEqualTo(8);
      assertThat(failure(probe, "127.0.0.1").kind()).isEqualTo(Kind.REFUSED);
    } finally {
      answer.countDown();
    }
  }
}
