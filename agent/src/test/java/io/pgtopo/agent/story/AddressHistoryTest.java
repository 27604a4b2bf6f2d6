package io.pgtopo.agent.story;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.topology.AddressBook;
import io.pgtopo.agent.topology.AddressHistory;
import io.pgtopo.agent.topology.Inference;
import java.util.List;
import org.junit.jupiter.api.Test;

class AddressHistoryTest {
  private static final String ONE = "production: 0/5, started: 1s, data_directory: /pg/one";
  private static final String TWO = "production: 0/5, started: 2s, data_directory: /pg/two";

  /** One poll of pg-test-1, pg-test-2 and the address pg-test-9. */
  private static AddressHistory poll(AddressHistory before, String one, String two, String nine) {
    var story =
        Story.parse(
            """
            story: A story for a test.
            inventory: { pg-test: { pg-test-1: primary, pg-test-2: replica, pg-test-9: replica } }
            phases:
              - say: So it is.
                at: 0s
                observe: { pg-test-1: %s, pg-test-2: %s, pg-test-9: %s }
                expect: { roles: [] }
            """
                .formatted(one, two, nine));
    var observations = new Stage(story.cast()).observations(story.phases().getFirst());
    var book = AddressBook.of(story.inventory()).without(before.shared());
    return before.next(observations, Inference.infer(observations, book));
  }

  private static String at(String facts, String answersFrom) {
    return "{ %s, answers_from: %s }".formatted(facts, answersFrom);
  }

  private static final String FIRST = at(ONE, "10.1.0.1");
  private static final String SECOND = at(TWO, "10.1.0.2");

  private static List<String> shared(AddressHistory history) {
    return history.shared().stream().map(Object::toString).toList();
  }

  @Test
  void an_address_that_was_a_second_one_of_two_living_servers_is_shared() {
    var before = poll(AddressHistory.EMPTY, FIRST, SECOND, FIRST);
    assertThat(shared(before)).isEmpty();

    assertThat(shared(poll(before, FIRST, SECOND, SECOND))).containsExactly("10.1.0.9:5432");
  }

  @Test
  void one_that_moved_away_from_a_dead_server_is_shared_once_that_is_back() {
    var failedOver =
        poll(poll(AddressHistory.EMPTY, FIRST, SECOND, FIRST), "refused", SECOND, SECOND);
    assertThat(shared(failedOver)).isEmpty();

    assertThat(shared(poll(failedOver, at(ONE.replace("1s", "8s"), "10.1.0.1"), SECOND, SECOND)))
        .containsExactly("10.1.0.9:5432");
  }

  @Test
  void an_address_that_is_silent_for_a_while_is_what_it_was() {
    var history = poll(AddressHistory.EMPTY, FIRST, SECOND, FIRST);
    history = poll(history, FIRST, SECOND, "timeout");

    assertThat(shared(poll(history, FIRST, SECOND, FIRST))).isEmpty();
  }

  @Test
  void one_that_led_to_one_server_for_long_is_as_good_as_any_other() {
    var history = poll(AddressHistory.EMPTY, FIRST, SECOND, FIRST);
    history = poll(history, FIRST, SECOND, SECOND);
    for (var i = 0; i < 720; i++) {
      assertThat(shared(history)).hasSize(1);
      history = poll(history, FIRST, SECOND, SECOND);
    }

    assertThat(shared(poll(history, FIRST, SECOND, SECOND))).isEmpty();
  }
}
