package io.pgtopo.config.pigsty;

import io.pgtopo.config.ansible.Host;
import io.pgtopo.config.reading.Value;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A host as an object of JMESPath: its variables, converted when the evaluator reads them. A value
 * that cannot be read is null.
 */
final class HostObject extends AbstractMap<String, @Nullable Object> {
  private static final String INVENTORY_HOSTNAME = "inventory_hostname";

  private final Host host;

  HostObject(Host host) {
    this.host = host;
  }

  Host host() {
    return host;
  }

  @Override
  public boolean containsKey(Object name) {
    return get(name) != null;
  }

  @Override
  public @Nullable Object get(Object name) {
    return name.equals(INVENTORY_HOSTNAME)
        ? host.name()
        : host.find(name.toString()).map(found -> plain(found.value())).orElse(null);
  }

  @Override
  public Set<Map.Entry<String, @Nullable Object>> entrySet() {
    var entries = new LinkedHashMap<String, @Nullable Object>();
    host.names().forEach(name -> entries.put(name, get(name)));
    return entries.entrySet();
  }

  private static @Nullable Object plain(Value value) {
    return switch (value) {
      case Value.Null none -> null;
      case Value.Opaque opaque -> null;
      case Value.Bool bool -> bool.value();
      case Value.Int number -> number.value();
      case Value.Real number -> number.value();
      case Value.Text text -> text.value();
      case Value.Items list -> {
        var items = new ArrayList<@Nullable Object>();
        list.values().forEach(item -> items.add(plain(item)));
        yield items;
      }
      case Value.Fields map -> {
        var fields = new LinkedHashMap<String, @Nullable Object>();
        map.fields().forEach((key, field) -> fields.put(key, plain(field.value())));
        yield fields;
      }
    };
  }
}
