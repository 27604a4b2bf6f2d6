package io.pgtopo.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class HostNamesTest {
  @Test
  void a_name_server_that_is_silent_is_waited_for_once_and_its_answer_counts_when_it_comes()
      throws Exception {
    var answer = new CountDownLatch(1);
    var asked = new AtomicInteger();
    try (var names =
        new HostNames(
            host -> {
              asked.incrementAndGet();
              try {
                answer.await();
              } catch (InterruptedException end) {
                return List.of();
              }
              return List.of("10.1.0.2");
            })) {
      names.resolve(Set.of("db.example"));
      names.resolve(Set.of("db.example"));
      assertThat(names.known()).isEmpty();

      answer.countDown();
      while (names.known().isEmpty()) {
        Thread.onSpinWait();
      }

      assertThat(names.known()).isEqualTo(Map.of("db.example", List.of("10.1.0.2")));
      assertThat(asked).hasValue(1);
    }
  }

  @Test
  void a_name_without_an_address_is_looked_up_again_sooner_than_one_with() throws Exception {
    try (var names =
        new HostNames(host -> host.equals("db.example") ? List.of("10.1.0.2") : List.of())) {
      names.resolve(Set.of("db.example", "gone.example"));
      assertThat(names.known()).containsOnlyKeys("db.example", "gone.example");

      for (var i = 0; i < 13; i++) {
        names.age();
      }
      assertThat(names.known()).containsOnlyKeys("db.example");

      for (var i = 0; i < 48; i++) {
        names.age();
      }
      assertThat(names.known()).isEmpty();
    }
  }
}
