package io.pgtopo.config.reading;

import io.pgtopo.config.reading.Problem.Code;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads values as the type that the model wants; says what is wrong and returns empty where they
 * are of another. Like Ansible it takes numbers for text and quoted digits for numbers.
 */
public final class Expected {
  private static final Pattern DIGITS = Pattern.compile("-?[0-9]{1,18}");

  private final Problems problems;

  public Expected(Problems problems) {
    this.problems = problems;
  }

  /** Text, or a number or boolean as Python prints it. */
  public Optional<String> text(Located found, String wanted) {
    return switch (found.value()) {
      case Value.Text text when text.isTemplate() -> template(found, wanted);
      case Value.Text text -> Optional.of(text.value());
      case Value.Int number -> Optional.of(Long.toString(number.value()));
      case Value.Real number -> Optional.of(Double.toString(number.value()));
      case Value.Bool bool -> Optional.of(bool.value() ? "True" : "False");
      case Value.Opaque opaque -> opaque(found, wanted);
      case Value.Null none -> Optional.empty();
      case Value.Items list -> mismatch(found, wanted);
      case Value.Fields map -> mismatch(found, wanted);
    };
  }

  /** A whole number in a range, or its digits as text. */
  public Optional<Integer> integer(Located found, int min, int max, String wanted) {
    if (found.value() instanceof Value.Int number) {
      return inRange(found, number.value(), min, max, wanted);
    }
    if (found.value() instanceof Value.Text text && DIGITS.matcher(text.value()).matches()) {
      return inRange(found, Long.parseLong(text.value()), min, max, wanted);
    }
    return unusable(found, wanted);
  }

  private Optional<Integer> inRange(Located found, long number, int min, int max, String wanted) {
    if (number < min || number > max) {
      return mismatch(found, wanted);
    }
    return Optional.of((int) number);
  }

  /** A boolean, or a word that Ansible's {@code bool} filter takes for one. */
  public Optional<Boolean> bool(Located found) {
    if (found.value() instanceof Value.Bool bool) {
      return Optional.of(bool.value());
    }
    if (found.value() instanceof Value.Int number && (number.value() == 0 || number.value() == 1)) {
      return Optional.of(number.value() == 1);
    }
    if (found.value() instanceof Value.Text text) {
      switch (text.value().toLowerCase(java.util.Locale.ROOT)) {
        case "true", "yes", "on", "1", "y", "t" -> {
          return Optional.of(true);
        }
        case "false", "no", "off", "0", "n", "f", "" -> {
          return Optional.of(false);
        }
        default -> {}
      }
    }
    return unusable(found, "true or false");
  }

  /** The items of a list; none, and a problem, if it is something else. */
  public List<Located> list(Located found, String wanted) {
    if (found.value() instanceof Value.Items) {
      return found.items();
    }
    notOfKind(found, wanted);
    return List.of();
  }

  /** Itself if it is a map. */
  public Optional<Located> map(Located found, String wanted) {
    return found.value() instanceof Value.Fields ? Optional.of(found) : notOfKind(found, wanted);
  }

  /** What stands in the place of a collection may be a secret: only its type is told. */
  private <T> Optional<T> notOfKind(Located found, String wanted) {
    var isTemplate = found.value() instanceof Value.Text text && text.isTemplate();
    var isOpaque = found.value() instanceof Value.Opaque || found.value() instanceof Value.Null;
    if (isTemplate || isOpaque) {
      return unusable(found, wanted);
    }
    problems.error(
        Code.STRUCTURE,
        found.place(),
        "wanted " + wanted + ". Found: " + ValueKind.of(found.value()));
    return Optional.empty();
  }

  /** The texts of a list; one text counts as a list of one. */
  public List<String> texts(Located found, String wanted) {
    if (!(found.value() instanceof Value.Items)) {
      return text(found, wanted).stream().toList();
    }
    var texts = new ArrayList<String>();
    found.items().forEach(item -> text(item, wanted).ifPresent(texts::add));
    return texts;
  }

  public <T> Optional<T> unusable(Located found, String wanted) {
    return switch (found.value()) {
      case Value.Null none -> Optional.empty();
      case Value.Text text when text.isTemplate() -> template(found, wanted);
      case Value.Opaque opaque -> opaque(found, wanted);
      default -> mismatch(found, wanted);
    };
  }

  private <T> Optional<T> template(Located found, String wanted) {
    problems.error(
        Code.TEMPLATE,
        found.place(),
        "wanted "
            + wanted
            + ". Found: a Jinja template, which only Ansible can evaluate; "
            + "load the output of ansible-inventory --list or write the value");
    return Optional.empty();
  }

  private <T> Optional<T> opaque(Located found, String wanted) {
    problems.error(
        Code.ENCRYPTED,
        found.place(),
        "wanted " + wanted + ". Found: " + found.value().description());
    return Optional.empty();
  }

  private <T> Optional<T> mismatch(Located found, String wanted) {
    var code =
        found.value() instanceof Value.Items || found.value() instanceof Value.Fields
            ? Code.STRUCTURE
            : Code.BAD_VALUE;
    problems.error(
        code, found.place(), "wanted " + wanted + ". Found: " + found.value().description());
    return Optional.empty();
  }
}
