package io.pgtopo.agent.observation;

import java.util.Optional;
import java.util.function.Function;

/**
 * A fact that a missing privilege can hide. "None" and "not allowed to see" are different facts.
 */
public sealed interface Reading<T> {

  /** The fact itself. */
  record Seen<T>(T value) implements Reading<T> {}

  /**
   * It exists, or may exist, but is hidden.
   *
   * @param reason what is missing, with the GRANT that would show it
   */
  record Denied<T>(String reason) implements Reading<T> {}

  /** A fact that was seen. */
  static <T> Reading<T> seen(T value) {
    return new Seen<>(value);
  }

  /** A fact that is hidden. */
  static <T> Reading<T> denied(String reason) {
    return new Denied<>(reason);
  }

  /** What follows from the fact; hidden for the same reason. */
  default <R> Reading<R> map(Function<T, R> change) {
    return switch (this) {
      case Seen<T>(var value) -> seen(change.apply(value));
      case Denied<T>(var reason) -> denied(reason);
    };
  }

  /** The fact, or empty where it is hidden: only where both mean the same to the caller. */
  default Optional<T> ifSeen() {
    return this instanceof Seen<T>(var value) ? Optional.of(value) : Optional.empty();
  }
}
