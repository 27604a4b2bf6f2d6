package io.pgtopo.config.ansible;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Ansible's host patterns: {@code 10.10.10.[11:13]}, {@code db[a:c].example}, {@code host:22}. */
public final class HostRange {
  static final int MAX_HOSTS = 100_000;

  private static final Pattern SSH_PORT = Pattern.compile("(?<host>\\[.*]|.*[^:]):\\d+");
  private static final Pattern RANGE =
      Pattern.compile("(?<head>.*?)\\[(?<from>\\w*):(?<to>\\w+)(?::(?<step>\\d+))?](?<tail>.*)");

  private HostRange() {}

  /**
   * The hosts that a pattern names, in Ansible's order.
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
    var match = SSH_PORT.matcher(pattern);
    if (!match.matches()) {
      return pattern;
    }
    var host = match.group("host");
    var outside = host.replaceAll("\\[[^]]*]", "");
    if (outside.indexOf(':') >= 0) {
      return pattern;
    }
    return outside.isEmpty() && host.indexOf(':') != host.lastIndexOf(':')
        ? host.substring(1, host.length() - 1)
        : host;
  }

  private static void expand(String pattern, List<String> names) {
    var match = RANGE.matcher(pattern);
    if (!match.matches()) {
      names.add(pattern);
      return;
    }
    var step = match.group("step") == null ? 1 : number(match.group("step"));
    if (step == 0) {
      throw new IllegalArgumentException("a step of 0");
    }
    for (var middle : steps(match.group("from"), match.group("to"), step)) {
      expand(match.group("head") + middle + match.group("tail"), names);
      if (names.size() > MAX_HOSTS) {
        throw new IllegalArgumentException("more than " + MAX_HOSTS + " hosts");
      }
    }
  }

  private static List<String> steps(String from, String to, int step) {
    var isNumber = from.isEmpty() || Character.isDigit(from.charAt(0));
    var isPadded = isNumber && from.length() > 1 && from.startsWith("0");
    var isLetter = !isNumber && from.length() == 1 && to.length() == 1;
    if ((!isNumber && !isLetter) || (isPadded && from.length() != to.length())) {
      throw new IllegalArgumentException("a range from " + from + " to " + to);
    }
    var steps = new ArrayList<String>();
    var last = isNumber ? number(to) : to.charAt(0);
    for (var next = isNumber ? number("0" + from) : from.charAt(0); next <= last; next += step) {
      steps.add(isNumber ? padded(next, isPadded ? from.length() : 1) : Character.toString(next));
      if (steps.size() > MAX_HOSTS) {
        throw new IllegalArgumentException("more than " + MAX_HOSTS + " hosts");
      }
    }
    if (steps.isEmpty()) {
      throw new IllegalArgumentException("a range from " + from + " down to " + to);
    }
    return steps;
  }

  private static String padded(int number, int width) {
    return ("%0" + width + "d").formatted(number);
  }

  private static int number(String digits) {
    if (digits.length() > 9 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw new IllegalArgumentException("\"" + digits + "\" for a number");
    }
    return Integer.parseInt(digits);
  }
}
