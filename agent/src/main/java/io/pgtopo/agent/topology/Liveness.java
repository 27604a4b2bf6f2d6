package io.pgtopo.agent.topology;

import io.pgtopo.config.model.Endpoint;
import java.util.List;
import java.util.Locale;

/**
 * What a server that could not be looked at, and its replicas, tell of it.
 *
 * @param witnesses that the verdict rests on, in order; for {@link Verdict#UNKNOWN} those that
 *     still have a walreceiver for it; none where the server itself is the witness
 */
public record Liveness(Verdict verdict, List<Endpoint> witnesses) {

  /** Whether a server that did not answer the agent is there. */
  public enum Verdict {
    /** It answered, if only to refuse; or a replica heard from it after the agent began to try. */
    ALIVE,
    /** Every replica that wants it has lost it, and none has a link to it. */
    LOST,
    /** Nobody can tell. */
    UNKNOWN;

    /** Lower case, stable. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Liveness {
    witnesses = List.copyOf(witnesses);
  }
}
