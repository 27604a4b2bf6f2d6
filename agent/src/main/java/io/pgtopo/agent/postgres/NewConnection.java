package io.pgtopo.agent.postgres;

import io.pgtopo.agent.observation.Failure;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.postgresql.util.PSQLException;

/**
 * Whether a server accepts new connections while the kept one goes on to answer: a postmaster that
 * hangs, a smart shutdown and a full {@code max_connections} leave kept connections as they are.
 *
 * <p>Attempts have a schedule of their own; a poll reports the last one that ended, and waits only
 * while the server refuses connections, so that the end of that shows at once. Any thread may call
 * it.
 */
final class NewConnection {
  /** Failures that concern no other client, or not the server. */
  private static final Set<Failure.Kind> OF_OWN_LOGIN =
      EnumSet.of(
          Failure.Kind.AUTHENTICATION, Failure.Kind.PERMISSION, Failure.Kind.TLS, Failure.Kind.DNS);

  /**
   * The C functions that refuse a login for a limit of its own role or database, which concerns no
   * other client. Unlike the message, their names are the same in all languages.
   */
  private static final Set<String> OWN_LIMIT = Set.of("InitializeSessionUserId", "CheckMyDatabase");

  private static final CountDownLatch ENDED = new CountDownLatch(0);

  /** Opens a connection and closes it. */
  interface Attempt {
    void run() throws SQLException, IOException, InterruptedException;
  }

  private final String server;
  private final Attempt attempt;
  private final AtomicReference<CountDownLatch> underWay = new AtomicReference<>(ENDED);
  private volatile Instant last = Instant.EPOCH;
  private volatile Optional<Failure> refusal = Optional.empty();

  NewConnection(String server, Attempt attempt) {
    this.server = server;
    this.attempt = attempt;
  }

  /** Why the last attempt failed; empty if it succeeded, or says nothing of other clients. */
  Optional<Failure> refusal() {
    return refusal;
  }

  /** A connection was opened anyway. */
  void opened(Instant now) {
    last = now;
    refusal = Optional.empty();
  }

  /** Starts an attempt if the last one is old enough, or if it failed. */
  void tryIfDue(Instant now, Duration interval) {
    var isDue = refusal.isPresent() || !now.isBefore(last.plus(interval));
    var earlier = underWay.get();
    var next = new CountDownLatch(1);
    if (isDue && earlier.getCount() == 0 && underWay.compareAndSet(earlier, next)) {
      last = now;
      Thread.ofVirtual().name("new connection to " + server).start(() -> run(next));
    }
  }

  /** Gives an attempt that is under way some time to end. */
  void await(Duration most) throws InterruptedException {
    underWay.get().await(most.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void run(CountDownLatch end) {
    try {
      attempt.run();
      refusal = Optional.empty();
    } catch (SQLException failed) {
      refusal = refusal(failed);
    } catch (IOException | InterruptedException unknown) {
      refusal = Optional.empty();
    } finally {
      end.countDown();
    }
  }

  private static Optional<Failure> refusal(SQLException failed) {
    var failure = Failures.of(failed);
    return OF_OWN_LOGIN.contains(failure.kind())
            || isOwnLimit(failed)
            || Failures.isOutOfFiles(failed)
        ? Optional.empty()
        : Optional.of(failure);
  }

  private static boolean isOwnLimit(SQLException failed) {
    return failed instanceof PSQLException refused
        && refused.getServerErrorMessage() != null
        && OWN_LIMIT.contains(String.valueOf(refused.getServerErrorMessage().getRoutine()));
  }
}
