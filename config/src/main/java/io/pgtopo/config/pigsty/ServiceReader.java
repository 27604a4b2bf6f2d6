package io.pgtopo.config.pigsty;

import io.pgtopo.config.ansible.Host;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Service;
import io.pgtopo.config.model.Service.Destination;
import io.pgtopo.config.reading.Located;
import io.pgtopo.config.reading.Place;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.Value;
import io.pgtopo.config.reading.ValueReader;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Reads the services of a cluster, {@code pg_default_services} and then {@code pg_services}, and
 * finds the servers behind each as Pigsty's {@code service.cfg} does.
 */
final class ServiceReader {
  /** {@code pg_default_services} where an inventory does not give it. */
  private static final List<Declared> DEFAULTS =
      List.of(
          builtIn("primary", 5433, "default", "/primary", "[]", ""),
          builtIn(
              "replica",
              5434,
              "default",
              "/read-only",
              "[]",
              "[? pg_role == `primary` || pg_role == `offline` ]"),
          builtIn("default", 5436, "postgres", "/primary", "[]", ""),
          builtIn(
              "offline",
              5438,
              "postgres",
              "/replica",
              "[? pg_role == `offline` || pg_offline_query ]",
              "[? pg_role == `replica` && !pg_offline_query]"));

  private static final int DEFAULT_PGBOUNCER_PORT = 6432;
  private static final String DEFAULT_DESTINATION = "default";
  private static final String SERVICE_WANTED = "a service: a map with name, port and selector";

  private final ValueReader reader;
  private final Function<String, List<String>> hostsOfGroup;
  private final Map<String, Selector> selectors = new HashMap<>();

  /**
   * A service as declared; of a built-in one the place is empty.
   *
   * @param destination as declared, {@code default} or a number among others
   */
  record Declared(
      String name,
      String ip,
      int port,
      String selector,
      Optional<String> backup,
      String destination,
      String check,
      Optional<Place> place) {}

  ServiceReader(ValueReader reader, Function<String, List<String>> hostsOfGroup) {
    this.reader = reader;
    this.hostsOfGroup = hostsOfGroup;
  }

  private static Declared builtIn(
      String name, int port, String destination, String check, String selector, String backup) {
    return new Declared(
        name,
        "*",
        port,
        selector,
        Optional.of(backup).filter(text -> !text.isEmpty()),
        destination,
        check,
        Optional.empty());
  }

  /**
   * The services of a cluster.
   *
   * @param reference the member whose variables apply to the cluster
   * @param members in the order of the inventory
   */
  List<Service> read(Declaration reference, List<Declaration> members) {
    var host = reference.host();
    var declared = new ArrayList<Declared>();
    host.find("pg_default_services")
        .ifPresentOrElse(list -> declared.addAll(declared(list)), () -> declared.addAll(DEFAULTS));
    host.find("pg_services").ifPresent(list -> declared.addAll(declared(list)));
    var services = new ArrayList<Service>();
    for (var one : declared) {
      service(one, host, members).ifPresent(services::add);
    }
    new ServiceLint(reader.problems()).check(reference, members, declared, services);
    return services;
  }

  private List<Declared> declared(Located list) {
    return reader.list(list, "a list of services").stream()
        .flatMap(item -> reader.map(item, SERVICE_WANTED).stream())
        .flatMap(item -> one(item).stream())
        .toList();
  }

  private Optional<Declared> one(Located item) {
    FieldNames.SERVICE.check(item, reader.problems());
    var name = reader.requiredText(item, "name", "the name of the service");
    var port =
        reader
            .required(item, portKey(item), Code.BAD_VALUE, ValueReader.PORT)
            .flatMap(found -> reader.port(item, portKey(item)));
    var selector = reader.requiredText(item, "selector", "a JMESPath expression such as []");
    if (name.isEmpty() || port.isEmpty() || selector.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Declared(
            name.get(),
            reader.textAt(item, "ip").orElse("*"),
            port.get(),
            selector.get(),
            reader.textAt(item, "backup"),
            reader.textAt(item, "dest").orElse(DEFAULT_DESTINATION),
            reader.textAt(item, "check").orElse("/"),
            Optional.of(item.place())));
  }

