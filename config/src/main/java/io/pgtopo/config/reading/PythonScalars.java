package io.pgtopo.config.reading;

import java.math.BigInteger;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.nodes.NodeId;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * The types of plain scalars as PyYAML, hence Ansible, resolves them: {@code yes} is a boolean,
 * {@code y} a string, {@code 0755} is 493, {@code 1:30} is 90, {@code 1e3} a string.
 *
 * <p>SnakeYAML's own resolver differs: it reads {@code 1e3} as a number, for one.
 */
final class PythonScalars extends Resolver {
  /** What YAML 1.1 reserves for a default value, and Ansible refuses. */
  static final Tag EQUALS_SIGN = new Tag(Tag.PREFIX + "value");

  private static final Set<String> TRUE = Set.of("yes", "true", "on");
  private static final Set<String> FALSE = Set.of("no", "false", "off");
  private static final Set<String> BOOL_WORDS =
      Set.of(
          "yes", "Yes", "YES", "no", "No", "NO", "true", "True", "TRUE", "false", "False", "FALSE",
          "on", "On", "ON", "off", "Off", "OFF");

  /** What a number can start with. */
  private static final String NUMBER_START = "+-.0123456789";

  private static final Pattern INT_FORM =
      Pattern.compile(
          "[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+"
              + "|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+");
  private static final Pattern FLOAT_FORM =
      Pattern.compile(
          "[-+]?(?:[0-9][0-9_]*)\\.[0-9_]*(?:[eE][-+][0-9]+)?"
              + "|\\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?"
              + "|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\\.[0-9_]*"
              + "|[-+]?\\.(?:inf|Inf|INF)|\\.(?:nan|NaN|NAN)");
  private static final Set<String> NULL_WORDS = Set.of("", "~", "null", "Null", "NULL");
  private static final int LONGEST_NUMBER = 400;

  @Override
  public Tag resolve(NodeId kind, String value, boolean implicit) {
    if (kind != NodeId.scalar || !implicit) {
      return super.resolve(kind, value, implicit);
    }
    if ("<<".equals(value)) {
      return Tag.MERGE;
    }
    if ("=".equals(value)) {
      return EQUALS_SIGN;
    }
    if (NULL_WORDS.contains(value)) {
      return Tag.NULL;
    }
    if (BOOL_WORDS.contains(value)) {
      return Tag.BOOL;
    }
    return value.length() <= LONGEST_NUMBER && NUMBER_START.indexOf(value.charAt(0)) >= 0
        ? number(value)
        : Tag.STR;
  }

  private static Tag number(String value) {
    if (INT_FORM.matcher(value).matches()) {
      return Tag.INT;
    }
    return FLOAT_FORM.matcher(value).matches() ? Tag.FLOAT : Tag.STR;
  }

  /** The boolean; throws IllegalArgumentException if the text is none. */
  static boolean bool(String text) {
    var word = text.toLowerCase(Locale.ROOT);
    if (!TRUE.contains(word) && !FALSE.contains(word)) {
      throw new IllegalArgumentException("no boolean");
    }
    return TRUE.contains(word);
  }

  /** The number; throws NumberFormatException if the text is none. */
  static BigInteger integer(String text) {
    var digits = text.replace("_", "");
    return digits.startsWith("-")
        ? magnitude(digits.substring(1)).negate()
        : magnitude(digits.startsWith("+") ? digits.substring(1) : digits);
  }

  private static BigInteger magnitude(String digits) {
    if (digits.startsWith("0b")) {
      return new BigInteger(digits.substring(2), 2);
    }
    if (digits.startsWith("0x")) {
      return new BigInteger(digits.substring(2), 16);
    }
    if (digits.startsWith("0") && digits.length() > 1) {
      return new BigInteger(digits, 8);
    }
    var sum = BigInteger.ZERO;
    for (var part : digits.split(":", -1)) {
      sum = sum.multiply(BigInteger.valueOf(60)).add(new BigInteger(part));
    }
    return sum;
  }

  /** The number; throws NumberFormatException if the text is none. */
  static double floating(String text) {
    var digits = text.replace("_", "").toLowerCase(Locale.ROOT);
    var unsigned = digits.matches("[-+].*") ? digits.substring(1) : digits;
    var magnitude =
        switch (unsigned) {
          case ".inf" -> Double.POSITIVE_INFINITY;
          case ".nan" -> Double.NaN;
          default -> sexagesimal(unsigned);
        };
    return digits.startsWith("-") ? -magnitude : magnitude;
  }

  private static double sexagesimal(String digits) {
    var sum = 0.0;
    for (var part : digits.split(":", -1)) {
      sum = sum * 60 + Double.parseDouble(part);
    }
    return sum;
  }
}
