package io.pgtopo.config.reading;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One value of a YAML document, with the line, counted from 1, that it starts on. */
public sealed interface Value {

  int line();

  /** For messages: its type and, of a scalar, a short form of its text. */
  default String description() {
    return switch (this) {
      case Bool bool -> Boolean.toString(bool.value);
      case Int number -> Long.toString(number.value);
      case Real number -> Double.toString(number.value);
      case Text text -> text.quoted();
      case Items list when list.values.isEmpty() -> "an empty list";
      case Fields map when map.fields.isEmpty() -> "an empty map";
      case Null none -> kind();
      case Opaque opaque -> kind();
      case Items list -> kind();
      case Fields map -> kind();
    };
  }

  /** For messages about a value that may be a secret: its type alone. */
  default String kind() {
    return switch (this) {
      case Null none -> "nothing";
      case Bool bool -> "a boolean";
      case Int number -> "a number";
      case Real number -> "a number";
      case Text text -> "text";
      case Opaque opaque -> "a value tagged " + opaque.tag;
      case Items list -> "a list";
      case Fields map -> "a map";
    };
  }

  /** Whether two are equal except for their lines. Two opaque values count as equal. */
  default boolean isSameAs(Value that) {
    return switch (this) {
      case Null none -> that instanceof Null;
      case Bool bool -> that instanceof Bool other && bool.value == other.value;
      case Int number -> that instanceof Int other && number.value == other.value;
      case Real number ->
          that instanceof Real other && Double.compare(number.value, other.value) == 0;
      case Text text -> that instanceof Text other && text.value.equals(other.value);
      case Opaque opaque -> that instanceof Opaque;
      case Items list -> that instanceof Items other && list.isSameList(other.values);
      case Fields map -> that instanceof Fields other && map.isSameMap(other);
    };
  }

  /** {@code null}, {@code ~} or an empty text. */
  record Null(int line) implements Value {}

  record Bool(boolean value, int line) implements Value {}

  record Int(long value, int line) implements Value {}

  /** A number with a fraction, or an integer beyond 64 bits. */
  record Real(double value, int line) implements Value {}

  /**
   * A string; dates too, as they are written.
   *
   * @param verbatim marked {@code !unsafe}: braces in it are no template
   */
  record Text(String value, boolean verbatim, int line) implements Value {
    private static final int LONGEST_SHOWN = 60;

    /** Whether Ansible would evaluate it as a Jinja template. */
    public boolean isTemplate() {
      return !verbatim && (value.contains("{{") || value.contains("{%"));
    }

    private String quoted() {
      var shown =
          value.length() > LONGEST_SHOWN ? value.substring(0, LONGEST_SHOWN) + "..." : value;
      return "\"" + shown.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t") + "\"";
    }
  }

  /** A value that cannot be read: {@code !vault}, binary, an unknown tag. */
  record Opaque(String tag, int line) implements Value {}

  /** A sequence. */
  record Items(List<Value> values, int line) implements Value {
    public Items {
      values = List.copyOf(values);
    }

    private boolean isSameList(List<Value> others) {
      var next = others.iterator();
      return values.size() == others.size()
          && values.stream().allMatch(value -> value.isSameAs(next.next()));
    }
  }

  /** A mapping, in the order of the document. Its keys are text as Python prints it. */
  record Fields(Map<String, Field> fields, int line) implements Value {
    public Fields {
      fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    /** The value of a key. */
    public Optional<Value> find(String key) {
      return Optional.ofNullable(fields.get(key)).map(Field::value);
    }

    private boolean isSameMap(Fields others) {
      return fields.keySet().equals(others.fields.keySet())
          && fields.entrySet().stream()
              .allMatch(
                  it -> others.find(it.getKey()).filter(it.getValue().value::isSameAs).isPresent());
    }
  }

  /**
   * One entry of a mapping.
   *
   * @param line of the key
   * @param keyKind what the key is: a number, say, although {@link Fields} has its text
   */
  record Field(Value value, int line, KeyKind keyKind) {}

  /** What the key of a mapping is to YAML. */
  enum KeyKind {
    TEXT,
    OTHER
  }
}
