package io.pgtopo.agent.observation;

import io.pgtopo.config.model.Labelled;
import java.util.Optional;

/**
 * Why a poll of a server failed.
 *
 * @param message the text of the server, the driver or the network; never holds a password
 * @param sqlState the server's SQLSTATE, where a server answered
 */
public record Failure(Kind kind, String message, Optional<String> sqlState) {

  /** A failure without an SQLSTATE: no server answered. */
  public static Failure of(Kind kind, String message) {
    return new Failure(kind, message, Optional.empty());
  }

  /**
   * 57P03: the server does not accept connections yet, or no longer. One that answers on a kept
   * connection is shutting down.
   */
  public boolean isCannotConnectNow() {
    return sqlState.equals(Optional.of("57P03"));
  }

  /**
   * Whether something, or nothing, is known to stand at the address that is no server for clients:
   * the network was not in the way, and PostgreSQL did not answer.
   */
  public boolean isNoServer() {
    return switch (kind) {
      case REFUSED, HUNG, CONNECTION_LOST, TOO_LARGE, MALFORMED, OTHER -> true;
      case NO_ROUTE,
          TIMEOUT,
          CANNOT_CONNECT_NOW,
          TOO_MANY_CONNECTIONS,
          AUTHENTICATION,
          PERMISSION,
          TLS,
          DNS,
          ERROR,
          AGENT_SLOW,
          AGENT_BUG ->
          false;
    };
  }

  /** The class of a failure; its label is a metric label and an API value. */
  public enum Kind implements Labelled {
    /** Connection refused: no process listens at the address. */
    REFUSED,
    /** The network has no route to the address. */
    NO_ROUTE,
    /**
     * No answer to the connection attempt: a firewall, a host that is down, or a server that has
     * been {@link #HUNG} until its connection backlog was full.
     */
    TIMEOUT,
    /**
     * TCP connects and PostgreSQL does not answer: suspended, overloaded, or another program
     * listens.
     */
    HUNG,
    /**
     * 57P03: the server starts or recovers, shuts down, or is a standby that takes no queries
     * ({@code hot_standby = off}). The server is alive; its message says which.
     */
    CANNOT_CONNECT_NOW,
    /** 53300: all connections are in use. The server is alive. */
    TOO_MANY_CONNECTIONS,
    /** 28xxx, 3D000, or a password is required and none is set. The server is alive. */
    AUTHENTICATION,
    /** 42501: logged in, but a view that is public by default is denied. The server is alive. */
    PERMISSION,
    /** No TLS where the settings require it, an untrusted certificate, or no root certificate. */
    TLS,
    /** The host name has no address, or the name server does not answer. */
    DNS,
    /** The connection broke during the query. */
    CONNECTION_LOST,
    /**
     * It sent, or announced, more than the answer of a server may have: perhaps another program
     * listens.
     */
    TOO_LARGE,
    /** It answered with a value that PostgreSQL never answers, such as a port below 0. */
    MALFORMED,
    /** Any other SQLSTATE, such as a statement that was cancelled. The server is alive. */
    ERROR,
    /**
     * This agent itself was too slow to poll the server, or at a limit of its own, which says
     * nothing of the server or the network.
     */
    AGENT_SLOW,
    /** A bug of this agent: what the server answered, or its cluster, could not be evaluated. */
    AGENT_BUG,
    /** Anything else; see the message. */
    OTHER;

    /** Whether it is the agent's own: then nothing is known of the server. */
    public boolean isOwn() {
      return this == AGENT_SLOW || this == AGENT_BUG;
    }

    /** Whether PostgreSQL itself answered, and so is running. */
    public boolean isAnswer() {
      return switch (this) {
        case CANNOT_CONNECT_NOW, TOO_MANY_CONNECTIONS, AUTHENTICATION, PERMISSION, ERROR -> true;
        case REFUSED,
            NO_ROUTE,
            TIMEOUT,
            HUNG,
            TLS,
            DNS,
            CONNECTION_LOST,
            TOO_LARGE,
            MALFORMED,
            AGENT_SLOW,
            AGENT_BUG,
            OTHER ->
            false;
      };
    }
  }
}
