package io.pgtopo.exporter.view;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.observation.Dial;
import io.pgtopo.agent.service.BalancedService;
import io.pgtopo.agent.service.Dials;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Service;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** Which declared services lead to a server, as clients and load balancers showed lately. */
final class ServiceReach {
  private static final Duration LATELY = Duration.ofMinutes(2);

  private ServiceReach() {}

  /** In the order of their declaration; none if services are not dialled, and not read. */
  static List<String> of(Cluster cluster, InstanceView member, Snapshot snapshot) {
    var others = snapshot.others();
    return cluster.services().stream()
        .filter(
            service ->
                member
                        .live()
                        .filter(server -> isReached(service, server, others.dials()))
                        .isPresent()
                    || BalancedService.of(cluster, service, others.balancers())
                        .serving()
                        .contains(member.declared().name()))
        .map(Service::name)
        .toList();
  }

  /** A client that it had in another role shows nothing of the present. */
  private static boolean isReached(Service service, LiveInstance server, Dials dials) {
    return service.listen().endpoints().stream()
        .flatMap(address -> lately(address, dials))
        .anyMatch(
            dial ->
                dial.answer() instanceof Dial.Answer.Server found
                    && found.is(server.facts().identity())
                    && (found.recovery() == Dial.Recovery.IN_PRODUCTION)
                        == (server.role() == LiveRole.PRIMARY));
  }

  private static Stream<Dial> lately(Endpoint address, Dials dials) {
    return dials.since(address, dials.asOf().minus(LATELY)).stream();
  }
}
