package io.pgtopo.exporter.json;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.exporter.view.ClusterView;
import io.pgtopo.exporter.view.InstanceView;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Everything that one cycle yielded, as one JSON document. */
public final class SnapshotJson {
  private SnapshotJson() {}

  /** The clusters that are asked for. */
  public static JsonObject render(Snapshot snapshot, List<ClusterView> views) {
    return new JsonObject()
        .with("startedAt", snapshot.window().from().toString())
        .with("endedAt", snapshot.window().to().toString())
        .with(
            "looks",
            views.stream()
                .flatMap(view -> view.members().stream())
                .flatMap(member -> member.observation().map(seen -> look(member, seen)).stream())
                .toList())
        .with("topology", TopologyJson.render(snapshot, views).fields())
        .with("drift", DriftJson.render(snapshot, views).fields());
  }

  private static Map<String, @Nullable Object> look(InstanceView member, Observation seen) {
    Optional<String> failure = member.failure().map(it -> it.kind().label());
    return new JsonObject()
        .with("instance", member.declared().name())
        .with("address", seen.endpoint().toString())
        .with("from", seen.window().from().toString())
        .with("to", seen.window().to().toString())
        .with("failure", failure)
        .fields();
  }
}
