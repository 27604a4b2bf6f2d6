package io.pgtopo.agent.campaign;

import io.pgtopo.agent.campaign.Chronicle.Moment;
import io.pgtopo.agent.campaign.Chronicle.Shown;
import io.pgtopo.agent.drift.DriftKind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** Compares what was shown of one cluster with what was true of it. */
final class Judge {
  /** A measurement is that old at most, and a poll reads what it shows at one moment of itself. */
  static final Duration BLUR = Duration.ofMillis(700);

  /** How long what was true may stay told: a link reports its repair with its next message. */
  private static final Duration LINGER = Duration.ofSeconds(15);

  /** Measurements that are further apart may have missed something. */
  private static final Duration DENSE = Duration.ofMillis(1100);

  /** What two cycles may leave out; a drift that one poll does not see stays open. */
  private static final Duration GAP = Duration.ofMillis(3500);

  private final Chronicle chronicle;
  private final boolean isMonitor;
  private final List<Moment> moments;
  private final List<Shown> shown;
  private final Tally tally = new Tally();

  private Judge(Chronicle chronicle, boolean isMonitor) {
    this.chronicle = chronicle;
    this.isMonitor = isMonitor;
    this.moments = chronicle.moments();
    this.shown = chronicle.shown();
  }

  /**
   * What comes of one cluster.
   *
   * @param isMonitor whether the agent may see all, so that nothing has to stay unknown
   */
  static Tally judge(Chronicle chronicle, boolean isMonitor) {
    var judge = new Judge(chronicle, isMonitor);
    judge.facts().forEach(judge::judge);
    new Contradictions(chronicle, judge.tally).find();
    return judge.tally;
  }

  private SortedSet<Fact> facts() {
    var all = new TreeSet<Fact>();
    moments.forEach(moment -> all.addAll(moment.truth().keySet()));
    shown.forEach(it -> all.addAll(it.told().keySet()));
    return all;
  }

  /** A time in which the standpoint about a fact is one and the same. */
  private record Span(Instant from, Instant to, Standpoint standpoint) {
    boolean meets(Instant begin, Instant end) {
      return from.isBefore(end) && to.isAfter(begin);
    }
  }

  private void judge(Fact fact) {
    var spans = spans(fact);
    statements(fact, spans);
    truths(fact, spans);
  }

  private List<Span> spans(Fact fact) {
    var spans = new ArrayList<Span>();
    Standpoint current = null;
    Instant from = Instant.MIN;
    for (var moment : moments) {
      var next = moment.truth().get(fact);
      if (!java.util.Objects.equals(current, next)) {
        if (current != null) {
          spans.add(new Span(from, moment.at(), current));
        }
        current = next;
        from = moment.at();
      }
    }
    if (current != null) {
      spans.add(new Span(from, moments.getLast().at(), current));
    }
    return spans;
  }

  /** Whether each statement was true, or had been a moment ago. */
  private void statements(Fact fact, List<Span> spans) {
    var wasTrue = Optional.<Instant>empty();
    var isReported = false;
    Instant before = Instant.MIN;
    for (var cycle : shown) {
      if (!cycle.told().containsKey(fact)) {
        isReported = false;
        if (Duration.between(max(before, cycle.from().minusSeconds(100)), cycle.from())
                .compareTo(GAP)
            > 0) {
          wasTrue = Optional.empty();
        }
        continue;
      }
      before = cycle.to();
      if (isBlind(moments, cycle)
          || spans.stream()
              .anyMatch(it -> it.meets(cycle.from().minus(BLUR), cycle.to().plus(BLUR)))) {
        wasTrue = Optional.of(cycle.to());
        if (isCertain(spans, cycle)) {
          tally.of(fact).right();
        } else {
          tally.of(fact).open();
        }
        continue;
      }
      var late = wasTrue.map(it -> Duration.between(it, cycle.to()));
      if (late.isPresent() && late.get().compareTo(LINGER) <= 0) {
        tally.of(fact).late(late.get());
      } else {
        tally.of(fact).wrong();
        if (!isReported) {
          isReported = true;
          tally.add(
              finding(
                  late.isPresent() ? "STAYS" : "FALSE", fact, cycle.to(), cycle.told().get(fact)));
        }
      }
    }
  }

