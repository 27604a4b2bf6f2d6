package io.pgtopo.agent.observation;

import java.util.Locale;
import java.util.Optional;

/**
 * Why a server could not be looked at.
 *
 * @param message the text of the server, the driver or the network; never holds a password
 * @param sqlState the server's SQLSTATE, where a server answered
 */
public record Failure(Kind kind, String message, Optional<String> sqlState) {

  /** A failure that no server told of. */
  public static Failure of(Kind kind, String message) {
    return new Failure(kind, message, Optional.empty());
  }

  /** The class of a failure; its label is a metric label and an API value. */
  public enum Kind {
    /** Nothing listens there. */
    REFUSED,
    /** The network knows no way there. */
    NO_ROUTE,
    /**
     * No answer at all to the attempt to connect: a firewall, a dead host, or a server that has
     * been {@link #HUNG} for so long that its queue of connections is full.
     */
    TIMEOUT,
    /**
     * TCP connects, PostgreSQL stays silent: stopped, overloaded, or something else listens. Or it
     * gives up on the statement itself (57014, 55P03).
     */
    HUNG,
    /** 57P03: starting, or replaying WAL before it is consistent. */
    STARTING_UP,
    /** 57P01, 57P03: shutting down. */
    SHUTTING_DOWN,
    /** 57P02, 57P03: a backend crashed and the server reinitialises. */
    CRASH_RECOVERY,
    /** 57P03: a standby that takes no queries ({@code hot_standby = off}). */
    HOT_STANDBY_OFF,
    /** 53300: no connection left for the agent. The server is alive. */
    TOO_MANY_CONNECTIONS,
    /** 28xxx, 3D000, or a password is wanted and none known: no login. The server is alive. */
    AUTHENTICATION,
    /** 42501: logged in, but a fact that everybody may see is withheld. The server is alive. */
    PERMISSION,
    /** No TLS where the settings ask for it, an untrusted certificate, or nothing to trust by. */
    TLS,
    /** The host name has no address, or the name server stays silent. */
    DNS,
    /** The connection broke during the query. */
    CONNECTION_LOST,
    /** Anything else; the message tells. */
    OTHER;

    /** Whether PostgreSQL itself answered, and so is there. */
    public boolean isAnswer() {
      return switch (this) {
        case STARTING_UP,
            SHUTTING_DOWN,
            CRASH_RECOVERY,
            HOT_STANDBY_OFF,
            TOO_MANY_CONNECTIONS,
            AUTHENTICATION,
            PERMISSION ->
            true;
        case REFUSED, NO_ROUTE, TIMEOUT, HUNG, TLS, DNS, CONNECTION_LOST, OTHER -> false;
      };
    }

    /** Lower case, stable. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
