package io.pgtopo.config.model;

import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A kind of drift that is accepted for some clusters, instances or parts until a time. */
public record IgnoreRule(String kind, Where where, String owner, String reason, Instant until) {

  /**
   * Patterns of names: {@code *} matches any text, {@code ?} one character.
   *
   * @param instance empty for any, and for drift of a cluster as a whole
   * @param part name of a database, role, slot or service; empty for any, and for none
   */
  public record Where(String cluster, Optional<String> instance, Optional<String> part) {

    @Override
    public String toString() {
      return Stream.of(Optional.of(cluster), instance, part)
          .flatMap(Optional::stream)
          .collect(Collectors.joining(" "));
    }

    public boolean isIn(String name) {
      return isLike(cluster, name);
    }

    public boolean isAt(Optional<String> name) {
      return isLike(instance, name);
    }

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

  public boolean hasExpired(Instant now) {
    return !now.isBefore(until);
  }
}
