package io.pgtopo.config.ansible;

import io.pgtopo.config.reading.Located;
import io.pgtopo.config.reading.Place;
import io.pgtopo.config.reading.Value;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One host with everything that Ansible knows of it.
 *
 * @param place where it is first named
 * @param layers its variables, the strongest layer first; layers are shared between hosts
 */
public record Host(String name, Place place, List<Map<String, Located>> layers) {

  /** The effective value of a variable; empty if it is not given, or given as null. */
  public Optional<Located> find(String variable) {
    for (var layer : layers) {
      var found = layer.get(variable);
      if (found != null) {
        return found.value() instanceof Value.Null ? Optional.empty() : Optional.of(found);
      }
    }
    return Optional.empty();
  }

  /** The names of all variables that it has. */
  public List<String> names() {
    return layers.stream().flatMap(layer -> layer.keySet().stream()).distinct().toList();
  }

  /** Where a variable stands, or would stand. */
  public Place placeOf(String variable) {
    return find(variable).map(Located::place).orElse(place.child(variable, place.line()));
  }
}
