package io.pgtopo.exporter.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ResponseBudgetTest {
  private final ResponseBudget outgoing = new ResponseBudget(10, ctx -> {});

  private final AtomicInteger incomplete = new AtomicInteger();

  private InputStream send(ResponseBudget.Text text) {
    return outgoing.hold(
        text, new ByteArrayInputStream(new byte[] {1, 2, 3}), incomplete::incrementAndGet);
  }

  @Test
  void the_oldest_texts_give_way_to_a_new_one() throws IOException {
    var first = new ResponseBudget.Text(6);
    var one = send(first);
    var other = send(first);
    assertThat(one.read()).isEqualTo(1);

    var newer = send(new ResponseBudget.Text(6));

    assertThatThrownBy(one::read).isInstanceOf(IOException.class);
    assertThatThrownBy(other::readAllBytes).hasMessage("this answer was read too slowly");
    assertThat(newer.readAllBytes()).containsExactly(1, 2, 3);
    assertThat(outgoing.count()).isZero();
    assertThat(incomplete).hasValue(2);
  }

  @Test
  void many_readers_of_one_text_are_no_burden() throws IOException {
    var text = new ResponseBudget.Text(9);
    var first = send(text);
    for (var i = 0; i < 100; i++) {
      send(text);
    }
    assertThat(outgoing.count()).isEqualTo(101);
    assertThat(first.readAllBytes()).hasSize(3);
    assertThat(outgoing.count()).isEqualTo(100);
  }

  @Test
  void a_text_that_nobody_reads_any_more_does_not_count() throws IOException {
    var closed = send(new ResponseBudget.Text(6));
    closed.close();
    var second = send(new ResponseBudget.Text(4));

    var third = send(new ResponseBudget.Text(6));

    assertThat(second.readAllBytes()).hasSize(3);
    assertThat(third.readAllBytes()).hasSize(3);
  }

  @Test
  void one_that_is_larger_than_all_that_is_allowed_is_sent_alone() throws IOException {
    var small = send(new ResponseBudget.Text(1));

    var large = send(new ResponseBudget.Text(100));

    assertThat(large.readAllBytes()).hasSize(3);
    assertThatThrownBy(small::read).isInstanceOf(IOException.class);
  }
}
