package io.pgtopo.config.ansible;

import io.pgtopo.config.reading.Holder;
import io.pgtopo.config.reading.Located;
import io.pgtopo.config.reading.Place;
import io.pgtopo.config.reading.Value;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One host and its variables.
 *
 * @param place where it is first named
 * @param groups that it belongs to, directly or through others
 * @param layers its variables, the strongest layer first; layers are shared between hosts
 */
public record Host(String name, Place place, Set<String> groups, List<Map<String, Located>> layers)
    implements Holder {

  /** The effective value of a variable. */
  @Override
  public Optional<Located> find(String variable) {
    for (var layer : layers) {
      var found = layer.get(variable);
      if (found != null) {
        return found.value() instanceof Value.Null ? Optional.empty() : Optional.of(found);
      }
    }
    return Optional.empty();
  }

  /** Whether a variable at this place is one of {@code all}: every host inherits it. */
  public static boolean isForAllHosts(Place place) {
    return place.path().startsWith("all.vars.") || place.file().contains("group_vars/all");
  }

  /** The names of all its variables. */
  public List<String> names() {
    return layers.stream().flatMap(layer -> layer.keySet().stream()).distinct().toList();
  }

  @Override
  public Place placeOf(String variable) {
    return find(variable).map(Located::place).orElse(place.child(variable, place.line()));
  }
}
