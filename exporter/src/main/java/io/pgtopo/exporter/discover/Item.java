package io.pgtopo.exporter.discover;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/**
 * A one-line map in an inventory.
 *
 * @param fields values as YAML by their keys
 * @param remark for a comment
 */
public record Item(SequencedMap<String, String> fields, Optional<String> remark) {

  public Item {
    fields = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(fields));
  }

  @Override
  public String toString() {
    return fields.entrySet().stream()
        .map(field -> field.getKey() + ": " + field.getValue())
        .collect(Collectors.joining(", ", "{ ", " }"));
  }
}
