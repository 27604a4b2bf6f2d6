package io.pgtopo.agent.words;

import io.pgtopo.agent.drift.ServiceDrift.BackendMismatch;
import io.pgtopo.agent.drift.ServiceDrift.ServiceMisrouted.Balanced;
import io.pgtopo.agent.drift.ServiceDrift.UndeclaredService;
import io.pgtopo.agent.service.BalancedService.Deviation;
import io.pgtopo.agent.service.ServiceRoute.Use;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.config.model.Service;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What load balancers have loaded, and where they send connections, in English. */
final class BackendText {
  private static final double WHOLE = 100;

  private BackendText() {}

  static Wording of(BackendMismatch mismatch) {
    var declared = mismatch.declared();
    return new Wording(
        "members %s, backups %s".formatted(names(declared.members()), names(declared.backups())),
        differences(mismatch).map(BackendText::live).collect(Collectors.joining(", ")),
        Stream.concat(
                mismatch.differing().entrySet().stream()
                    .map(it -> onNode(it.getKey(), it.getValue())),
                Stream.of(mismatch.agreeing())
                    .filter(nodes -> !nodes.isEmpty())
                    .map(nodes -> "as declared: HAProxy on " + String.join(", ", nodes)))
            .toList(),
        differences(mismatch).map(BackendText::consequence).distinct().toList());
  }

  static Wording of(UndeclaredService service) {
    var nodes = String.join(", ", service.loaded().keySet());
    return new Wording(
        "no such service",
        "served by HAProxy on " + nodes,
        service.loaded().entrySet().stream()
            .map(
                it ->
                    "HAProxy on %s has %s with the servers %s"
                        .formatted(
                            it.getKey(),
                            service.cluster().name() + "-" + service.service(),
                            String.join(" ", it.getValue())))
            .toList(),
        List.of(
            "clients reach servers through it, and nothing declares which ones they should get"));
  }

  private static Stream<Deviation> differences(BackendMismatch mismatch) {
    return mismatch.differing().values().stream().flatMap(List::stream).distinct();
  }

  private static String onNode(String node, List<Deviation> differences) {
    return "HAProxy on %s %s"
        .formatted(
            node, differences.stream().map(BackendText::live).collect(Collectors.joining(", ")));
  }

  private static String names(List<Service.Server> servers) {
    return servers.isEmpty()
        ? "none"
        : servers.stream().map(Service.Server::instance).collect(Collectors.joining(" "));
  }

  private static String live(Deviation difference) {
    return switch (difference) {
      case Deviation.Missing(var server) -> "lacks " + server;
      case Deviation.Undeclared(var server) -> "has %s, which is not declared".formatted(server);
      case Deviation.OtherUse(var server, var declared) ->
          declared == Use.BACKUP
              ? "uses %s as a member, not as a backup".formatted(server)
              : "uses %s as a backup only".formatted(server);
      case Deviation.OtherBackups(var declared, var found) ->
          "has %d backups among the servers that are up, not %d".formatted(found, declared);
      case Deviation.NotLoaded none -> "does not have the service";
    };
  }

  private static String consequence(Deviation difference) {
    return switch (difference) {
      case Deviation.Missing(var server) -> "clients do not reach %s through it".formatted(server);
      case Deviation.Undeclared(var server) ->
          "clients may get %s, which is not declared".formatted(server);
      case Deviation.OtherUse(var server, var declared) ->
          declared == Use.BACKUP
              ? "%s gets connections while members are available".formatted(server)
              : "%s gets no connection while a member is available".formatted(server);
      case Deviation.OtherBackups other ->
          "other servers get its connections than those that are declared for it";
      case Deviation.NotLoaded none -> "clients that connect there get no server";
    };
  }

  /** The wrong servers, with their share of the connections. */
  static String sent(Balanced sent, Set<LiveRole> wanted) {
    var role = wanted.contains(LiveRole.PRIMARY) ? "a replica" : "the primary";
    var names =
        sent.wrong().stream()
            .map(name -> "%s (%s)".formatted(name, role))
            .collect(Collectors.joining(" and "));
    return sent.all() == 0
        ? names
        : "%s, %d %% of its connections"
            .formatted(names, Math.round(WHOLE * sent.misrouted() / sent.all()));
  }

  static Stream<String> evidence(Balanced sent) {
    var nodes =
        sent.serving().entrySet().stream()
            .map(
                it ->
                    "HAProxy on %s sends connections to %s"
                        .formatted(it.getKey(), String.join(", ", it.getValue())));
    return sent.all() == 0
        ? nodes
        : Stream.concat(
            nodes,
            Stream.of(
                "connections between the last two reports of all load balancers: "
                    + sent.sessions().entrySet().stream()
                        .map(it -> it.getKey() + " " + it.getValue())
                        .collect(Collectors.joining(", "))));
  }
}
