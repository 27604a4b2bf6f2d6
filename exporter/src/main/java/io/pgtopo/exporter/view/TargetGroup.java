package io.pgtopo.exporter.view;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.pgtopo.config.model.InstanceRole;
import java.util.List;

/**
 * A declared instance as a target of Prometheus' HTTP service discovery. What is live stands in
 * labels that relabelling drops, so that no series changes its labels in a failover.
 */
public record TargetGroup(List<String> targets, TargetLabels labels) {

  /** Its labels. */
  public record TargetLabels(
      String cls,
      String ins,
      String ip,
      @JsonProperty("__meta_pgtopo_role") String role,
      @JsonProperty("__meta_pgtopo_declared_role") String declaredRole,
      @JsonProperty("__meta_pgtopo_reachable") String reachable) {}

  public static List<TargetGroup> of(List<ClusterView> views) {
    return views.stream().flatMap(view -> view.members().stream()).map(TargetGroup::of).toList();
  }

  private static TargetGroup of(InstanceView member) {
    var declared = member.declared();
    return new TargetGroup(
        List.of(declared.endpoint().toString()),
        new TargetLabels(
            declared.cluster(),
            declared.name(),
            declared.endpoint().host(),
            member.role().label(),
            declared.role().map(InstanceRole::label).orElse("remote"),
            Boolean.toString(member.live().isPresent())));
  }
}
