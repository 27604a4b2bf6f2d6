package io.pgtopo.exporter.json;

import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Service;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The services as they are declared, as JSON. */
public final class ServicesJson {
  private ServicesJson() {}

  public static JsonObject render(List<Cluster> clusters) {
    return new JsonObject()
        .with(
            "services",
            clusters.stream()
                .flatMap(
                    cluster ->
                        cluster.services().stream().map(service -> service(cluster, service)))
                .toList());
  }

  private static Map<String, @Nullable Object> service(Cluster cluster, Service service) {
    return new JsonObject()
        .with("cluster", cluster.name())
        .with("name", service.name())
        .with("fullName", service.fullName(cluster.name()))
        .with("address", service.listen().ip())
        .with("port", service.listen().port())
        .with("destination", service.rule().destination().label())
        .with("check", service.rule().check())
        .with("members", service.members().stream().map(ServicesJson::server).toList())
        .with("backups", service.backups().stream().map(ServicesJson::server).toList())
        .fields();
  }

  private static Map<String, @Nullable Object> server(Service.Server server) {
    return new JsonObject()
        .with("instance", server.instance())
        .with("address", server.endpoint().toString())
        .with("weight", server.weight())
        .fields();
  }
}
