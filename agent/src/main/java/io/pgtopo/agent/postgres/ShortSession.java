package io.pgtopo.agent.postgres;

import io.pgtopo.agent.observation.AgentClock;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.OutOfFilesError;
import io.pgtopo.config.model.Endpoint;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeoutException;

/**
 * Connects to an address for one question, and closes the connection.
 *
 * <p>It speaks the simple protocol and sets nothing, so that a pooler may stand in between. It
 * sends no password to what asks for it in the clear.
 */
final class ShortSession {
  private static final Set<Thread.State> WAITING =
      EnumSet.of(Thread.State.WAITING, Thread.State.TIMED_WAITING);

  private final Duration deadline;
  private final Login login;
  private final AgentClock clock;

  /** What is asked. */
  interface Question<T> {
    T ask(Connection connection) throws SQLException;
  }

  /** What came of it. */
  sealed interface Outcome<T> {
    record Answered<T>(T answer) implements Outcome<T> {}

    /**
     * It was not answered.
     *
     * @param failure without the password
     */
    record Failed<T>(Failure failure) implements Outcome<T> {}
  }

  /**
   * One that has asked nothing.
   *
   * @param deadline of a connection with its question, whatever answers; more than a second
   */
  ShortSession(io.pgtopo.config.settings.Connection settings, Duration deadline, AgentClock clock) {
    this.deadline = deadline;
    this.login = new Login(settings, deadline);
    this.clock = clock;
  }

  /** Never throws. */
  <T> Outcome<T> ask(Endpoint address, String database, Question<T> question) {
    var properties = login.to(address);
    properties.setProperty("preferQueryMode", "simple");
    // What accepts and then says nothing is told apart from a network that loses all.
    properties.setProperty("connectTimeout", "1");
    var url = Login.url(address, database);
    var task = new FutureTask<>(() -> ask(url, properties, question));
    var thread = Thread.ofVirtual().name("question to " + address).start(task);
    try {
      return new Outcome.Answered<>(
          new WaitTime(deadline, clock::steady)
              .await(task, () -> WAITING.contains(thread.getState())));
    } catch (ExecutionException failed) {
      if (Failures.isOutOfFiles(failed)) {
        return failed(Failure.Kind.AGENT_SLOW, OutOfFilesError.MESSAGE);
      }
      var redaction = login.redaction(address, database);
      var failure = JdbcProbe.failure(address, failed.getCause());
      return new Outcome.Failed<>(
          new Failure(failure.kind(), redaction.of(failure.message()), failure.sqlState()));
    } catch (TimeoutException silent) {
      task.cancel(true);
      return failed(
          Failure.Kind.HUNG,
          "%s accepts connections, but did not answer within %d ms"
              .formatted(address, deadline.toMillis()));
    } catch (InterruptedException cancelled) {
      task.cancel(true);
      Thread.currentThread().interrupt();
      return failed(Failure.Kind.AGENT_SLOW, "it was interrupted");
    }
  }

  private static <T> Outcome<T> failed(Failure.Kind kind, String message) {
    return new Outcome.Failed<>(Failure.of(kind, message));
  }

  private static <T> T ask(String url, Properties login, Question<T> question) throws SQLException {
    try (var connection = DriverManager.getConnection(url, login)) {
      return question.ask(connection);
    }
  }
}
