package io.pgtopo.agent.words;

import io.pgtopo.agent.advice.Advice;
import io.pgtopo.agent.drift.ClusterDrift;
import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.ManagerDrift;
import io.pgtopo.agent.drift.MemberDrift;
import io.pgtopo.agent.drift.ObjectDrift;
import io.pgtopo.agent.drift.ReplicationDrift;
import io.pgtopo.agent.drift.ServerDrift;
import io.pgtopo.agent.drift.ServiceDrift;
import io.pgtopo.agent.drift.SlotDrift;
import io.pgtopo.agent.drift.SubscriptionDrift;
import io.pgtopo.agent.drift.UndeclaredServer;
import io.pgtopo.agent.failover.Concern;
import io.pgtopo.agent.failover.LossEffect;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.InstanceFacts;
import io.pgtopo.agent.topology.AddressBook;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.track.EpisodeState;
import io.pgtopo.agent.track.TrackedDrift;
import io.pgtopo.config.model.Endpoint;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Drifts in English. Each theme has a class of its own, in which each kind has one case. */
public final class DriftText {
  static final String NOT_DECLARED = "nothing";

  private final AddressBook names;
  private final FactText facts;

  public DriftText(AddressBook names) {
    this.names = names;
    this.facts = new FactText(names);
  }

  /** The name of what is at an endpoint, or its address if nothing is declared there. */
  public String nameOf(Endpoint endpoint) {
    return names.nameOf(endpoint);
  }

  /** The state of a server as it reports it, without its name. */
  public static String position(InstanceFacts facts) {
    return FactText.position(facts);
  }

  /** All of it in one line, for a log. */
  public String sentence(Drift drift) {
    var wording = of(drift);
    var evidence = String.join("; ", wording.evidence());
    return drift instanceof Drift.Unverifiable unknown
        ? "could not verify %s of %s: %s"
            .formatted(unknown.about().label(), unknown.subject(), evidence)
        : "%s %s: %s; %s"
            .formatted(
                drift.kind().label(),
                drift.subject(),
                difference(wording.declared(), wording.live()),
                evidence);
  }

  /** What is declared and what is live, in one line. */
  public static String difference(String declared, String live) {
    return declared.equals(NOT_DECLARED)
        ? "undeclared: " + live
        : "declared %s, live %s".formatted(declared, live);
  }

  /** What is declared, in a few words. */
  public String declared(Drift drift) {
    return of(drift).declared();
  }

  /** What is live, in a few words. */
  public String live(Drift drift) {
    return of(drift).live();
  }

  /** The facts that prove it, one a line. */
  public List<String> evidence(Drift drift) {
    return of(drift).evidence();
  }

  /** What it breaks, one a line. */
  public List<String> consequences(Drift drift) {
    return of(drift).consequences();
  }

  /** The name of a drift of which no facts are known. */
  public static String name(Drift.Key key) {
    return key.about()
        .map(about -> "could not verify %s of %s".formatted(about.label(), key.subject()))
        .orElseGet(() -> key.kind().label() + " " + key.subject());
  }

  /** What a reader must know besides the drift itself; empty if the last cycle saw it, steady. */
  public static Optional<String> remark(TrackedDrift tracked) {
    var flaps =
        "flaps: came or went %d times in %d minutes"
            .formatted(tracked.transitions(), EpisodeState.FLAPPING_WINDOW.toMinutes());
    var absence =
        switch (tracked.presence()) {
          case SEEN -> "";
          case MISSED -> "last seen " + tracked.lastSeen() + ", not in the last cycle";
          case UNKNOWN -> "last seen " + tracked.lastSeen() + ", could not be evaluated since";
        };
    var remark =
        Stream.of(tracked.isFlapping() ? flaps : "", absence)
            .filter(part -> !part.isEmpty())
            .collect(Collectors.joining("; "));
    return Optional.of(remark).filter(text -> !text.isEmpty());
  }

  /** What to do, in one line. */
  public String advice(Advice advice) {
    return new AdviceText(names).of(advice);
  }

  /** What to do, step by step; empty if it is one step. */
  public List<String> steps(Advice advice) {
    return advice instanceof Advice.ChoosePrimary choice
        ? new ChoiceText(names).steps(choice)
        : List.of();
  }

  /** What must not be done, one sentence each. */
  public List<String> avoid(Advice advice) {
    return new AdviceText(names).avoid(advice);
  }

  /** What a failover depends on, in one sentence. */
  public String concern(Concern concern) {
    return new ConcernText(names, this).of(concern);
  }

  /** What the loss of a node costs, in one sentence. */
  public String effect(LossEffect effect) {
    return new LossText(names, new ConcernText(names, this)).of(effect);
  }

  private Wording of(Drift drift) {
    return switch (drift) {
      case ClusterDrift it -> new ClusterText(names, facts).of(it);
      case MemberDrift it -> new MemberText(names, facts).of(it);
      case ReplicationDrift it -> new ReplicationText(names, facts).of(it);
      case ServerDrift it -> new ServerText(facts).of(it);
      case SlotDrift it -> new SlotText(facts).of(it);
      case SubscriptionDrift it -> new SubscriptionText(facts).of(it);
      case ObjectDrift it -> new ObjectText(facts).of(it);
      case ServiceDrift it -> new ServiceText(facts).of(it);
      case ManagerDrift it -> OpinionText.of(it);
      case Drift.UndeclaredInstance(var found) ->
          new Wording(NOT_DECLARED, undeclared(found), undeclaredEvidence(found));
      case Drift.Unverifiable unknown ->
          new Wording(
              "could not verify " + unknown.about().label(),
              "unknown",
              List.of(new ReasonText(names).of(unknown.reason())));
    };
  }

  private String undeclared(UndeclaredServer found) {
    var place =
        found
            .link()
            .map(
                link ->
                    link.downstream().equals(found.peer())
                        ? "streams from " + names.nameOf(link.upstream())
                        : names.nameOf(link.downstream()) + " streams from it")
            .orElse("no replication link");
    return found
        .live()
        .filter(live -> found.link().isEmpty() || live.role() == LiveRole.PRIMARY)
        .map(live -> live.role().label() + ", " + place)
        .orElse(place);
  }

  private List<String> undeclaredEvidence(UndeclaredServer found) {
    return Stream.concat(
            found.link().map(link -> facts.link(link, otherEnd(found))).stream(),
            found.live().map(this::identity).stream())
        .toList();
  }

  private static String otherEnd(UndeclaredServer found) {
    if (found.live().isPresent()) {
      return "hides its end";
    }
    return found.failure().map(DriftText::answer).orElse("was not polled");
  }

  /** With the reason if it refused the login, or the agent what it asked for. */
  private static String answer(Failure failure) {
    var kind = failure.kind();
    var reason = kind == Failure.Kind.AUTHENTICATION ? " (" + failure.message() + ")" : "";
    return (kind.isAnswer() ? "answered the poll: " : "did not answer: ") + kind.label() + reason;
  }

  private String identity(LiveInstance live) {
    var identity = live.facts().identity();
    return "%s, system identifier %s, cluster_name \"%s\", PostgreSQL %s"
        .formatted(
            facts.position(live),
            FactText.systemId(identity),
            identity.clusterName(),
            identity.version());
  }
}
