package io.pgtopo.agent.words;

import io.pgtopo.agent.drift.ServiceDrift;
import io.pgtopo.agent.drift.ServiceDrift.ServiceMisrouted.Proof;
import io.pgtopo.agent.observation.Dial;
import io.pgtopo.agent.service.ServiceRoute;
import io.pgtopo.agent.service.ServiceRoute.RoutedServer;
import io.pgtopo.agent.service.ServiceRoute.Turn;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.config.model.Endpoint;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What is wrong with a service, in English. */
final class ServiceText {
  private final FactText facts;

  ServiceText(FactText facts) {
    this.facts = facts;
  }

  Wording of(ServiceDrift drift) {
    return switch (drift) {
      case ServiceDrift.ServiceMisrouted it ->
          new Wording("leads to " + roles(it.wanted()), reached(it), evidence(it), consequence(it));
      case ServiceDrift.ServiceDown it ->
          new Wording(
              "leads to a server at each address",
              "no server at "
                  + Stream.concat(
                          it.addresses().stream().map(Dial::address),
                          it.empty().stream().map(ServiceDrift.ServiceDown.EmptyProxy::address))
                      .distinct()
                      .sorted()
                      .map(Endpoint::toString)
                      .collect(Collectors.joining(", ")),
              Stream.concat(
                      it.addresses().stream().map(ServiceText::failed),
                      it.empty().stream().map(ServiceText::empty))
                  .toList(),
              List.of(
                  it.others().isEmpty()
                      ? "no client gets a server through it"
                      : "clients that connect there get no server; those of %s do"
                          .formatted(
                              it.others().stream()
                                  .map(Endpoint::toString)
                                  .collect(Collectors.joining(", ")))));
      case ServiceDrift.BackendMismatch it -> BackendText.of(it);
      case ServiceDrift.UndeclaredService it -> BackendText.of(it);
    };
  }

  private static String empty(ServiceDrift.ServiceDown.EmptyProxy proxy) {
    var servers =
        proxy.servers().stream()
            .map(it -> "%s %s".formatted(it.name(), it.status().label()))
            .collect(Collectors.joining(", "));
    return "HAProxy on %s has no server for it: %s"
        .formatted(proxy.address().host(), servers.isEmpty() ? "none is configured" : servers);
  }

  private static String failed(Dial dial) {
    return switch (dial.answer()) {
      case Dial.Answer.Failed(var failure) ->
          "a client of %s failed: %s, %s"
              .formatted(dial.address(), failure.kind().label(), failure.message());
      case Dial.Answer.Server server -> "a client of %s got a server".formatted(dial.address());
    };
  }

  private static String roles(Set<LiveRole> roles) {
    return roles.stream()
        .map(role -> role == LiveRole.PRIMARY ? "the primary" : "replicas")
        .collect(Collectors.joining(" and "));
  }

  private static String reached(ServiceDrift.ServiceMisrouted misrouted) {
    if (!misrouted.proof().isEmpty()) {
      return misrouted.proof().stream()
          .map(ServiceText::proved)
          .distinct()
          .collect(Collectors.joining(" and ", "leads to ", ""));
    }
    if (misrouted.balanced().isPresent()) {
      return "leads to " + BackendText.sent(misrouted.balanced().get(), misrouted.wanted());
    }
    var serving = misrouted.route().serving();
    return serving.isEmpty()
        ? "leads to no server"
        : "leads to "
            + serving.stream().map(ServiceText::named).collect(Collectors.joining(" and "));
  }

  private static String proved(Proof proof) {
    return switch (proof.why()) {
      case WRONG_ROLE ->
          "%s (%s)"
              .formatted(
                  server(proof),
                  proof.reached().role() == LiveRole.PRIMARY ? "the primary" : "a replica");
      case OTHER_CLUSTER -> server(proof) + " (of another cluster)";
      case NO_MEMBER -> server(proof) + " (no member)";
    };
  }

  private static String server(Proof proof) {
    return proof
        .member()
        .or(() -> proof.reached().server().serverAddress().map(Endpoint::toString))
        .orElse("a server");
  }

  private static String named(RoutedServer server) {
    var role = server.role().live().filter(it -> it == LiveRole.PRIMARY);
    return "%s (%s)"
        .formatted(server.server().instance(), role.isPresent() ? "the primary" : "a replica");
  }

  /** What is declared, what the members report, and which layer the finding is from. */
  private List<String> evidence(ServiceDrift.ServiceMisrouted misrouted) {
    var layer =
        misrouted.isProved()
            ? Stream.concat(
                misrouted.proof().stream().map(ServiceText::client).distinct(),
                misrouted.balanced().stream().flatMap(BackendText::evidence))
            : Stream.of("no client proved it: this follows from the declaration and the roles");
    return Stream.of(
            layer,
            Stream.of(declared(misrouted.route())),
            misrouted.seen().values().stream().map(facts::position))
        .flatMap(lines -> lines)
        .toList();
  }

  private static String client(Proof proof) {
    var server = proof.reached().server();
    return "a client of %s got %s: system identifier %s, started %s, %s"
        .formatted(
            proof.reached().dial().address(),
            server(proof),
            server.systemId().map(Object::toString).orElse("unknown"),
            server.startedAt(),
            server.recovery() == Dial.Recovery.IN_RECOVERY ? "in recovery" : "in production");
  }

  private static String declared(ServiceRoute route) {
    return "declared: health check %s, members %s, backups %s"
        .formatted(
            route.service().definition().check(),
            names(route, ServiceRoute.Use.MEMBER),
            names(route, ServiceRoute.Use.BACKUP));
  }

  private static String names(ServiceRoute route, ServiceRoute.Use use) {
    var names =
        route.servers().stream()
            .filter(it -> it.use() == use)
            .map(it -> it.server().instance())
            .collect(Collectors.joining(" "));
    return names.isEmpty() ? "none" : names;
  }

  private static List<String> consequence(ServiceDrift.ServiceMisrouted misrouted) {
    var what =
        switch (misrouted.effect()) {
          case WRONG_ROLE -> Optional.of(wrongRole(misrouted));
          case NOWHERE -> Optional.of("connections to it fail");
          case MIXED -> Optional.of(mixed(misrouted));
          case UNKNOWN -> Optional.<String>empty();
        };
    var idle =
        misrouted.route().servers().stream()
            .filter(it -> it.turn() == Turn.IDLE)
            .filter(it -> it.role().live().filter(misrouted.wanted()::contains).isPresent())
            .map(it -> it.server().instance())
            .toList();
    return Stream.concat(
            what.stream(),
            idle.isEmpty()
                ? Stream.empty()
                : Stream.of(
                    "%s is only a backup, and gets no connection"
                        .formatted(String.join(", ", idle))))
        .toList();
  }

  private static String wrongRole(ServiceDrift.ServiceMisrouted misrouted) {
    return misrouted.wanted().contains(LiveRole.PRIMARY)
        ? "writes through it fail: it reaches read-only servers"
        : "all reads through it load the primary";
  }

  private static String mixed(ServiceDrift.ServiceMisrouted misrouted) {
    return misrouted.wanted().contains(LiveRole.PRIMARY)
        ? "some writes through it fail: it reaches read-only servers too"
        : "some reads through it load the primary";
  }
}
