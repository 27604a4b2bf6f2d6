package io.pgtopo.agent.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.observation.Failure;
import java.net.ConnectException;
import java.net.SocketException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class NewConnectionTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration INTERVAL = Duration.ofSeconds(10);

  @Test
  void a_refused_attempt_is_a_refusal_until_one_succeeds() throws InterruptedException {
    var answer = new AtomicReference<>(Optional.of(failed(new ConnectException("refused"))));
    var connection = connection(answer);

    assertThat(attempt(connection).map(Failure::kind)).contains(Failure.Kind.REFUSED);

    answer.set(Optional.empty());
    assertThat(attempt(connection)).isEmpty();
  }

  @Test
  void a_limit_of_the_agent_is_no_refusal_of_the_server() throws InterruptedException {
    var answer =
        new AtomicReference<>(Optional.of(failed(new SocketException("Too many open files"))));

    assertThat(attempt(connection(answer))).isEmpty();
  }

  private static SQLException failed(Exception cause) {
    return new SQLException("The connection attempt failed.", "08001", cause);
  }

  private static NewConnection connection(AtomicReference<Optional<SQLException>> answer) {
    return new NewConnection(
        "10.0.0.1:5432",
        () -> {
          var failure = answer.get();
          if (failure.isPresent()) {
            throw failure.get();
          }
        });
  }

  private static Optional<Failure> attempt(NewConnection connection) throws InterruptedException {
    connection.tryIfDue(NOW, INTERVAL);
    connection.await(Duration.ofSeconds(50));
    return connection.refusal();
  }
}
