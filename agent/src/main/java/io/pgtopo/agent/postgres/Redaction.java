package io.pgtopo.agent.postgres;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Takes the passwords of the agent out of what a server says: whoever was told a password may
 * repeat it, as it is, percent-encoded, or with its quotes escaped.
 */
final class Redaction {
  private static final String HIDDEN = "***";

  /** A shorter word is no secret, and occurs in every message. */
  private static final int SHORTEST = 4;

  private static final Set<String> QUOTES = Set.of("'", "\"", "\\");

  private final Optional<Pattern> secrets;

  Redaction(Collection<String> passwords) {
    var forms =
        passwords.stream()
            .filter(password -> password.length() >= SHORTEST)
            .map(Redaction::anyForm)
            .collect(Collectors.joining("|"));
    secrets = forms.isEmpty() ? Optional.empty() : Optional.of(Pattern.compile(forms));
  }

  String of(String text) {
    return secrets.map(it -> it.matcher(text).replaceAll(HIDDEN)).orElse(text);
  }

  /** Whether neither it nor what led to it says a secret. */
  boolean isClean(@Nullable Throwable failed) {
    return failed == null
        || (of(failed.toString()).equals(failed.toString())
            && isClean(failed.getCause())
            && Stream.of(failed.getSuppressed()).allMatch(this::isClean));
  }

  private static String anyForm(String password) {
    return password
        .codePoints()
        .mapToObj(Character::toString)
        .map(Redaction::anyLetter)
        .collect(Collectors.joining());
  }

  /** A character: as it is, after a backslash, doubled if it quotes, or percent-encoded. */
  private static String anyLetter(String letter) {
    var encoded = new StringBuilder();
    for (var octet : letter.getBytes(StandardCharsets.UTF_8)) {
      encoded.append("%%(?i:%02x)".formatted(octet));
    }
    var plain = Pattern.quote(letter);
    var doubled = QUOTES.contains(letter) ? plain + plain + "|" : "";
    var space = letter.isBlank() ? "|\\s+|\\+" : "";
    return "(?:" + doubled + "\\\\?" + plain + "|" + encoded + space + ")";
  }
}
