package io.pgtopo.config.reading;

import java.util.Iterator;

/** What is said of values without saying them, and whether two mean the same. */
public final class ValueKind {
  private ValueKind() {}

  /** The type of a value, for sentences about values that may be secrets. */
  public static String of(Value value) {
    return switch (value) {
      case Value.Null none -> "nothing";
      case Value.Bool bool -> "a boolean";
      case Value.Int number -> "a number";
      case Value.Real number -> "a number";
      case Value.Text text -> "text";
      case Value.Opaque opaque -> opaque.description();
      case Value.Items list -> "a list";
      case Value.Fields map -> "a map";
    };
  }

  /** Equal but for the lines on which they stand; of two opaque values nobody knows, so yes. */
  public static boolean isSame(Value a, Value b) {
    return switch (a) {
      case Value.Null none -> b instanceof Value.Null;
      case Value.Bool one -> b instanceof Value.Bool other && one.value() == other.value();
      case Value.Int one -> b instanceof Value.Int other && one.value() == other.value();
      case Value.Real one ->
          b instanceof Value.Real other && Double.compare(one.value(), other.value()) == 0;
      case Value.Text one -> b instanceof Value.Text other && one.value().equals(other.value());
      case Value.Opaque one -> b instanceof Value.Opaque;
      case Value.Items one -> b instanceof Value.Items other && isSame(one, other);
      case Value.Fields one -> b instanceof Value.Fields other && isSame(one, other);
    };
  }

  private static boolean isSame(Value.Items one, Value.Items other) {
    Iterator<Value> others = other.values().iterator();
    return one.values().size() == other.values().size()
        && one.values().stream().allMatch(value -> isSame(value, others.next()));
  }

  private static boolean isSame(Value.Fields one, Value.Fields other) {
    return one.fields().keySet().equals(other.fields().keySet())
        && one.fields().entrySet().stream()
            .allMatch(
                entry ->
                    other
                        .find(entry.getKey())
                        .filter(value -> isSame(entry.getValue().value(), value))
                        .isPresent());
  }
}
