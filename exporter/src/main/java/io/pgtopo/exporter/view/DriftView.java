package io.pgtopo.exporter.view;

import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.judge.JudgedDrift;
import io.pgtopo.agent.judge.Standing;
import io.pgtopo.agent.words.DriftText;
import java.util.List;
import java.util.Optional;

/**
 * A drift in words, from a look of one's own or as a running agent tells it.
 *
 * @param about for something unverifiable, the kind that could not be judged
 * @param severity by the policy
 * @param cause the open drift that it follows from
 * @param accepted by whose word it does not count; empty if it does
 */
public record DriftView(
    String kind,
    Optional<String> about,
    String severity,
    Where where,
    Words words,
    Optional<Key> cause,
    Optional<Accepted> accepted) {

  /**
   * What it is about.
   *
   * @param instance empty if it is about the cluster itself
   * @param part a database, role, slot or service
   */
  public record Where(String cluster, Optional<String> instance, Optional<String> part) {
    public Where {
      part = part.map(DisplayNames::shown);
    }

    /** All of an instance, or of a cluster. */
    public Where(String cluster, Optional<String> instance) {
      this(cluster, instance, Optional.empty());
    }

    static Where of(Subject subject) {
      return new Where(
          subject.cluster(),
          subject.instance().map(DisplayNames::shown),
          subject.part().map(Subject.Part::toString));
    }

    /** The instance, or the cluster, and the part. */
    @Override
    public String toString() {
      var whole = instance.orElse(cluster);
      return part.map(it -> whole + " " + it).orElse(whole);
    }
  }

  /**
   * What is said of it; proof and consequences in sentences.
   *
   * @param remark that it flaps, or was not seen in the last cycle
   */
  public record Words(
      String declared,
      String live,
      List<String> proof,
      List<String> consequences,
      Optional<String> remark) {
    /** Of a drift that is as it was in the last cycle. */
    public Words(String declared, String live, List<String> proof, List<String> consequences) {
      this(declared, live, proof, consequences, Optional.empty());
    }
  }

  /** What another one names it by. */
  public record Key(String kind, Where where) {}

  /**
   * By whose word it does not count.
   *
   * @param standing ignored or suspended
   * @param subject of a maintenance, the cluster or instance
   * @param until ISO 8601
   */
  public record Accepted(
      String standing, Optional<String> subject, String owner, String reason, String until) {
    @Override
    public String toString() {
      return "%s until %s by %s: %s"
          .formatted(
              subject.map(it -> "maintenance of " + it).orElse(standing), until, owner, reason);
    }
  }

  static DriftView of(JudgedDrift judged, DriftText words) {
    var drift = judged.drift();
    var about =
        drift instanceof Drift.Unverifiable unknown
            ? Optional.of(unknown.about())
            : Optional.<DriftKind>empty();
    return new DriftView(
        drift.kind().label(),
        about.map(DriftKind::label),
        judged.severity().label(),
        Where.of(drift.subject()),
        new Words(
            words.declared(drift),
            words.live(drift),
            words.evidence(drift),
            words.consequences(drift),
            judged.tracked().remark()),
        judged.cause().map(key -> new Key(key.kind().label(), Where.of(key.subject()))),
        accepted(judged.standing()));
  }

  private static Optional<Accepted> accepted(Standing standing) {
    return switch (standing) {
      case Standing.Counts counts -> Optional.empty();
      case Standing.Ignored(var rule) ->
          Optional.of(
              new Accepted(
                  "ignored",
                  Optional.empty(),
                  rule.owner(),
                  rule.reason(),
                  rule.until().toString()));
      case Standing.Suspended(var entry) ->
          Optional.of(
              new Accepted(
                  "suspended",
                  Optional.of(entry.subject()),
                  entry.owner(),
                  entry.reason(),
                  entry.until().toString()));
    };
  }

  public boolean isUnverifiable() {
    return about.isPresent();
  }

  /** The instance, or the cluster, and the part. */
  public String subject() {
    return where.toString();
  }

  /** The kind that it is about, judged or not. */
  public String topic() {
    return about.orElse(kind);
  }

  public Key key() {
    return new Key(kind, where);
  }

  /** What is declared and what is live, in one line. */
  public String difference() {
    return DriftText.difference(words.declared(), words.live());
  }

  public String declared() {
    return words.declared();
  }

  public String live() {
    return words.live();
  }

  public List<String> proof() {
    return words.proof();
  }
}
