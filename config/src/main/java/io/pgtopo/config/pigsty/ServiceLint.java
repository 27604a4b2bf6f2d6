package io.pgtopo.config.pigsty;

import io.pgtopo.config.ansible.Host;
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

/** Checks the services of one cluster. */
record ServiceLint(Problems problems) {
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

  void check(
      Declaration reference,
      List<Declaration> members,
      List<Declared> declared,
      List<Service> services) {
    var byName = new HashMap<String, Declared>();
    var byPort = new HashMap<Integer, Declared>();
    for (var one : declared) {
      var sameName = byName.putIfAbsent(one.name(), one);
      var samePort = byPort.putIfAbsent(one.port(), one);
      one.place()
          .ifPresent(
              place -> {
                if (sameName != null) {
                  warnOfDuplicate(one, place);
                }
                if (samePort != null && isShared(one, samePort)) {
                  warnOfSharedPort(one, samePort, place);
                }
                checkAlone(one, reference, place);
              });
    }
    if (problems.isLost(reference.cluster())) {
      // The servers may be those that were refused.
      return;
    }
    for (var service : services) {
      Optional.ofNullable(byName.get(service.name()))
          .flatMap(Declared::place)
          .ifPresent(at -> checkServers(service, members, at));
    }
  }

  private void warnOfDuplicate(Declared one, Place place) {
    problems.fault(
        Code.DUP_SERVICE,
        place,
        "a name of its own",
        "%s, the name of another service of the cluster; Pigsty writes both to one file, so only the"
                .formatted(one.name())
            + " last one is served");
  }

  /** Services with different addresses may share a port; one on all addresses with none. */
  private static boolean isShared(Declared one, Declared other) {
    var ip = one.ip();
    return !one.name().equals(other.name())
        && (ip.equals(other.ip()) || ip.equals("*") || other.ip().equals("*"));
  }

  private void warnOfSharedPort(Declared one, Declared other, Place place) {
    problems.fault(
        Code.DUP_SERVICE_PORT,
        place,
        "a port of its own for the service " + one.name(),
        "%d, on which %s listens too; HAProxy cannot bind it twice"
            .formatted(one.port(), other.name()));
  }

  private void checkAlone(Declared one, Declaration reference, Place place) {
    var port = one.port();
    var owner = port == reference.endpoint().port() ? "postgres" : RESERVED.get(port);
    if (owner != null && one.ip().equals("*")) {
      problems.fault(
          Code.RESERVED_PORT,
          place,
          "a free port for the service " + one.name(),
          "%d, on which %s listens; one of the two does not start".formatted(port, owner));
    }
    var isForStandbys = one.backup().isPresent() || FOR_STANDBYS.contains(one.name());
    if (one.check().equals("/") && isForStandbys) {
      problems.warn(
          Code.SERVICE_CHECK_DEFAULT,
          place,
          "a check such as /replica for the service " + one.name(),
          "/, which only the primary passes; its standbys never serve");
    }
  }

  private void checkServers(Service service, List<Declaration> members, Place place) {
    var primaries = members.stream().filter(Declaration::isPrimary).map(Declaration::name).toList();
    var isBackedByPrimary =
        service.backups().stream().anyMatch(server -> primaries.contains(server.instance()));
    if (service.definition().check().equals("/sync") && isBackedByPrimary) {
      problems.warn(
          Code.SYNC_CHECK_WITH_PRIMARY_BACKUP,
          place,
          "a check that the backup passes",
          "/sync with the primary as backup of the service %s; only synchronous standbys pass it, so"
                  .formatted(service.name())
              + " the primary never takes over");
    }
    if (service.members().isEmpty() && service.backups().isEmpty() && !isInherited(place)) {
      problems.fault(
          Code.EMPTY_SERVICE,
          place,
          "a selector that picks members",
          "one that picks none; the service " + service.name() + " has no server");
    }
  }

  private static boolean isInherited(Place place) {
    return Host.isForAllHosts(place) || place.path().contains("pg_default_services");
  }
}
