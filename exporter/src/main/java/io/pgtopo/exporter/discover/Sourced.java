package io.pgtopo.exporter.discover;

import java.util.Optional;

/**
 * A value, and how it is known.
 *
 * @param guess why it is a guess; empty if a server told it, or the user did
 */
public record Sourced<T>(T value, Optional<String> guess) {

  static <T> Sourced<T> told(T value) {
    return new Sourced<>(value, Optional.empty());
  }

  static <T> Sourced<T> guessed(T value, String why) {
    return new Sourced<>(value, Optional.of(why));
  }
}
