package io.pgtopo.config.reading;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A value and where it stands. */
public record Located(Value value, Place place) {

  /** One key of a map; empty if this is no map, or has no such key, or nothing is there. */
  public Optional<Located> find(String key) {
    if (!(value instanceof Value.Fields map)) {
      return Optional.empty();
    }
    var field = map.fields().get(key);
    return field == null || field.value() instanceof Value.Null
        ? Optional.empty()
        : Optional.of(new Located(field.value(), place.child(key, field.line())));
  }

  /** The items of a list; none if this is no list. */
  public List<Located> items() {
    var items = new ArrayList<Located>();
    if (value instanceof Value.Items list) {
      for (var i = 0; i < list.values().size(); i++) {
        var item = list.values().get(i);
        items.add(new Located(item, place.child("[" + i + "]", item.line())));
      }
    }
    return items;
  }
}
