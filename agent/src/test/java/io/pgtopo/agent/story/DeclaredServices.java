package io.pgtopo.agent.story;

import static io.pgtopo.agent.story.Story.list;
import static io.pgtopo.agent.story.Story.map;
import static io.pgtopo.agent.story.Story.only;
import static io.pgtopo.agent.story.Story.text;

import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Service;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The services of a cluster in a story: names of instances instead of expressions. */
final class DeclaredServices {
  private static final int WEIGHT = 100;

  private DeclaredServices() {}

  static List<Service> of(String cluster, @Nullable Object given, Map<String, Endpoint> endpoints) {
    return given == null
        ? List.of()
        : map(given).entrySet().stream()
            .map(entry -> service(cluster, entry.getKey(), map(entry.getValue()), endpoints))
            .toList();
  }

  private static Service service(
      String cluster, String name, Map<String, Object> given, Map<String, Endpoint> endpoints) {
    only(given, "port", "check", "members", "backups");
    return new Service(
        name,
        new Service.Listen(
            "*", Integer.parseInt(text(given.get("port"))), nodes(cluster, endpoints)),
        new Service.Definition(
            "[]",
            Optional.empty(),
            Service.Destination.Standard.POSTGRES,
            text(given.get("check"))),
        servers(given.get("members"), endpoints),
        servers(given.get("backups"), endpoints));
  }

  private static List<String> nodes(String cluster, Map<String, Endpoint> endpoints) {
    return endpoints.entrySet().stream()
        .filter(it -> it.getKey().matches(Pattern.quote(cluster) + "-\\d+"))
        .map(it -> it.getValue().host())
        .toList();
  }

  private static List<Service.Server> servers(
      @Nullable Object names, Map<String, Endpoint> endpoints) {
    return list(names).stream().map(name -> server(text(name), endpoints)).toList();
  }

  private static Service.Server server(String name, Map<String, Endpoint> endpoints) {
    return new Service.Server(name, Objects.requireNonNull(endpoints.get(name), name), WEIGHT);
  }
}
