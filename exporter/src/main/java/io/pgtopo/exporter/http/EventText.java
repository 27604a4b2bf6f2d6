package io.pgtopo.exporter.http;

import io.pgtopo.exporter.json.JsonObject;
import io.pgtopo.exporter.runtime.LatestSnapshot;
import io.pgtopo.exporter.view.ClusterState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Server-sent events as they are written. Every text in them is JSON, so none can forge one. */
final class EventText {
  private EventText() {}

  /** What is to be told; empty if nothing has changed. */
  static Optional<String> event(
      Optional<SortedMap<String, ClusterState>> told,
      SortedMap<String, ClusterState> now,
      Instant endedAt) {
    if (told.isEmpty()) {
      var clusters = List.copyOf(now.keySet());
      return Optional.of(
          event(
              "snapshot",
              endedAt,
              new JsonObject().with("endedAt", endedAt.toString()).with("clusters", clusters)));
    }
    var changed = changed(told.get(), now);
    return changed.isEmpty()
        ? Optional.empty()
        : Optional.of(
            event(
                "change",
                endedAt,
                new JsonObject().with("endedAt", endedAt.toString()).with("clusters", changed)));
  }

  /** That nothing is known of now. */
  static String silence(LatestSnapshot.Look look) {
    return "event: unknown\ndata: "
        + new JsonObject().with("reason", ReadinessPage.reason(look)).line()
        + "\n\n";
  }

  private static String event(String type, Instant id, JsonObject data) {
    return "event: " + type + "\nid: " + id + "\ndata: " + data.line() + "\n\n";
  }

  private static List<Map<String, @Nullable Object>> changed(
      SortedMap<String, ClusterState> before, SortedMap<String, ClusterState> now) {
    var names = new TreeSet<>(before.keySet());
    names.addAll(now.keySet());
    var changed = new ArrayList<Map<String, @Nullable Object>>();
    for (var name : names) {
      var parts = parts(before.get(name), now.get(name));
      if (!parts.isEmpty()) {
        changed.add(new JsonObject().with("name", name).with("changed", parts).fields());
      }
    }
    return changed;
  }

  private static List<String> parts(@Nullable ClusterState before, @Nullable ClusterState now) {
    if (before == null || now == null) {
      return Objects.equals(before, now) ? List.of() : List.of("declared");
    }
    var parts = new ArrayList<String>();
    if (!before.roles().equals(now.roles())) {
      parts.add("roles");
    }
    if (!before.links().equals(now.links())) {
      parts.add("links");
    }
    if (!before.open().equals(now.open())) {
      parts.add("drift");
    }
    return parts;
  }
}
