package io.pgtopo.exporter.http;

import io.pgtopo.exporter.json.Json;
import io.pgtopo.exporter.view.ClusterState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Server-sent events as they are written. Every text in them is JSON, so none can forge one. */
final class EventText {
  private record SnapshotEvent(Instant endedAt, List<String> clusters) {}

  private record ChangeEvent(Instant endedAt, List<ChangedCluster> clusters) {}

  private record ChangedCluster(String name, List<String> changed) {}

  private record UnchangedEvent(Instant endedAt) {}

  private record UnknownEvent(String reason) {}

  private EventText() {}

  /**
   * The event that follows.
   *
   * @param sent the state in the last event; empty for the first one
   * @return empty if nothing has changed
   */
  static Optional<String> event(
      Optional<SortedMap<String, ClusterState>> sent,
      SortedMap<String, ClusterState> now,
      Instant endedAt) {
    if (sent.isEmpty()) {
      var clusters = List.copyOf(now.keySet());
      return Optional.of(event("snapshot", endedAt, new SnapshotEvent(endedAt, clusters)));
    }
    var changed = changed(sent.get(), now);
    return changed.isEmpty()
        ? Optional.empty()
        : Optional.of(event("change", endedAt, new ChangeEvent(endedAt, changed)));
  }

  /** A cycle ended, and nothing has changed. */
  static String unchanged(Instant endedAt) {
    return event("unchanged", endedAt, new UnchangedEvent(endedAt));
  }

  /** There is no fresh snapshot. */
  static String unknown(String reason) {
    return "event: unknown\ndata: " + Json.line(new UnknownEvent(reason)) + "\n\n";
  }

  private static String event(String type, Instant id, Object data) {
    return "event: " + type + "\nid: " + id + "\ndata: " + Json.line(data) + "\n\n";
  }

  private static List<ChangedCluster> changed(
      SortedMap<String, ClusterState> before, SortedMap<String, ClusterState> now) {
    var names = new TreeSet<>(before.keySet());
    names.addAll(now.keySet());
    var changed = new ArrayList<ChangedCluster>();
    for (var name : names) {
      var parts = parts(before.get(name), now.get(name));
      if (!parts.isEmpty()) {
        changed.add(new ChangedCluster(name, parts));
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
