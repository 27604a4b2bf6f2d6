package io.pgtopo.exporter.json;

import io.pgtopo.config.model.InstanceRole;
import io.pgtopo.exporter.view.ClusterView;
import io.pgtopo.exporter.view.InstanceView;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The declared instances as targets of Prometheus' HTTP service discovery. What is live stands in
 * labels that relabelling drops, so that no series changes its labels in a failover.
 */
public final class DiscoveryJson {
  private DiscoveryJson() {}

  public static String render(List<ClusterView> views) {
    return JsonObject.text(
        views.stream().flatMap(view -> view.members().stream()).map(DiscoveryJson::group).toList());
  }

  private static Map<String, @Nullable Object> group(InstanceView member) {
    var declared = member.declared();
    return new JsonObject()
        .with("targets", List.of(declared.endpoint().toString()))
        .with(
            "labels",
            new JsonObject()
                .with("cls", declared.cluster())
                .with("ins", declared.name())
                .with("ip", declared.endpoint().host())
                .with("__meta_pgtopo_role", member.role().label())
                .with(
                    "__meta_pgtopo_declared_role",
                    declared.role().map(InstanceRole::label).orElse("remote"))
                .with("__meta_pgtopo_reachable", Boolean.toString(member.live().isPresent()))
                .fields())
        .fields();
  }
}
