package io.pgtopo.exporter;

import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.DriftText;
import io.pgtopo.agent.drift.TrackedDrift;
import java.util.List;
import java.util.Optional;

/**
 * A drift in words, from a look of one's own or as a running agent tells it.
 *
 * @param about for something unverifiable, the kind that could not be judged
 * @param where the cluster, and the instance unless it is about the cluster itself
 */
record Finding(
    String kind,
    Optional<String> about,
    String severity,
    Where where,
    String declared,
    String live,
    List<String> proof) {

  /** What it is about; the part is a database, role, slot or service. */
  record Where(String cluster, Optional<String> instance, Optional<String> part) {
    /** All of an instance, or of a cluster. */
    Where(String cluster, Optional<String> instance) {
      this(cluster, instance, Optional.empty());
    }
  }

  static Finding of(TrackedDrift tracked, DriftText words) {
    var drift = tracked.drift();
    var about =
        drift instanceof Drift.Unverifiable unknown
            ? Optional.of(unknown.about())
            : Optional.<DriftKind>empty();
    return new Finding(
        drift.kind().label(),
        about.map(DriftKind::label),
        drift.kind().severity().label(),
        new Where(
            drift.subject().cluster(),
            drift.subject().instance().map(Names::shown),
            drift.subject().part().map(Object::toString)),
        words.declared(drift),
        words.live(drift),
        words.proof(drift));
  }

  boolean isUnverifiable() {
    return about.isPresent();
  }

  /** The instance, or the cluster, and the part. */
  String subject() {
    var whole = where.instance().orElse(where.cluster());
    return where.part().map(it -> whole + " " + it).orElse(whole);
  }

  /** The kind that it is about, judged or not. */
  String topic() {
    return about.orElse(kind);
  }
}
