package io.pgtopo.agent.observation;

import io.pgtopo.config.model.Endpoint;
import java.time.Instant;
import java.util.Optional;

/**
 * One connection to an address of a service, as a client makes it.
 *
 * @param window when, by the agent's clock
 */
public record Dial(Endpoint address, Window window, Answer answer) {

  /** What a client finds there. */
  public sealed interface Answer {

    /**
     * A server let the login in.
     *
     * @param systemId empty where {@code pg_control_system()} is refused
     * @param startedAt {@code pg_postmaster_start_time()}
     * @param port the setting {@code port}
     * @param serverAddress {@code inet_server_addr()} and {@code inet_server_port()}; empty through
     *     a Unix socket, as poolers connect
     */
    record Server(
        Optional<SystemId> systemId,
        Instant startedAt,
        int port,
        Optional<Endpoint> serverAddress,
        Recovery recovery)
        implements Answer {

      /** Whether it is the server of a poll: as {@link Identity#isSameServer}. */
      public boolean is(Identity polled) {
        return systemId
                .flatMap(own -> polled.systemId().ifSeen().filter(it -> !it.equals(own)))
                .isEmpty()
            && startedAt.equals(polled.startedAt())
            && port == polled.port();
      }
    }

    /** No server let the login in. */
    record Failed(Failure failure) implements Answer {}
  }

  /** {@code pg_is_in_recovery()}. */
  public enum Recovery {
    IN_PRODUCTION,
    IN_RECOVERY
  }
}