  /** Whether the machine was too busy to measure: then something may have come and gone. */
  static boolean isBlind(List<Moment> moments, Shown cycle) {
    var from = cycle.from().minus(BLUR);
    var to = cycle.to().plus(BLUR);
    for (var i = 1; i < moments.size(); i++) {
      var before = moments.get(i - 1).at();
      var after = moments.get(i).at();
      if (Duration.between(before, after).compareTo(DENSE) > 0
          && before.isBefore(to)
          && after.isAfter(from)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isCertain(List<Span> spans, Shown cycle) {
    return spans.stream()
        .filter(it -> it.meets(cycle.from().minus(BLUR), cycle.to().plus(BLUR)))
        .anyMatch(it -> it.standpoint() instanceof Standpoint.Yes);
  }

  private static Instant max(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  /** Whether each truth was told in time, and until its end. */
  private void truths(Fact fact, List<Span> spans) {
    for (var span : spans) {
      if (span.standpoint() instanceof Standpoint.Yes yes) {
        truth(fact, span, yes);
      }
    }
  }

  private void truth(Fact fact, Span span, Standpoint.Yes yes) {
    var cause = yes.cause();
    var within = yes.within();
    var deadline = span.from().plus(within);
    var told =
        shown.stream()
            .filter(it -> it.to().isAfter(span.from()) && it.to().isBefore(span.to()))
            .filter(it -> it.isTold(fact))
            .findFirst();
    if (told.isPresent()) {
      var delay = Duration.between(span.from(), told.get().to());
      tally.of(fact).found(delay);
      if (delay.compareTo(within) > 0 && hadTheCycles(span.from(), told.get().to(), within)) {
        tally.add(
            finding(
                "LATE", fact, told.get().to(), cause + ", told after " + delay.toMillis() + " ms"));
      }
      gaps(fact, told.get().to(), span.to());
    } else if (span.to().isAfter(deadline) && hadTheCycles(span.from(), span.to(), within)) {
      var unknown =
          shown.stream()
              .filter(
                  it -> it.to().isAfter(deadline.minusSeconds(3)) && it.to().isBefore(span.to()))
              .anyMatch(it -> isUnknown(fact, it));
      if (unknown) {
        tally.of(fact).unknown();
        if (isMonitor && !yes.isHidden() && isAllSeen(span)) {
          tally.add(finding("UNKNOWN", fact, deadline, cause));
        }
      } else {
        tally.of(fact).missed();
        tally.add(finding("MISSING", fact, deadline, cause));
      }
    }
  }

  /** Whether the machine gave the agent half of its cycles at least. */
  private boolean hadTheCycles(Instant from, Instant to, Duration within) {
    return shown.stream().filter(it -> !it.from().isBefore(from) && !it.to().isAfter(to)).count()
        >= within.toSeconds() / 2;
  }

  /** Whether all servers answered all the time, so that nothing had to stay unknown. */
  private boolean isAllSeen(Span span) {
    return moments.stream()
        .filter(it -> !it.at().isBefore(span.from().minusSeconds(3)) && it.at().isBefore(span.to()))
        .flatMap(it -> it.truth().keySet().stream())
        .noneMatch(it -> it.kind() == DriftKind.INSTANCE_UNREACHABLE);
  }

  /** Whether it is shown that the kind could not be verified, or was not evaluated, of it. */
  private static boolean isUnknown(Fact fact, Shown cycle) {
    return cycle.unknown().containsKey(fact);
  }

  private void gaps(Fact fact, Instant from, Instant to) {
    var last = from;
    for (var cycle : shown) {
      if (!cycle.to().isAfter(from) || cycle.to().isAfter(to.minus(BLUR))) {
        continue;
      }
      if (cycle.isTold(fact) || isUnknown(fact, cycle)) {
        last = cycle.to();
      } else if (Duration.between(last, cycle.to()).compareTo(GAP) > 0) {
        tally.of(fact).gap();
        tally.add(finding("DROPPED", fact, cycle.to(), "not told any more, and still true"));
        return;
      }
    }
  }

  private Tally.Finding finding(String what, Fact fact, Instant at, String text) {
    return Tally.Finding.of(chronicle, what, fact, at, text);
  }
}
