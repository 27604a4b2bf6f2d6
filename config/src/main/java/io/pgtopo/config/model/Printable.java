package io.pgtopo.config.model;

import java.util.function.IntPredicate;
import java.util.regex.Pattern;

/**
 * How the text of others is shown, in every output: a character that moves a cursor, changes the
 * direction of a line or has no width is written as an escape of JSON, such as {@code \u202E}. So
 * no name can forge a line, hide what stands beside it, or look like another name.
 */
public final class Printable {
  /** What {@link #of} writes, or may have written. */
  private static final Pattern ESCAPE = Pattern.compile("\\\\[\\\\nrtu]");

  private Printable() {}

  /** Text within one line. */
  public static String of(String text) {
    return escaped(text, Printable::isShown);
  }

  /** Text of several lines: line feeds and tabs stay. JSON text keeps its meaning. */
  public static String lines(String text) {
    return escaped(text, letter -> letter == '\n' || letter == '\t' || isShown(letter));
  }

  /** As {@link #of}, but different texts stay different: an escape in the text is escaped too. */
  public static String distinct(String text) {
    var shown = of(text);
    return shown.equals(text) && !ESCAPE.matcher(text).find()
        ? text
        : of(text.replace("\\", "\\\\"));
  }

  /** Whether a code point is shown as it is: it has a form, or is a space. */
  public static boolean isShown(int letter) {
    if (letter >= ' ' && letter < 0x7f) {
      return true;
    }
    return switch (Character.getType(letter)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.UNASSIGNED ->
          false;
      default -> !isBlankLetter(letter);
    };
  }

  /** Letters and marks that are drawn as nothing: fillers, and selectors of a variation. */
  private static boolean isBlankLetter(int letter) {
    return switch (letter) {
      case 0x034f, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x3164, 0xffa0 -> true;
      default ->
          (letter >= 0x180b && letter <= 0x180f)
              || (letter >= 0xfe00 && letter <= 0xfe0f)
              || (letter >= 0xe0100 && letter <= 0xe01ef);
    };
  }

  private static String escaped(String text, IntPredicate isShown) {
    if (text.codePoints().allMatch(isShown)) {
      return text;
    }
    var shown = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(
            letter -> {
              if (isShown.test(letter)) {
                shown.appendCodePoint(letter);
              } else {
                escape(letter, shown);
              }
            });
    return shown.toString();
  }

  private static void escape(int letter, StringBuilder shown) {
    switch (letter) {
      case '\n' -> shown.append("\\n");
      case '\r' -> shown.append("\\r");
      case '\t' -> shown.append("\\t");
      default -> {
        for (var unit : Character.toChars(letter)) {
          shown.append("\\u%04X".formatted((int) unit));
        }
      }
    }
  }
}
