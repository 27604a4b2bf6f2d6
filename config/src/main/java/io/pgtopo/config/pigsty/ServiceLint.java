package io.pgtopo.config.pigsty;

import io.pgtopo.config.model.Service;
import io.pgtopo.config.pigsty.ServiceReader.Declared;
import io.pgtopo.config.reading.Place;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.Problems;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Judges the services of one cluster. */
final class ServiceLint {
  /** Ports on which other parts of a Pigsty node listen. */
  private static final Map<Integer, String> RESERVED =
      Map.of(
          8008, "patroni",
          9100, "node_exporter",
          9101, "haproxy",
          9630, "pg_exporter",
          9631, "pgbouncer_exporter",
          9854, "pgbackrest_exporter");

  private static final Set<String> FOR_STANDBYS =
      Set.of("replica", "standby", "offline", "delayed");

  private final Problems problems;

  ServiceLint(Problems problems) {
    this.problems = problems;
  }

  void judge(
      Declaration spokesman,
      List<Declaration> members,
      List<Declared> declared,
      List<Service> services) {
    var byName = new HashMap<String, Declared>();
    var byPort = new HashMap<Integer, Declared>();
    for (var one : declared) {
      var place = one.place();
      warnOfDuplicate(one, byName.putIfAbsent(one.name(), one), place);
      refuseSharedPort(one, byPort.putIfAbsent(one.listen().port(), one), place);
      place.ifPresent(at -> judgeAlone(one, spokesman, at));
    }
    for (var service : services) {
      place(declared, service).ifPresent(at -> judgeServers(service, members, at));
    }
  }

  private static Optional<Place> place(List<Declared> declared, Service service) {
    return declared.stream()
        .filter(one -> one.name().equals(service.name()))
        .findFirst()
        .flatMap(Declared::place);
  }

  private void warnOfDuplicate(
      Declared one, @org.jspecify.annotations.Nullable Declared other, Optional<Place> place) {
    if (other == null || place.isEmpty()) {
      return;
    }
    problems.warn(
        Code.DUP_SERVICE,
        place.get(),
        "wanted a name of its own. Found: %s, as another service of the cluster; Pigsty writes both"
                .formatted(one.name())
            + " into one file, so only the last one is served");
  }

  /** Services with different addresses may share a port; one on all addresses with none. */
  private void refuseSharedPort(
      Declared one, @org.jspecify.annotations.Nullable Declared other, Optional<Place> place) {
    if (other == null || place.isEmpty() || other.name().equals(one.name())) {
      return;
    }
    var isShared =
        one.listen().ip().equals(other.listen().ip())
            || one.listen().ip().equals("*")
            || other.listen().ip().equals("*");
    if (isShared) {
      problems.warn(
          Code.DUP_SERVICE_PORT,
          place.get(),
          "wanted a port of its own for the service %s. Found: %d, on which %s listens too; HAProxy"
                  .formatted(one.name(), one.listen().port(), other.name())
              + " cannot bind it twice");
    }
  }

  private void judgeAlone(Declared one, Declaration spokesman, Place place) {
    var port = one.listen().port();
    var owner = port == spokesman.endpoint().port() ? "postgres" : RESERVED.get(port);
    if (owner != null && one.listen().ip().equals("*")) {
      problems.warn(
          Code.RESERVED_PORT,
          place,
          "wanted a free port for the service %s. Found: %d, on which %s listens; one of the two"
                  .formatted(one.name(), port, owner)
              + " does not start");
    }
    var isForStandbys = one.backup().isPresent() || FOR_STANDBYS.contains(one.name());
    if (one.check().equals("/") && isForStandbys) {
      problems.warn(
          Code.SERVICE_CHECK_DEFAULT,
          place,
          "wanted a check such as /replica for the service %s. Found: /, which only the primary passes;"
                  .formatted(one.name())
              + " its standbys never serve");
    }
  }

  private void judgeServers(Service service, List<Declaration> members, Place place) {
    var primaries = members.stream().filter(Declaration::isPrimary).map(Declaration::name).toList();
    var isBackedByPrimary =
        service.backups().stream().anyMatch(server -> primaries.contains(server.instance()));
    if (service.rule().check().equals("/sync") && isBackedByPrimary) {
      problems.warn(
          Code.SYNC_CHECK_WITH_PRIMARY_BACKUP,
          place,
          "wanted a check that the backup passes. Found: /sync with the primary as backup of the"
              + " service "
              + service.name()
              + "; Patroni answers it on synchronous standbys only, so the primary never takes over");
    }
    if (service.members().isEmpty() && service.backups().isEmpty() && !isForAll(place)) {
      problems.warn(
          Code.EMPTY_SERVICE,
          place,
          "wanted a selector that picks members. Found: none that does; the service "
              + service.name()
              + " has no server");
    }
  }

  private static boolean isForAll(Place place) {
    return place.path().startsWith("all.vars.") || place.path().contains("pg_default_services");
  }
}
