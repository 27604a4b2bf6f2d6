package io.pgtopo.agent.observation;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The setting {@code synchronous_standby_names}: how many standbys a commit waits for, and which.
 *
 * @param needed at least 1
 * @param names the application names; {@code *} for any
 */
public record SynchronousStandbys(Method method, int needed, List<String> names) {

  /** How the synchronous ones among them are chosen. */
  public enum Method {
    FIRST,
    ANY
  }

  private static final Pattern COUNTED =
      Pattern.compile("(?is)\\s*(?:(first|any)\\s+)?(\\d+)\\s*\\((.*)\\)\\s*");
  private static final Pattern NAME =
      Pattern.compile("\\s*(?:\"((?:[^\"]|\"\")*)\"|([^\",\\s]+))\\s*");

  public SynchronousStandbys {
    names = List.copyOf(names);
  }

  /** Reads the setting; empty if no standby is synchronous, or if it is not understood. */
  public static Optional<SynchronousStandbys> parse(String setting) {
    if (setting.isBlank()) {
      return Optional.empty();
    }
    var counted = COUNTED.matcher(setting);
    if (!counted.matches()) {
      return names(setting).map(names -> new SynchronousStandbys(Method.FIRST, 1, names));
    }
    var method = "any".equalsIgnoreCase(counted.group(1)) ? Method.ANY : Method.FIRST;
    return counted.group(2).length() > 9
        ? Optional.empty()
        : names(counted.group(3))
            .map(
                names -> new SynchronousStandbys(method, Integer.parseInt(counted.group(2)), names))
            .filter(standbys -> standbys.needed > 0);
  }

  private static Optional<List<String>> names(String list) {
    var matcher = NAME.matcher(list);
    var names = Stream.<String>builder();
    var at = 0;
    while (matcher.find(at) && matcher.start() == at) {
      names.add(
          matcher.group(1) == null ? matcher.group(2) : matcher.group(1).replace("\"\"", "\""));
      if (matcher.end() == list.length()) {
        return Optional.of(names.build().toList());
      }
      if (list.charAt(matcher.end()) != ',') {
        return Optional.empty();
      }
      at = matcher.end() + 1;
    }
    return Optional.empty();
  }
}
