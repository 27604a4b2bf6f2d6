package io.pgtopo.exporter.discover;

import java.util.List;
import java.util.Optional;

/**
 * A one-line map in an inventory.
 *
 * @param remark for a comment
 */
public record Item(List<Field> fields, Optional<String> remark) {

  /** A key and its value, as YAML. */
  public record Field(String key, String value) {}

  public Item {
    fields = List.copyOf(fields);
  }

  /** The value of a field, as YAML. */
  public Optional<String> find(String key) {
    return fields.stream().filter(field -> field.key().equals(key)).map(Field::value).findFirst();
  }

  @Override
  public String toString() {
    var text = new StringBuilder("{ ");
    for (var field : fields) {
      text.append(text.length() > 2 ? ", " : "").append(field.key() + ": " + field.value());
    }
    return text + " }";
  }
}
