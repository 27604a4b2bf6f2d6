package io.pgtopo.exporter.discover;

import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.InstanceRole;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An instance to declare.
 *
 * @param upstream the address for {@code pg_upstream}
 */
public record ProposedInstance(
    Sourced<Integer> seq,
    InstanceRole role,
    Endpoint endpoint,
    Optional<Sourced<String>> upstream,
    Duration delay) {

  /** The same with another number. */
  ProposedInstance numbered(Sourced<Integer> other) {
    return new ProposedInstance(other, role, endpoint, upstream, delay);
  }

  /** The same in another role. */
  ProposedInstance withRole(InstanceRole other) {
    return new ProposedInstance(seq, other, endpoint, upstream, delay);
  }

  /** The guesses in it; empty if there are none. */
  Optional<String> guess() {
    var guesses =
        Stream.concat(seq.guess().stream(), upstream.flatMap(Sourced::guess).stream()).toList();
    return guesses.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", guesses));
  }
}
