package io.pgtopo.config.reading;

import io.pgtopo.config.model.Labelled;
import io.pgtopo.config.reading.Problem.Code;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Reads values as the types that the model needs. Reports each value of another type, and returns
 * empty for it. Like Ansible, takes numbers for text and quoted digits for numbers.
 */
public record ValueReader(Problems problems) {
  public static final String PORT = "a port, 1 to 65535";

  private static final Pattern DIGITS = Pattern.compile("-?[0-9]{1,18}");

  /** Text, or a number or boolean as Python prints it. */
  public Optional<String> text(Located found, String wanted) {
    return switch (found.value()) {
      case Value.Text text when !text.isTemplate() -> Optional.of(text.value());
      case Value.Int number -> Optional.of(Long.toString(number.value()));
      case Value.Real number -> Optional.of(Double.toString(number.value()));
      case Value.Bool bool -> Optional.of(bool.value() ? "True" : "False");
      default -> unusable(found, wanted);
    };
  }

  /** Text that is not blank; empty if the name is missing. */
  public Optional<String> textAt(Holder holder, String name) {
    return holder.find(name).flatMap(found -> text(found, "text")).filter(text -> !text.isBlank());
  }

  /** What a parser makes of text. */
  public <T> Optional<T> parsed(
      Located found, String wanted, Function<String, Optional<T>> parser) {
    return parsed(found, Code.BAD_VALUE, wanted, parser);
  }

  public <T> Optional<T> parsed(
      Located found, Code code, String wanted, Function<String, Optional<T>> parser) {
    var text = text(found, wanted);
    var value = text.flatMap(parser);
    return text.isPresent() && value.isEmpty() ? problems.refuse(code, found, wanted) : value;
  }

  /** One of some constants, by its label. */
  public <T extends Labelled> Optional<T> oneOf(Located found, T[] values) {
    return oneOf(found, Code.BAD_VALUE, List.of(values), Labelled::label);
  }

  public <T> Optional<T> oneOf(Located found, Code code, List<T> values, Function<T, String> word) {
    return parsed(
        found,
        code,
        wanted(values.stream().map(word).toList()),
        text -> values.stream().filter(value -> word.apply(value).equals(text)).findFirst());
  }

  /** {@code one of a, b, c}. */
  public static String wanted(List<String> words) {
    return "one of " + String.join(", ", words);
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
    return number < min || number > max
        ? problems.refuse(Code.BAD_VALUE, found, wanted)
        : Optional.of((int) number);
  }

  public Optional<Integer> integer(Holder holder, String name, int min, int max, String wanted) {
    return holder.find(name).flatMap(found -> integer(found, min, max, wanted));
  }

  public Optional<Integer> port(Holder holder, String name) {
    return integer(holder, name, 1, 65_535, PORT);
  }

  /** A boolean, or a word that Ansible's {@code bool} filter accepts. */
  public Optional<Boolean> bool(Located found) {
    var word =
        switch (found.value()) {
          case Value.Bool bool -> Boolean.toString(bool.value());
          case Value.Int number -> Long.toString(number.value());
          case Value.Text text -> text.value().toLowerCase(Locale.ROOT);
          default -> "neither";
        };
    return switch (word) {
      case "true", "yes", "on", "1", "y", "t" -> Optional.of(true);
      case "false", "no", "off", "0", "n", "f", "" -> Optional.of(false);
      default -> unusable(found, "true or false");
    };
  }

  public boolean bool(Holder holder, String name, boolean fallback) {
    return holder.find(name).flatMap(this::bool).orElse(fallback);
  }

  /** The items of a list. */
  public List<Located> list(Located found, String wanted) {
    if (!(found.value() instanceof Value.Items)) {
      wrongKind(found, wanted);
    }
    return found.items();
  }

  public List<Located> list(Holder holder, String name, String wanted) {
    return holder.find(name).map(found -> list(found, wanted)).orElse(List.of());
  }

  /** The value itself, if it is a map. */
  public Optional<Located> map(Located found, String wanted) {
    return found.value() instanceof Value.Fields ? Optional.of(found) : wrongKind(found, wanted);
  }

  /** A scalar in the place of a collection may be a secret: only its type is reported. */
  private <T> Optional<T> wrongKind(Located found, String wanted) {
    return switch (found.value()) {
      case Value.Null none -> Optional.empty();
      case Value.Text text when text.isTemplate() -> unusable(found, wanted);
      case Value.Opaque opaque -> unusable(found, wanted);
      default -> problems.refuseKind(Code.STRUCTURE, found, wanted);
    };
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

  /** The value of a name; an error if it is missing. */
  public Optional<Located> required(Holder holder, String name, Code code, String wanted) {
    var found = holder.find(name);
    if (found.isEmpty()) {
      problems.error(code, holder.placeOf(name), wanted, "nothing");
    }
    return found;
  }

  /** Text that must be there, and not blank. */
  public Optional<String> requiredText(Holder holder, String name, String wanted) {
    return required(holder, name, Code.BAD_VALUE, wanted)
        .flatMap(
            found -> parsed(found, wanted, text -> Optional.of(text).filter(it -> !it.isBlank())));
  }

  /** A map. Reports each key that is not allowed. */
  public Located onlyKeys(Located map, String... allowed) {
    return onlyKeys(map, List.of(allowed));
  }

  public Located onlyKeys(Located map, List<String> allowed) {
    map.entries()
        .forEach(
            (key, entry) -> {
              if (!allowed.contains(key)) {
                problems.error(
                    Code.UNKNOWN_SETTING,
                    entry.place(),
                    wanted(allowed),
                    "unknown key " + key + Suggestion.question(key, allowed));
              }
            });
    return map;
  }

  private <T> Optional<T> unusable(Located found, String wanted) {
    switch (found.value()) {
      case Value.Null none -> {}
      case Value.Text text when text.isTemplate() ->
          problems.error(
              Code.TEMPLATE,
              found.place(),
              wanted,
              "a Jinja template, which ansible-inventory --list does not evaluate either; write the"
                  + " value, here or in host_vars, or load Pigsty's CMDB");
      case Value.Opaque opaque ->
          problems.error(
              Code.ENCRYPTED,
              found.place(),
              wanted,
              opaque.kind()
                  + ", which ansible-inventory --list does not decrypt either; write the value,"
                  + " here or in host_vars");
      case Value.Items list -> problems.refuse(Code.STRUCTURE, found, wanted);
      case Value.Fields map -> problems.refuse(Code.STRUCTURE, found, wanted);
      default -> problems.refuse(Code.BAD_VALUE, found, wanted);
    }
    return Optional.empty();
  }
}
