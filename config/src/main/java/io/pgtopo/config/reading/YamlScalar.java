package io.pgtopo.config.reading;

import io.pgtopo.config.model.Printable;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Text as a YAML 1.1 scalar in a flow map. */
public final class YamlScalar {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]*");
  private static final Set<String> WORDS =
      Set.of("y", "n", "yes", "no", "on", "off", "true", "false", "null");

  private YamlScalar() {}

  /** Plain where that is possible, otherwise in quotes. */
  public static String of(String text) {
    if (PLAIN.matcher(text).matches() && !WORDS.contains(text.toLowerCase(Locale.ROOT))) {
      return text;
    }
    // Otherwise a template for Ansible.
    return (text.contains("{{") || text.contains("{%") ? "!unsafe " : "") + quoted(text);
  }

  /** In double quotes. */
  public static String quoted(String text) {
    return text.codePoints()
        .mapToObj(YamlScalar::escaped)
        .collect(Collectors.joining("", "\"", "\""));
  }

  private static String escaped(int letter) {
    if (letter == '"' || letter == '\\') {
      return "\\" + Character.toString(letter);
    }
    return Printable.isShown(letter) ? Character.toString(letter) : "\\U%08x".formatted(letter);
  }
}
