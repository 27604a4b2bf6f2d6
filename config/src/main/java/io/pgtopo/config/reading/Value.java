package io.pgtopo.config.reading;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One value of a YAML document, with the line, counted from 1, that it starts on. */
public sealed interface Value {

  /** Line of its first character, counted from 1. */
  int line();

  /** What a sentence calls it: its type, and a short form of it if it is a scalar. */
  String description();

  /** {@code null}, {@code ~} or nothing at all. */
  record Null(int line) implements Value {
    @Override
    public String description() {
      return "nothing";
    }
  }

  /** {@code yes}, {@code off}, {@code true} and their like. */
  record Bool(boolean value, int line) implements Value {
    @Override
    public String description() {
      return Boolean.toString(value);
    }
  }

  /** An integer, whatever its base. */
  record Int(long value, int line) implements Value {
    @Override
    public String description() {
      return Long.toString(value);
    }
  }

  /** A number with a fraction, or an integer beyond 64 bits. */
  record Real(double value, int line) implements Value {
    @Override
    public String description() {
      return Double.toString(value);
    }
  }

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

    @Override
    public String description() {
      var shown =
          value.length() > LONGEST_SHOWN ? value.substring(0, LONGEST_SHOWN) + "..." : value;
      return "\"" + shown.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t") + "\"";
    }
  }

  /** A value that cannot be looked into: {@code !vault}, binary, a tag of somebody else. */
  record Opaque(String tag, int line) implements Value {
    @Override
    public String description() {
      return "a value tagged " + tag;
    }
  }

  /** A sequence. */
  record Items(List<Value> values, int line) implements Value {
    public Items {
      values = List.copyOf(values);
    }

    @Override
    public String description() {
      return values.isEmpty() ? "an empty list" : "a list";
    }
  }

  /** A mapping, in the order of the document; keys are the text that Python would print. */
  record Fields(Map<String, Field> fields, int line) implements Value {
    /** An empty mapping that stands nowhere. */
    public static final Fields NONE = new Fields(Map.of(), 0);

    public Fields {
      fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    /** The value of a key. */
    public Optional<Value> find(String key) {
      return Optional.ofNullable(fields.get(key)).map(Field::value);
    }

    @Override
    public String description() {
      return fields.isEmpty() ? "an empty map" : "a map";
    }
  }

  /**
   * One entry of a mapping.
   *
   * @param line of the key
   */
  record Field(Value value, int line) {}
}
