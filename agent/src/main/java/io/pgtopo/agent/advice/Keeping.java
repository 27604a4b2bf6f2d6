package io.pgtopo.agent.advice;

import io.pgtopo.agent.drift.CompetingPrimary;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.observation.Sessions;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.config.model.Labelled;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Something that distinguishes one of several primaries from all others, in favour of keeping it.
 */
public record Keeping(LiveInstance primary, Advantage reason) {
  /** Less than this between two commits may be a difference of the clocks. */
  private static final Duration CLOCKS_APART = Duration.ofMinutes(1);

  /** What it is. */
  public enum Advantage implements Labelled {
    /** It alone has client sessions. */
    CLIENTS,
    /** Its last commit is newer than that of any other. */
    LAST_COMMIT,
    /** More standbys stream from it than from any other. */
    STANDBYS,
    /** Each other one wrote nothing that it has not. */
    NOTHING_LOST
  }

  /** All reasons that are proved, in order of their weight. */
  static List<Keeping> among(List<Advice.Side> sides) {
    var found = new ArrayList<Keeping>();
    onlyClients(sides).ifPresent(it -> found.add(new Keeping(it, Advantage.CLIENTS)));
    lastCommit(sides).ifPresent(it -> found.add(new Keeping(it, Advantage.LAST_COMMIT)));
    standbys(sides).ifPresent(it -> found.add(new Keeping(it, Advantage.STANDBYS)));
    nothingLost(sides).ifPresent(it -> found.add(new Keeping(it, Advantage.NOTHING_LOST)));
    return List.copyOf(found);
  }

  /**
   * The one that all reasons are in favour of, if one of them shows that it is used: an idle server
   * may be the one that clients are about to return to.
   */
  static Optional<LiveInstance> favoured(List<Keeping> reasons) {
    var primaries = reasons.stream().map(Keeping::primary).distinct().toList();
    var isUsed =
        reasons.stream()
            .anyMatch(it -> it.reason == Advantage.CLIENTS || it.reason == Advantage.LAST_COMMIT);
    return isUsed && primaries.size() == 1 ? Optional.of(primaries.getFirst()) : Optional.empty();
  }

  private static Optional<LiveInstance> onlyClients(List<Advice.Side> sides) {
    var used =
        sides.stream().filter(side -> clients(side).filter(it -> it > 0).isPresent()).toList();
    var areKnown = sides.stream().allMatch(side -> clients(side).isPresent());
    return areKnown && used.size() == 1 ? Optional.of(used.getFirst().primary()) : Optional.empty();
  }

  private static Optional<Integer> clients(Advice.Side side) {
    return side.primary().facts().replication().sessions().ifSeen().map(Sessions::clients);
  }

  private static Optional<LiveInstance> lastCommit(List<Advice.Side> sides) {
    var commits = sides.stream().flatMap(side -> committedAt(side).stream()).sorted().toList();
    if (commits.size() < sides.size()) {
      return Optional.empty();
    }
    var newest = commits.getLast();
    return commits.get(commits.size() - 2).isBefore(newest.minus(CLOCKS_APART))
        ? sides.stream()
            .filter(side -> committedAt(side).equals(Optional.of(newest)))
            .map(Advice.Side::primary)
            .findFirst()
        : Optional.empty();
  }

  private static Optional<Instant> committedAt(Advice.Side side) {
    return side.primary().facts().state() instanceof ServerState.InProduction production
        ? production.lastCommit().ifSeen().flatMap(at -> at)
        : Optional.empty();
  }

  private static Optional<LiveInstance> standbys(List<Advice.Side> sides) {
    var most =
        sides.stream().max(Comparator.comparingInt(side -> side.standbys().size())).orElseThrow();
    var areAlike =
        sides.stream().filter(side -> side.standbys().size() == most.standbys().size()).count() > 1;
    // Where the walsenders are hidden, there may be standbys that nobody reports.
    var areKnown =
        sides.stream().allMatch(it -> it.primary().facts().replication().showsWalSenders());
    return areAlike || !areKnown ? Optional.empty() : Optional.of(most.primary());
  }

  private static Optional<LiveInstance> nothingLost(List<Advice.Side> sides) {
    var rivalries = sides.stream().flatMap(side -> side.rivalry().stream()).toList();
    return rivalries.size() == sides.size() - 1
            && rivalries.stream().allMatch(it -> it.relation() == CompetingPrimary.Relation.ZOMBIE)
        ? Optional.of(rivalries.getFirst().newest())
        : Optional.empty();
  }
}
