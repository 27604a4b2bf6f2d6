package io.pgtopo.exporter.view;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.pgtopo.agent.advice.Advice;
import io.pgtopo.agent.advice.Adviser;
import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Severity;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.judge.JudgedDrift;
import io.pgtopo.agent.judge.Standing;
import io.pgtopo.agent.track.TrackedDrift;
import io.pgtopo.agent.words.DriftText;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** One open drift, or something that could not be evaluated, in words. */
public record DriftEntry(
    @OneOf(DriftKind.class) String kind,
    @OneOf(DriftKind.class)
        @JsonPropertyDescription("the kind that could not be evaluated; null for a drift")
        Optional<String> about,
    @OneOf(Severity.class) @JsonPropertyDescription("by the policy") String severity,
    @OneOf(TrackedDrift.State.class) String state,
    String cls,
    @JsonPropertyDescription("null if it is about the whole cluster") Optional<String> ins,
    Optional<String> ip,
    @JsonPropertyDescription("the database, role, slot or service; null for the whole")
        Optional<String> part,
    String declared,
    String live,
    List<String> evidence,
    @JsonPropertyDescription("what it breaks") List<String> consequences,
    @JsonPropertyDescription(
            "what to do in the present state of the cluster; null if the kind alone decides")
        Optional<String> advice,
    @JsonPropertyDescription("the advice step by step; empty if it is one step") List<String> steps,
    @JsonPropertyDescription("what must not be done in this state, one sentence each")
        List<String> avoid,
    @JsonPropertyDescription("the primaries of a split brain; empty for any other kind")
        List<SideReport> sides,
    @JsonPropertyDescription("the open drift that it follows from") Optional<DriftKey> cause,
    @JsonPropertyDescription("why it does not count; null if it does") Optional<Accepted> accepted,
    Instant since,
    Instant lastSeen,
    @OneOf(TrackedDrift.Presence.class) @JsonPropertyDescription("in the last cycle")
        String presence,
    @JsonPropertyDescription("presence and flapping in words") Optional<String> remark,
    boolean flapping,
    @JsonPropertyDescription("how often it came or went in the last 10 minutes") int transitions) {

  /** What identifies an open drift. */
  public record DriftKey(
      @OneOf(DriftKind.class) String kind,
      String cls,
      Optional<String> ins,
      Optional<String> part) {

    private static DriftKey of(Drift.Key key) {
      var subject = key.subject();
      return new DriftKey(
          key.kind().label(), subject.cluster(), instanceOf(subject), partOf(subject));
    }

    /** The instance, or the cluster, and the part. */
    public String subject() {
      var whole = ins.orElse(cls);
      return part.map(it -> whole + " " + it).orElse(whole);
    }
  }

  /** A rule of the policy or a maintenance by which a drift does not count. */
  public record Accepted(
      String owner,
      String reason,
      Instant until,
      @JsonPropertyDescription("the cluster or instance; null for a rule of the policy")
          Optional<String> maintenanceOf) {

    /** Ignored or suspended. */
    public String standing() {
      return maintenanceOf.isPresent() ? "suspended" : "ignored";
    }

    /** In a sentence. */
    public String text() {
      return "%s until %s by %s: %s"
          .formatted(
              maintenanceOf.map(it -> "maintenance of " + it).orElse("ignored"),
              until,
              owner,
              reason);
    }
  }

  static DriftEntry of(JudgedDrift judged, DriftText words, Adviser adviser) {
    var tracked = judged.tracked();
    var drift = judged.drift();
    var subject = drift.subject();
    var advice = adviser.of(tracked);
    return new DriftEntry(
        drift.kind().label(),
        drift instanceof Drift.Unverifiable unknown
            ? Optional.of(unknown.about().label())
            : Optional.empty(),
        judged.severity().label(),
        tracked.state().label(),
        subject.cluster(),
        instanceOf(subject),
        subject.node(),
        partOf(subject),
        words.declared(drift),
        words.live(drift),
        words.evidence(drift),
        words.consequences(drift),
        advice.map(words::advice),
        advice.map(words::steps).orElse(List.of()),
        advice.map(words::avoid).orElse(List.of()),
        advice
            .filter(Advice.ChoosePrimary.class::isInstance)
            .map(it -> SideReport.of((Advice.ChoosePrimary) it, words))
            .orElse(List.of()),
        judged.cause().map(DriftKey::of),
        switch (judged.standing()) {
          case Standing.Counts counts -> Optional.empty();
          case Standing.Ignored(var rule) ->
              Optional.of(
                  new Accepted(rule.owner(), rule.reason(), rule.until(), Optional.empty()));
          case Standing.Suspended(var entry) ->
              Optional.of(
                  new Accepted(
                      entry.owner(), entry.reason(), entry.until(), Optional.of(entry.subject())));
        },
        tracked.since(),
        tracked.lastSeen(),
        tracked.presence().label(),
        DriftText.remark(tracked),
        tracked.isFlapping(),
        tracked.transitions());
  }

  static Optional<String> instanceOf(Subject subject) {
    return subject.instance().map(DisplayNames::shown);
  }

  static Optional<String> partOf(Subject subject) {
    return subject.part().map(Subject.Part::toString);
  }

  /** Whether it is something that could not be evaluated. */
  public boolean isUnverifiable() {
    return about.isPresent();
  }

  /** Whether it is not there now, and only comes and goes. */
  public boolean isFlapping() {
    return state.equals(TrackedDrift.State.FLAPPING.label());
  }

  /** What is declared and what is live, in one line. */
  public String difference() {
    return DriftText.difference(declared, live);
  }

  /** The kind that it is about, evaluated or not. */
  public String topic() {
    return about.orElse(kind);
  }

  public DriftKey key() {
    return new DriftKey(kind, cls, ins, part);
  }

  /** The instance, or the cluster, and the part. */
  public String subject() {
    return key().subject();
  }
}
