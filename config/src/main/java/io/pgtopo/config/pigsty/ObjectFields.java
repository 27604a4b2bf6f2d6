package io.pgtopo.config.pigsty;

import io.pgtopo.config.model.ObjectState;
import io.pgtopo.config.reading.Located;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.Value;
import io.pgtopo.config.reading.ValueReader;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/** Reads what databases, roles and their parts have in common. */
record ObjectFields(ValueReader reader) {
  private static final int LONGEST_NAME = 63;

  /** The items of a list that a reader accepts. Warns of equal names. */
  <T> List<T> distinct(
      Located list,
      String kind,
      Code duplicate,
      Function<Located, Optional<T>> read,
      Function<T, String> name) {
    var all = new ArrayList<T>();
    var names = new HashSet<String>();
    for (var item : reader.list(list, "a list of " + kind + "s")) {
      for (var one : read.apply(item).stream().toList()) {
        all.add(one);
        if (!names.add(name.apply(one))) {
          reader
              .problems()
              .warn(
                  duplicate,
                  item.place(),
                  "each " + kind + " once",
                  name.apply(one) + " again; where the entries differ, the last one applies");
        }
      }
    }
    return all;
  }

  /** The name of an item, which is either the name itself or a map with it. */
  Optional<String> named(Located item, String wanted) {
    return (item.value() instanceof Value.Fields
            ? reader.required(item, "name", Code.BAD_NAME, wanted)
            : Optional.of(item))
        .flatMap(found -> name(found, wanted));
  }

  private Optional<String> name(Located found, String wanted) {
    var name = reader.text(found, wanted);
    if (name.isPresent() && (name.get().isBlank() || name.get().length() > LONGEST_NAME)) {
      reader
          .problems()
          .error(
              Code.BAD_NAME,
              found.place(),
              wanted + ", of 1 to " + LONGEST_NAME + " characters",
              name.get().length() + " characters");
      return Optional.empty();
    }
    return name;
  }

  /** One of the states that are allowed; the first one is the default. */
  ObjectState state(Located item, ObjectState... allowed) {
    var found = item.find("state");
    var word = found.flatMap(value -> reader.text(value, "a state"));
    if (word.isEmpty()) {
      return allowed[0];
    }
    for (var state : allowed) {
      if (state.label().equals(word.get())) {
        return state;
      }
    }
    if (!word.get().equals("present")) {
      reader
          .problems()
          .fault(
              Code.BAD_VALUE,
              found.get().place(),
              ValueReader.wanted(Stream.of(allowed).map(ObjectState::label).toList()),
              "%s; %s is used".formatted(found.get().value().description(), allowed[0].label()));
    }
    return allowed[0];
  }

  /** A map of names and scalars. Leaves out what is not a scalar. */
  SortedMap<String, String> parameters(Located item) {
    var parameters = new TreeMap<String, String>();
    item.find("parameters")
        .flatMap(found -> reader.map(found, "a map of parameters"))
        .ifPresent(
            map ->
                map.entries()
                    .forEach(
                        (name, found) ->
                            reader
                                .text(found, "the value of a parameter")
                                .ifPresent(text -> parameters.put(name, text))));
    return parameters;
  }
}
