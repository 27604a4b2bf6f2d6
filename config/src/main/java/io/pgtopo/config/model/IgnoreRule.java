package io.pgtopo.config.model;

import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A kind of drift that somebody accepts in some place for some time.
 *
 * @param where the place
 * @param until when it stops to work
 */
public record IgnoreRule(String kind, Where where, String owner, String reason, Instant until) {

  /**
   * Some clusters, instances and parts of them, by names in which {@code *} stands for any text and
   * {@code ?} for a character.
   *
   * @param instance empty for any, and for what is about a cluster as a whole
   * @param part of a database, role, slot or service the name; empty for any, and for none
   */
  public record Where(String cluster, Optional<String> instance, Optional<String> part) {

    /** {@code pg-* pg-test-1 orders}, as far as it is given. */
    @Override
    public String toString() {
      return Stream.of(Optional.of(cluster), instance, part)
          .flatMap(Optional::stream)
          .collect(Collectors.joining(" "));
    }

    /** Whether a cluster is among them. */
    public boolean isIn(String name) {
      return isLike(cluster, name);
    }

    /** Whether an instance is. */
    public boolean isAt(Optional<String> name) {
      return isLike(instance, name);
    }

    /** Whether a part is. */
    public boolean isOf(Optional<String> name) {
      return isLike(part, name);
    }

    private static boolean isLike(Optional<String> wanted, Optional<String> name) {
      return wanted.isEmpty() || name.filter(given -> isLike(wanted.get(), given)).isPresent();
    }

    private static boolean isLike(String wanted, String name) {
      var pattern =
          wanted
              .codePoints()
              .mapToObj(
                  letter ->
                      switch (letter) {
                        case '*' -> ".*";
                        case '?' -> ".";
                        default -> Pattern.quote(Character.toString(letter));
                      })
              .collect(Collectors.joining());
      return Pattern.compile(pattern, Pattern.DOTALL).matcher(name).matches();
    }
  }

  /** Whether it does not work any more. */
  public boolean hasExpired(Instant now) {
    return !now.isBefore(until);
  }
}
