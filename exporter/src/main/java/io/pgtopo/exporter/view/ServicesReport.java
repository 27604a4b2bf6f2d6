package io.pgtopo.exporter.view;

import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Service;
import java.util.List;

/** The services as they are declared. */
public record ServicesReport(List<ServiceReport> services) {

  /** A service with its servers. */
  public record ServiceReport(
      String cluster,
      String name,
      String fullName,
      String address,
      int port,
      String destination,
      String check,
      List<ServerReport> members,
      List<ServerReport> backups) {

    private static ServiceReport of(Cluster cluster, Service service) {
      return new ServiceReport(
          cluster.name(),
          service.name(),
          service.fullName(cluster.name()),
          service.listen().ip(),
          service.listen().port(),
          service.definition().destination().label(),
          service.definition().check(),
          service.members().stream().map(ServerReport::of).toList(),
          service.backups().stream().map(ServerReport::of).toList());
    }
  }

  /** A server of a service. */
  public record ServerReport(String instance, String address, int weight) {
    private static ServerReport of(Service.Server server) {
      return new ServerReport(server.instance(), server.endpoint().toString(), server.weight());
    }
  }

  public static ServicesReport of(List<Cluster> clusters) {
    return new ServicesReport(
        clusters.stream()
            .flatMap(
                cluster ->
                    cluster.services().stream().map(service -> ServiceReport.of(cluster, service)))
            .toList());
  }
}
