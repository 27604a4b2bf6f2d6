package io.pgtopo.agent.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RetryTest {
  private final SQLException promoted =
      new SQLException("ERROR: recovery is not in progress", "55000");
  private final SQLException broken =
      new SQLException("An I/O error occurred", "08006", new EOFException());
  private final SQLException refused = new SQLException("FATAL: no such role", "28000");

  /** A server that fails so often, and answers then. */
  private static final class Server {
    private final Deque<SQLException> failures;
    private int queries;

    Server(SQLException... failures) {
      this.failures = new ArrayDeque<>(List.of(failures));
    }

    String query() throws SQLException {
      queries++;
      var next = Optional.ofNullable(failures.poll());
      if (next.isPresent()) {
        throw next.get();
      }
      return "facts";
    }
  }

  @Test
  void a_poll_is_repeated_after_a_promotion_within_the_statement()
      throws SQLException, IOException, InterruptedException {
    for (var attempts : Retry.values()) {
      var server = new Server(promoted);

      assertThat(attempts.run(server::query, () -> false)).isEqualTo("facts");
      assertThat(server.queries).isEqualTo(2);
    }
  }

  @Test
  void a_connection_that_broke_while_it_was_idle_is_replaced()
      throws SQLException, IOException, InterruptedException {
    var server = new Server(broken);

    assertThat(Retry.ON_KEPT_CONNECTION.run(server::query, () -> true)).isEqualTo("facts");
  }

  @Test
  void a_new_connection_that_breaks_is_a_failure() {
    var server = new Server(broken);

    assertThatThrownBy(() -> Retry.ON_NEW_CONNECTION.run(server::query, () -> true))
        .isSameAs(broken);
    assertThat(server.queries).isEqualTo(1);
  }

  @Test
  void there_is_no_third_attempt() {
    var server = new Server(broken, promoted);

    assertThatThrownBy(() -> Retry.ON_KEPT_CONNECTION.run(server::query, () -> true))
        .isSameAs(promoted);
    assertThat(server.queries).isEqualTo(2);
  }

  @Test
  void a_refusal_is_final() {
    for (var attempts : Retry.values()) {
      var server = new Server(refused);

      assertThatThrownBy(() -> attempts.run(server::query, () -> false)).isSameAs(refused);
      assertThat(server.queries).isEqualTo(1);
    }
  }
}
