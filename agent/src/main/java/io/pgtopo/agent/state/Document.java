package io.pgtopo.agent.state;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The file as it is written: {@link StateJson} maps it. Times are ISO 8601 in UTC. A new component
 * or meaning needs a new {@link #VERSION}.
 *
 * @param format always {@link #FORMAT}
 * @param savedAt by the agent's clock
 */
record Document(
    String format,
    int version,
    String savedAt,
    List<Open> open,
    List<Resolved> resolved,
    List<Known> instances,
    List<Happened> changes) {
  static final String FORMAT = "pgtopo state";
  static final int VERSION = 2;

  /** A {@link io.pgtopo.agent.drift.Subject}. */
  record About(
      String cluster,
      @Nullable String instance,
      @Nullable String node,
      @Nullable String partType,
      @Nullable String part) {}

  /** A {@link io.pgtopo.agent.drift.Drift.Key}. */
  record DriftKey(String kind, @Nullable String about, About subject) {}

  /** An {@link io.pgtopo.agent.track.Episode}, without the facts of its drift. */
  record Open(
      DriftKey drift,
      List<Address> sources,
      String since,
      String lastSeen,
      @Nullable String firedAt,
      StoredEpisode course) {}

  /** A {@link io.pgtopo.agent.track.EpisodeState}. */
  record StoredEpisode(long heldMillis, String presence, int cycles, List<String> transitions) {}

  /** A {@link io.pgtopo.agent.track.ResolvedDrift}. */
  record Resolved(Open drift, String at) {}

  /** An {@link io.pgtopo.config.model.Endpoint}. */
  record Address(String host, int port) {}

  /** A {@link io.pgtopo.agent.history.LastAnswer}. */
  record Known(Address at, String cluster, String name, boolean isAnswering, Reported lastAnswer) {}

  /** A {@link io.pgtopo.agent.history.LastAnswer.Reported}; no system identifier is empty. */
  record Reported(
      String systemId, String role, String startedAt, int timeline, @Nullable Followed upstream) {}

  /** A {@link io.pgtopo.agent.history.LastAnswer.Followed}. */
  record Followed(String address, String name) {}

  /** A {@link io.pgtopo.agent.history.Change}. */
  record Happened(
      String at,
      String kind,
      @Nullable About subject,
      @Nullable DriftKey drift,
      String text,
      @Nullable String serverTime) {}
}
