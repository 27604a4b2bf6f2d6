package io.pgtopo.agent.campaign;

import io.pgtopo.agent.campaign.Chronicle.Moment;
import io.pgtopo.agent.campaign.Chronicle.Shown;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Severity;
import io.pgtopo.agent.judge.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What is shown beside the drifts, against what was true: roles, links, verdicts and advice. */
final class Contradictions {
  /** How long a verdict may follow from what was true before. */
  private static final Duration LINGER = Duration.ofSeconds(15);

  private final Chronicle chronicle;
  private final List<Moment> moments;
  private final List<Shown> shown;
  private final Tally tally;

  Contradictions(Chronicle chronicle, Tally tally) {
    this.chronicle = chronicle;
    this.moments = chronicle.moments();
    this.shown = chronicle.shown();
    this.tally = tally;
  }

  void find() {
    advice();
    topology();
    verdicts();
    alarms();
    liveness();
  }

  private void add(String what, DriftKind kind, Instant at, String text) {
    tally.add(Tally.Finding.of(chronicle, what, new Fact(kind, chronicle.cluster()), at, text));
  }

  /** A cluster is not degraded while nothing is true, nor healthy while something harms it. */
  private void verdicts() {
    var reported = new TreeSet<String>();
    for (var cycle : shown) {
      if (cycle.health() == Verdict.Health.DEGRADED
          && isQuiet(cycle.from().minus(LINGER), cycle.to().plus(Judge.BLUR))
          && reported.add("degraded" + chronicle.before(cycle.to()))) {
        add("CONTRADICTION", DriftKind.UNVERIFIABLE, cycle.to(), "degraded, and nothing is true");
      }
      if (cycle.health() == Verdict.Health.HEALTHY) {
        harm(cycle)
            .filter(it -> reported.add("healthy" + it))
            .ifPresent(
                it ->
                    add(
                        "CONTRADICTION",
                        DriftKind.UNVERIFIABLE,
                        cycle.to(),
                        "healthy, and true is " + it));
      }
    }
  }

  private boolean isQuiet(Instant from, Instant to) {
    return !moments.isEmpty()
        && moments.getFirst().at().isBefore(from)
        && moments.stream()
            .filter(it -> it.at().isAfter(from) && it.at().isBefore(to))
            .allMatch(it -> it.truth().isEmpty());
  }

  /** What harmed it all the time for as long as it may take to be told. */
  private Optional<Fact> harm(Shown cycle) {
    return during(cycle).stream()
        .flatMap(it -> it.truth().entrySet().stream())
        .filter(it -> it.getKey().kind().severity() == Severity.CRITICAL)
        .filter(it -> it.getValue() instanceof Standpoint.Yes yes && lasts(it.getKey(), yes, cycle))
        .map(java.util.Map.Entry::getKey)
        .findFirst();
  }

  private boolean lasts(Fact fact, Standpoint.Yes yes, Shown cycle) {
    var from = cycle.from().minus(yes.within());
    return moments.getFirst().at().isBefore(from)
        && moments.stream()
            .filter(it -> it.at().isAfter(from) && it.at().isBefore(cycle.to()))
            .allMatch(it -> it.truth().get(fact) instanceof Standpoint.Yes);
  }

  /** What is critical is shown from its first poll on, so that it is not to be false even then. */
  private void alarms() {
    var reported = new TreeSet<String>();
    for (var cycle : shown) {
      var meanwhile = during(cycle);
      cycle
          .pending()
          .forEach(
              (fact, text) -> {
                if (fact.kind().severity() == Severity.CRITICAL
                    && !meanwhile.isEmpty()
                    && meanwhile.stream().noneMatch(it -> it.truth().containsKey(fact))
                    && reported.add(fact.toString())) {
                  tally.add(Tally.Finding.of(chronicle, "FLICKER", fact, cycle.to(), text));
                }
              });
    }
  }

  /** A server that is said to be alive runs. */
  private void liveness() {
    var reported = new TreeSet<String>();
    for (var cycle : shown) {
      var meanwhile = during(cycle);
      for (var address : cycle.alive()) {
        if (!meanwhile.isEmpty()
            && meanwhile.stream().noneMatch(it -> it.running().contains(address))
            && reported.add(address)) {
          add(
              "CONTRADICTION",
              DriftKind.INSTANCE_UNREACHABLE,
              cycle.to(),
              address + " is said to be alive, and does not run");
        }
      }
    }
  }

  /** None if the machine was too busy to measure. */
  private List<Moment> during(Shown cycle) {
    if (Judge.isBlind(moments, cycle)) {
      return List.of();
    }
    return moments.stream()
        .filter(
            it ->
                it.at().isAfter(cycle.from().minus(Judge.BLUR))
                    && it.at().isBefore(cycle.to().plus(Judge.BLUR)))
        .toList();
  }

  /** Advice is harmful if there was no moment of its cycle at which it would have been right. */
  private void advice() {
    var reported = new TreeSet<String>();
    for (var cycle : shown) {
      var meanwhile = during(cycle);
      cycle
          .advice()
          .forEach(
              (fact, it) -> {
                var harms =
                    meanwhile.stream()
                        .map(moment -> FollowedAdvice.harm(it, moment.leaders()))
                        .toList();
                if (!harms.isEmpty()
                    && harms.stream().allMatch(Optional::isPresent)
                    && reported.add(fact + it.getClass().getSimpleName())) {
                  tally.add(
                      Tally.Finding.of(
                          chronicle,
                          "HARMFUL",
                          fact,
                          cycle.to(),
                          harms.getFirst().orElseThrow() + ", and the advice is " + it));
                }
              });
    }
  }

  /** Roles and upstreams that were one and the same for two cycles are shown so. */
  private void topology() {
    var before = Set.<String>of();
    var reported = new TreeSet<String>();
    for (var cycle : shown) {
      var now = contradictions(cycle);
      for (var text : now) {
        if (before.contains(text) && reported.add(text)) {
          tally.add(
              Tally.Finding.of(
                  chronicle,
                  "CONTRADICTION",
                  new Fact(DriftKind.UNVERIFIABLE, chronicle.cluster()),
                  cycle.to(),
                  text));
        }
      }
      before = now;
    }
  }

  private Set<String> contradictions(Shown cycle) {
    var meanwhile = during(cycle);
    var texts = new TreeSet<String>();
    if (meanwhile.isEmpty()) {
      return texts;
    }
    cycle
        .roles()
        .forEach(
            (address, role) -> {
              if (meanwhile.stream().allMatch(it -> isOther(it.roles().get(address), role))) {
                texts.add(address + " is shown as " + role);
              }
            });
    cycle
        .upstreams()
        .forEach(
            (address, upstream) -> {
              if (meanwhile.stream()
                  .allMatch(it -> isOther(it.upstreams().get(address), upstream))) {
                texts.add(address + " is shown to stream from " + upstream);
              }
            });
    return texts;
  }

  /** Whether it is known, and another one. */
  private static <T> boolean isOther(@Nullable T known, T shown) {
    return known != null && !known.equals(shown);
  }
}