  /** Releases of Pigsty before 2.0 had another key. */
  private static String portKey(Located item) {
    return item.find("port").isEmpty() && item.find("src_port").isPresent() ? "src_port" : "port";
  }

  private Optional<Service> service(Declared one, Host host, List<Declaration> members) {
    var destination = destination(one, host);
    var selected = select(one.selector(), "selector", one, members);
    var backups =
        one.backup().isEmpty()
            ? Optional.of(List.<Declaration>of())
            : select(one.backup().get(), "backup", one, members);
    if (destination.isEmpty() || selected.isEmpty() || backups.isEmpty()) {
      return Optional.empty();
    }
    var active = byName(selected.get());
    var spare = byName(backups.get());
    active.keySet().removeAll(spare.keySet());
    return Optional.of(
        new Service(
            one.name(),
            new Service.Listen(one.ip(), one.port(), nodes(host, members)),
            new Service.Definition(one.selector(), one.backup(), destination.get(), one.check()),
            servers(active.values(), destination.get()),
            servers(spare.values(), destination.get())));
  }

  /** Each member once, in order. Names are compared: a member itself has all its variables. */
  private static Map<String, Declaration> byName(List<Declaration> members) {
    var byName = new LinkedHashMap<String, Declaration>();
    members.forEach(member -> byName.putIfAbsent(member.name(), member));
    return byName;
  }

  /** Each node of the cluster has a load balancer, unless others serve it. */
  private List<String> nodes(Host host, List<Declaration> members) {
    return reader
        .textAt(host, "pg_service_provider")
        .filter(group -> !group.isEmpty())
        .map(hostsOfGroup)
        .orElseGet(() -> members.stream().map(member -> member.host().name()).toList());
  }

  private List<Service.Server> servers(Collection<Declaration> members, Destination destination) {
    return members.stream()
        .map(
            member ->
                new Service.Server(
                    member.name(),
                    new Endpoint(member.host().name(), port(member, destination)),
                    member.traffic().weight()))
        .toList();
  }

  private int port(Declaration member, Destination destination) {
    return switch (destination) {
      case Destination.Standard.POSTGRES -> member.endpoint().port();
      case Destination.Standard.PGBOUNCER ->
          reader.port(member.host(), "pgbouncer_port").orElse(DEFAULT_PGBOUNCER_PORT);
      case Destination.Port port -> port.number();
    };
  }

  private Optional<Destination> destination(Declared one, Host host) {
    var isDefault = one.destination().equals(DEFAULT_DESTINATION);
    var found = isDefault ? host.find("pg_default_service_dest") : Optional.<Located>empty();
    var word =
        isDefault
            ? found.flatMap(value -> reader.text(value, "a destination")).orElse("pgbouncer")
            : one.destination();
    return switch (word) {
      case "postgres" -> Optional.of(Destination.Standard.POSTGRES);
      case "pgbouncer", DEFAULT_DESTINATION -> Optional.of(Destination.Standard.PGBOUNCER);
      default -> number(word, found.map(Located::place).or(one::place));
    };
  }

  private Optional<Destination> number(String word, Optional<Place> place) {
    var text = new Located(new Value.Text(word, true, 0), place.orElse(Place.wholeFile("")));
    return reader
        .integer(text, 1, 65_535, "default, postgres, pgbouncer or a port as the destination")
        .map(Destination.Port::new);
  }

  private Optional<List<Declaration>> select(
      String expression, String key, Declared one, List<Declaration> members) {
    var byHost = new IdentityHashMap<Host, Declaration>();
    members.forEach(member -> byHost.put(member.host(), member));
    try {
      var selector = selectors.computeIfAbsent(expression, Selector::parse);
      var hosts = members.stream().map(Declaration::host).toList();
      return Optional.of(selector.select(hosts).stream().map(byHost::get).toList());
    } catch (IllegalArgumentException e) {
      var place = one.place().orElse(Place.wholeFile(""));
      reader
          .problems()
          .error(
              Code.BAD_SELECTOR,
              place.child(key, place.line()),
              "a JMESPath expression that picks members",
              String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }
}
