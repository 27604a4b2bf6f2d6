package io.pgtopo.exporter.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.config.model.Secret;
import io.pgtopo.exporter.web.Logins.Outcome;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How often the slow hash is computed: that is what a client with a stop-watch would learn. */
@Timeout(60)
class LoginsTest {
  private final AtomicInteger hashed = new AtomicInteger();

  private final Logins logins =
      new Logins(
          new TreeMap<>(Map.of("alice", hash("Sesame"), "bob", hash("Simsim"))),
          (hash, password) -> {
            hashed.incrementAndGet();
            return OpenBSDBCrypt.checkPassword(hash, password);
          });

  private static Secret hash(String password) {
    return new Secret(
        OpenBSDBCrypt.generate("2y", password.getBytes(StandardCharsets.UTF_8), new byte[16], 4));
  }

  @Test
  void a_user_that_is_unknown_costs_one_hash_as_one_that_is_known() throws InterruptedException {
    for (var wrong :
        List.of("alice:wrong", "mallory:wrong", "mallory:Sesame", ":", "alice:", "a:Sesame")) {
      hashed.set(0);

      assertThat(logins.check(wrong)).as(wrong).isEqualTo(Outcome.REFUSED);

      assertThat(hashed).as(wrong).hasValue(1);
    }
  }

  @Test
  void a_right_login_costs_one_hash_once() throws InterruptedException {
    for (var i = 0; i < 3; i++) {
      assertThat(logins.check("alice:Sesame")).isEqualTo(Outcome.ACCEPTED);
    }
    assertThat(hashed).hasValue(1);
    assertThat(logins.check("bob:Sesame")).isEqualTo(Outcome.REFUSED);
    assertThat(hashed).hasValue(2);
  }

  @Test
  void one_hash_is_computed_at_a_time_and_a_login_that_would_wait_too_long_is_rejected()
      throws InterruptedException, ExecutionException {
    var now = new AtomicInteger();
    var most = new AtomicInteger();
    var goesOn = new CountDownLatch(1);
    var slow =
        new Logins(
            new TreeMap<>(Map.of("alice", hash("Sesame"))),
            (hash, password) -> {
              most.accumulateAndGet(now.incrementAndGet(), Math::max);
              await(goesOn);
              now.decrementAndGet();
              return true;
            });
    var tasks = new ArrayList<Callable<Outcome>>();
    for (var i = 0; i < 100; i++) {
      var credentials = "alice:" + i;
      tasks.add(
          () -> {
            var outcome = slow.check(credentials);
            // Only a rejected login ends before the first hash does.
            goesOn.countDown();
            return outcome;
          });
    }

    var outcomes = new ArrayList<Outcome>();
    try (var guesses = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var outcome : guesses.invokeAll(tasks)) {
        outcomes.add(outcome.get());
      }
    }

    assertThat(most).hasValue(1);
    assertThat(outcomes).contains(Outcome.BUSY, Outcome.ACCEPTED);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }
}
