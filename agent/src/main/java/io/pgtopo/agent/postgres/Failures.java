package io.pgtopo.agent.postgres;

import static java.util.Map.entry;

import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.Failure.Kind;
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

/** The table from SQLSTATEs and network exceptions to the kinds of failure. */
final class Failures {
  private Failures() {}

  /** The driver adds it to every refused connection. */
  private static final String ADVICE =
      " Check that the hostname and port are correct and that the postmaster is accepting TCP/IP"
          + " connections.";

  /** Messages of the driver without the reason, which its cause has. */
  private static final Pattern WITHOUT_REASON =
      Pattern.compile("^(The connection attempt failed|An I/O error|Something unusual)");

  /** SQLSTATEs with one meaning; 57P03 has several, which its message distinguishes. */
  private static final Map<String, Kind> BY_STATE =
      Map.ofEntries(
          entry("57P01", Kind.SHUTTING_DOWN),
          entry("57P02", Kind.CRASH_RECOVERY),
          entry("53300", Kind.TOO_MANY_CONNECTIONS),
          entry("3D000", Kind.AUTHENTICATION),
          entry("42501", Kind.PERMISSION),
          // The driver's own: TLS aside, the server requires a password or a method that is
          // missing.
          entry("08004", Kind.AUTHENTICATION),
          entry("08001", Kind.CONNECTION_LOST),
          entry("08003", Kind.CONNECTION_LOST),
          entry("08006", Kind.CONNECTION_LOST),
          entry("57014", Kind.HUNG),
          entry("55P03", Kind.HUNG));

  /** The failure of a poll, by its root cause. */
  static Failure of(SQLException failed) {
    var state = Optional.ofNullable(failed.getSQLState());
    var kind =
        byNetwork(failed)
            .or(() -> state.flatMap(code -> byState(code, message(failed))))
            .orElse(Kind.OTHER);
    var fromServer = state.filter(code -> !code.startsWith("08"));
    return new Failure(kind, message(failed), fromServer);
  }

  /** The failure of a lookup or a connection attempt without the driver. */
  static Failure of(IOException failed) {
    return Failure.of(byNetwork(failed).orElse(Kind.OTHER), String.valueOf(failed.getMessage()));
  }

  private static Optional<Kind> byNetwork(Throwable failed) {
    for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
      var kind =
          switch (cause) {
            case UnknownHostException unknown -> Kind.DNS;
            case NoRouteToHostException noRoute -> Kind.NO_ROUTE;
            case ConnectException refused -> byText(refused);
            case SocketTimeoutException timeout ->
                text(timeout).contains("connect") ? Kind.TIMEOUT : Kind.HUNG;
            case SSLException tls -> Kind.TLS;
            case EOFException lost -> Kind.CONNECTION_LOST;
            case SocketException lost -> byText(lost);
            default -> null;
          };
      if (kind != null) {
        return Optional.of(kind);
      }
    }
    return Optional.empty();
  }

  private static Kind byText(SocketException failed) {
    var text = text(failed);
    if (text.contains("refused")) {
      return Kind.REFUSED;
    }
    if (text.contains("unreachable") || text.contains("no route")) {
      return Kind.NO_ROUTE;
    }
    if (text.contains("timed out")) {
      return Kind.TIMEOUT;
    }
    return Kind.CONNECTION_LOST;
  }

  private static Optional<Kind> byState(String state, String message) {
    if (state.equals("57P03")) {
      return Optional.of(notNow(message.toLowerCase(Locale.ROOT)));
    }
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

  private static Kind notNow(String message) {
    if (message.contains("shutting down")) {
      return Kind.SHUTTING_DOWN;
    }
    if (message.contains("hot standby mode is disabled")) {
      return Kind.HOT_STANDBY_OFF;
    }
    return message.contains("in recovery mode") ? Kind.CRASH_RECOVERY : Kind.STARTING_UP;
  }

  /** The driver's message without its advice, and its cause's where the reason is there. */
  private static String message(SQLException failed) {
    var own = Objects.requireNonNullElse(failed.getMessage(), "").replace(ADVICE, "").strip();
    var cause = failed.getCause() == null ? null : failed.getCause().getMessage();
    var whole = cause != null && WITHOUT_REASON.matcher(own).find() ? own + " " + cause : own;
    return whole.replaceAll("\\s+", " ");
  }

  private static String text(Exception failed) {
    return Objects.requireNonNullElse(failed.getMessage(), "").toLowerCase(Locale.ROOT);
  }
}
