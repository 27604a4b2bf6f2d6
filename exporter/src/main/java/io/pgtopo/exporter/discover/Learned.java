package io.pgtopo.exporter.discover;

import java.util.Optional;

/**
 * A value, and how it is known.
 *
 * @param guess why it is a guess; empty if a server told it, or the user did
 */
public record Learned<T>(T value, Optional<String> guess) {

  static <T> Learned<T> told(T value) {
    return new Learned<>(value, Optional.empty());
  }

  static <T> Learned<T> guessed(T value, String why) {
    return new Learned<>(value, Optional.of(why));
  }
}
