package io.pgtopo.agent.postgres;

import static java.util.Map.entry;

import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.Failure.Kind;
import io.pgtopo.agent.observation.OutOfFilesError;
import io.pgtopo.agent.postgres.AnswerLimit.TooLargeException;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;

/** The table from SQLSTATEs and network exceptions to the kinds of failure. */
final class Failures {
  private Failures() {}

  /** The driver adds it to every refused connection. */
  private static final String ADVICE =
      " Check that the hostname and port are correct and that the postmaster is accepting TCP/IP"
          + " connections.";

  /** PostgreSQL's own messages are shorter, and all are kept, logged and shown. */
  private static final int MOST_CHARACTERS = 1000;

  /** Messages of the driver without the reason, which its cause has. */
  private static final Pattern WITHOUT_REASON =
      Pattern.compile("^(The connection attempt failed|An I/O error|Something unusual)");

  /**
   * SQLSTATEs. A message is never read: its language is the server's. So 57P03 has one kind for a
   * server that starts, that shuts down, and a standby that takes no queries.
   */
  private static final Map<String, Kind> BY_STATE =
      Map.ofEntries(
          entry("57P03", Kind.CANNOT_CONNECT_NOW),
          entry("53300", Kind.TOO_MANY_CONNECTIONS),
          entry("3D000", Kind.AUTHENTICATION),
          entry("42501", Kind.PERMISSION),
          // The driver's own: TLS aside, the server requires a password or a method that is
          // missing.
          entry("08004", Kind.AUTHENTICATION),
          entry("08001", Kind.CONNECTION_LOST),
          entry("08003", Kind.CONNECTION_LOST),
          entry("08006", Kind.CONNECTION_LOST));

  /** The failure of a poll, by its root cause. */
  static Failure of(SQLException failed) {
    var state = Optional.ofNullable(failed.getSQLState());
    // A pooler has an 08P01 of its own for a server that it does not reach.
    var fromServer = state.filter(code -> isFromServer(failed) && !code.startsWith("08"));
    var kind =
        byNetwork(failed)
            .or(() -> state.flatMap(code -> byState(code, message(failed))))
            .orElse(fromServer.isPresent() ? Kind.ERROR : Kind.OTHER);
    return new Failure(kind, message(failed), fromServer);
  }

  private static boolean isFromServer(@Nullable Throwable failed) {
    return failed != null
        && ((failed instanceof PSQLException it && it.getServerErrorMessage() != null)
            || isFromServer(failed.getCause()));
  }

  /** The failure of a lookup or a connection attempt without the driver. */
  static Failure of(IOException failed) {
    return Failure.of(byNetwork(failed).orElse(Kind.OTHER), String.valueOf(failed.getMessage()));
  }

  /** Whether the operating system gave no socket. */
  static boolean isOutOfFiles(@Nullable Throwable failed) {
    return failed != null
        && ((failed instanceof IOException it && OutOfFilesError.isReason(it.getMessage()))
            || isOutOfFiles(failed.getCause()));
  }

  private static Optional<Kind> byNetwork(Throwable failed) {
    for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
      var kind =
          switch (cause) {
            case UnknownHostException unknown -> Kind.DNS;
            case NoRouteToHostException noRoute -> Kind.NO_ROUTE;
            // The system's own time-out is the other reason; its text has the agent's language.
            case ConnectException refused -> byText(refused, Kind.REFUSED);
            case SocketTimeoutException timeout ->
                text(timeout).contains("connect") ? Kind.TIMEOUT : Kind.HUNG;
            case SSLException tls -> Kind.TLS;
            case TooLargeException tooLarge -> Kind.TOO_LARGE;
            case OutOfMemoryError tooLarge -> Kind.TOO_LARGE;
            case EOFException lost -> Kind.CONNECTION_LOST;
            case SocketException lost -> byText(lost, Kind.CONNECTION_LOST);
            default -> null;
          };
      if (kind != null) {
        return Optional.of(kind);
      }
    }
    return Optional.empty();
  }

  private static Kind byText(SocketException failed, Kind otherwise) {
    var text = text(failed);
    if (text.contains("unreachable") || text.contains("no route")) {
      return Kind.NO_ROUTE;
    }
    if (text.contains("timed out")) {
      return Kind.TIMEOUT;
    }
    return otherwise;
  }

  private static Optional<Kind> byState(String state, String message) {
    if (state.startsWith("28")) {
      return Optional.of(Kind.AUTHENTICATION);
    }
    // 08P01: another program listens there, without PostgreSQL's protocol.
    // The driver's messages are translated, but this word is the same in all languages.
    if (state.startsWith("08") && !state.equals("08P01") && message.contains("SSL")) {
      return Optional.of(Kind.TLS);
    }
    return Optional.ofNullable(BY_STATE.get(state));
  }

  /** The driver's message without its advice, and its cause's where the reason is there. */
  private static String message(SQLException failed) {
    if (failed.getCause() instanceof TooLargeException tooLarge) {
      return String.valueOf(tooLarge.getMessage());
    }
    var own = Objects.requireNonNullElse(failed.getMessage(), "").replace(ADVICE, "").strip();
    var cause = failed.getCause() == null ? null : failed.getCause().getMessage();
    var whole = cause != null && WITHOUT_REASON.matcher(own).find() ? own + " " + cause : own;
    return shortened(whole).replaceAll("\\s+", " ");
  }

  private static String shortened(String message) {
    return message.length() > MOST_CHARACTERS
        ? message.substring(0, MOST_CHARACTERS) + " ..."
        : message;
  }

  private static String text(Exception failed) {
    return Objects.requireNonNullElse(failed.getMessage(), "").toLowerCase(Locale.ROOT);
  }
}
