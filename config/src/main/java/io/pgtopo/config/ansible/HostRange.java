package io.pgtopo.config.ansible;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Ansible's host patterns: {@code 10.10.10.[11:13]}, {@code db[a:c].example}, {@code host:22}. As
 * in Ansible, a pattern that is none of these is a name as it is written.
 */
public final class HostRange {
  static final int MAX_HOSTS = 100_000;

  private static final Pattern IN_BRACKETS = Pattern.compile("\\[(?<host>.+)]:[0-9]+");
  private static final Pattern WITH_PORT =
      Pattern.compile("(?<host>(?:[^:\\[\\]]|\\[[^]]*])*):[0-9]+");
  private static final Pattern RANGE = Pattern.compile("\\[[\\w]*:[\\w]+(?::[0-9]+)?]");
  private static final Pattern NAME =
      Pattern.compile(
          "\\w[\\w-]*(?<![_-])(?:\\.\\w[\\w-]*(?<![_-]))*", Pattern.UNICODE_CHARACTER_CLASS);
  private static final Pattern IP6 = Pattern.compile("[0-9a-fA-F]*:[0-9a-fA-F:]*:[0-9a-fA-F:.]*");

  /** In the order of Python's {@code string.ascii_letters}. */
  private static final String LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

  private HostRange() {}

  /**
   * The hosts that a pattern names, in Ansible's order; none if a range starts after its end.
   *
   * @throws IllegalArgumentException with what was found instead of a range
   */
  public static List<String> expand(String pattern) {
    var names = new ArrayList<String>();
    expand(withoutPort(pattern), names);
    return names;
  }

  /** Without the port of the SSH server, which says nothing about PostgreSQL. */
  private static String withoutPort(String pattern) {
    var inBrackets = IN_BRACKETS.matcher(pattern);
    var inner = inBrackets.matches() ? inBrackets.group("host") : pattern;
    var withPort = WITH_PORT.matcher(inner);
    var host = withPort.matches() ? withPort.group("host") : inner;
    var sample = RANGE.matcher(host).replaceAll("0");
    return NAME.matcher(sample).matches() || IP6.matcher(sample).matches() ? host : pattern;
  }

  private static void expand(String pattern, List<String> names) {
    var start = pattern.indexOf('[');
    if (start < 0) {
      names.add(pattern);
      return;
    }
    var end = pattern.indexOf(']', start);
    if (end < 0) {
      throw new IllegalArgumentException("a range without its end");
    }
    var bounds = pattern.substring(start + 1, end).split(":", -1);
    if (bounds.length < 2 || bounds.length > 3 || bounds[1].isEmpty()) {
      throw new IllegalArgumentException("a range that is not from:to or from:to:step");
    }
    var head = pattern.substring(0, start);
    var tail = pattern.substring(end + 1);
    for (var middle : steps(bounds[0], bounds[1], bounds.length == 3 ? number(bounds[2]) : 1)) {
      expand(head + middle + tail, names);
      refuseTooMany(names);
    }
  }

  private static List<String> steps(String from, String to, int step) {
    if (step <= 0) {
      throw new IllegalArgumentException("a step of " + step);
    }
    var isPadded = from.length() > 1 && from.startsWith("0");
    if (isPadded && from.length() != to.length()) {
      throw new IllegalArgumentException("a range from " + from + " to " + to);
    }
    var first = from.isEmpty() ? -1 : LETTERS.indexOf(from);
    var last = LETTERS.indexOf(to);
    var isLetters = first >= 0 && last >= 0;
    if (isLetters && first > last) {
      throw new IllegalArgumentException("a range from " + from + " down to " + to);
    }
    if (!isLetters) {
      first = number("0" + from);
      last = number(to);
    }
    var steps = new ArrayList<String>();
    for (var next = first; next <= last; next += step) {
      steps.add(isLetters ? LETTERS.substring(next, next + 1) : padded(next, isPadded ? to : ""));
      refuseTooMany(steps);
    }
    return steps;
  }

  private static void refuseTooMany(List<String> names) {
    if (names.size() > MAX_HOSTS) {
      throw new IllegalArgumentException("more than " + MAX_HOSTS + " hosts");
    }
  }

  /** With zeros in front, as wide as the model. */
  private static String padded(int number, String model) {
    var digits = Integer.toString(number);
    return "0".repeat(Math.max(0, model.length() - digits.length())) + digits;
  }

  private static int number(String digits) {
    if (digits.isEmpty()
        || digits.length() > 9
        || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw new IllegalArgumentException("\"" + digits + "\" for a number");
    }
    return Integer.parseInt(digits);
  }
}
