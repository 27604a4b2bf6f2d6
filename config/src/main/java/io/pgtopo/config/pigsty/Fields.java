package io.pgtopo.config.pigsty;

import io.pgtopo.config.model.ObjectState;
import io.pgtopo.config.reading.Expected;
import io.pgtopo.config.reading.Located;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.Problems;
import io.pgtopo.config.reading.Value;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads the fields that databases, roles and their parts have in common. */
final class Fields {
  private static final int LONGEST_NAME = 63;

  private final Problems problems;
  private final Expected expected;

  Fields(Problems problems) {
    this.problems = problems;
    this.expected = new Expected(problems);
  }

  /** The name of an item, which is either the name itself or a map with it. */
  Optional<String> named(Located item, String wanted) {
    if (item.value() instanceof Value.Fields && item.find("name").isEmpty()) {
      problems.error(
          Code.BAD_NAME,
          item.place().child("name", item.place().line()),
          "wanted " + wanted + ". Found: nothing");
      return Optional.empty();
    }
    var found = item.value() instanceof Value.Fields ? item.find("name").orElse(item) : item;
    var name = expected.text(found, wanted);
    if (name.isPresent() && (name.get().isBlank() || name.get().length() > LONGEST_NAME)) {
      problems.error(
          Code.BAD_NAME,
          found.place(),
          "wanted "
              + wanted
              + ", of 1 to "
              + LONGEST_NAME
              + " characters. Found: "
              + name.get().length());
      return Optional.empty();
    }
    return name;
  }

  Optional<String> text(Located item, String key) {
    return item.find(key)
        .flatMap(found -> expected.text(found, "text"))
        .filter(text -> !text.isBlank());
  }

  /** Text that nothing depends on: a template in it is no problem. */
  Optional<String> comment(Located item) {
    return item.find("comment")
        .filter(found -> found.value() instanceof Value.Text text && !text.isTemplate())
        .map(found -> ((Value.Text) found.value()).value());
  }

  boolean bool(Located item, String key, boolean otherwise) {
    return item.find(key).flatMap(expected::bool).orElse(otherwise);
  }

  int integer(Located item, String key, int min, int otherwise) {
    return item.find(key)
        .flatMap(
            found ->
                expected.integer(found, min, Integer.MAX_VALUE, "a number of " + min + " or more"))
        .orElse(otherwise);
  }

  /** The items of a list; none if it is not there. */
  List<Located> list(Located item, String key) {
    return item.find(key).map(found -> expected.list(found, "a list")).orElse(List.of());
  }

  /** The words that are allowed; the first one is the default. */
  ObjectState state(Located item, String... words) {
    var found = item.find("state");
    var word = found.flatMap(value -> expected.text(value, "a state"));
    if (word.isEmpty()) {
      return ObjectState.CREATE;
    }
    var state =
        Arrays.stream(ObjectState.values())
            .filter(one -> one.label().equals(word.get()))
            .filter(one -> List.of(words).contains(one.label()))
            .findFirst();
    if (state.isEmpty() && !word.get().equals("present")) {
      problems.warn(
          Code.BAD_VALUE,
          found.get().place(),
          "wanted %s. Found: %s; taken as %s"
              .formatted(String.join(" or ", words), found.get().value().description(), words[0]));
    }
    return state.orElse(ObjectState.CREATE);
  }

  /** A map of names and scalars; what is no scalar is left out. */
  SortedMap<String, String> parameters(Located item) {
    var parameters = new TreeMap<String, String>();
    var map = item.find("parameters").flatMap(found -> expected.map(found, "a map of parameters"));
    if (map.isPresent() && map.get().value() instanceof Value.Fields entries) {
      for (var name : entries.fields().keySet()) {
        map.get()
            .find(name)
            .flatMap(found -> expected.text(found, "the value of a parameter"))
            .ifPresent(text -> parameters.put(name, text));
      }
    }
    return parameters;
  }
}
