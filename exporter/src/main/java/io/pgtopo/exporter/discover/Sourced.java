package io.pgtopo.exporter.discover;

import java.util.Optional;

/**
 * A value and its source.
 *
 * @param guess why it is a guess; empty if a server reported it or the user gave it
 */
public record Sourced<T>(T value, Optional<String> guess) {

  static <T> Sourced<T> reported(T value) {
    return new Sourced<>(value, Optional.empty());
  }

  static <T> Sourced<T> guessed(T value, String why) {
    return new Sourced<>(value, Optional.of(why));
  }
}
