package io.pgtopo.config.pigsty;

import io.pgtopo.config.ansible.Host;
import io.pgtopo.config.reading.Located;
import io.pgtopo.config.reading.Value;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The names that HAProxy may have besides those of a cluster's own services: {@code
 * haproxy_services} of any host, and what begins with the name of another cluster. What cannot be
 * read names nothing.
 */
final class HaproxyNames {
  private HaproxyNames() {}

  static NavigableSet<String> of(List<Host> hosts) {
    var names = new TreeSet<String>();
    for (var host : hosts) {
      host.find("pg_cluster").map(Located::value).stream()
          .flatMap(HaproxyNames::text)
          .forEach(names::add);
      host.find("haproxy_services").map(Located::value).stream()
          .flatMap(HaproxyNames::names)
          .forEach(names::add);
    }
    return names;
  }

  private static Stream<String> names(Value services) {
    return services instanceof Value.Items list
        ? list.values().stream()
            .filter(Value.Fields.class::isInstance)
            .map(Value.Fields.class::cast)
            .flatMap(
                service -> Stream.ofNullable(service.fields().get("name")).map(Value.Field::value))
            .flatMap(HaproxyNames::text)
        : Stream.of();
  }

  private static Stream<String> text(Value name) {
    return name instanceof Value.Text text ? Stream.of(text.value()) : Stream.of();
  }
}
