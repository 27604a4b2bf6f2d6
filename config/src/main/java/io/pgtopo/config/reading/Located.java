package io.pgtopo.config.reading;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A value and its place. A map holds others, by their keys. */
public record Located(Value value, Place place) implements Holder {

  @Override
  public Optional<Located> find(String key) {
    return value instanceof Value.Fields map
        ? Optional.ofNullable(map.fields().get(key))
            .filter(field -> !(field.value() instanceof Value.Null))
            .map(field -> entry(key, field))
        : Optional.empty();
  }

  @Override
  public Place placeOf(String key) {
    return find(key).map(Located::place).orElse(place.child(key, place.line()));
  }

  private Located entry(String key, Value.Field field) {
    return new Located(field.value(), place.child(key, field.line()));
  }

  /** The entries of a map in the order of the document, null or not; none if this is no map. */
  public Map<String, Located> entries() {
    var entries = new LinkedHashMap<String, Located>();
    if (value instanceof Value.Fields map) {
      map.fields().forEach((key, field) -> entries.put(key, entry(key, field)));
    }
    return Collections.unmodifiableMap(entries);
  }

  /** The items of a list; none if this is no list. */
  public List<Located> items() {
    var items = new ArrayList<Located>();
    if (value instanceof Value.Items list) {
      for (var item : list.values()) {
        items.add(new Located(item, place.child("[" + items.size() + "]", item.line())));
      }
    }
    return items;
  }
}
