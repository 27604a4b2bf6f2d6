package io.pgtopo.agent.drift;

import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.config.model.Labelled;
import java.util.Comparator;
import java.util.List;

/**
 * What one primary of a split brain is to the newest one, the one on the highest timeline.
 *
 * @param bytesBeyond how far it wrote past the point where the newest one's timeline began; 0
 *     unless it diverged
 */
public record CompetingPrimary(
    LiveInstance rival, LiveInstance newest, Relation relation, long bytesBeyond) {

  /** What a rival is to the newest primary, the harmless first. */
  public enum Relation implements Labelled {
    /** It is on the timeline before, and not beyond the point where the newest one left it. */
    ZOMBIE,
    /** Where the newest one left its timeline is not known. */
    UNDETERMINED,
    /** It is on the same timeline, and each writes its own. */
    TWIN,
    /** It is on an older timeline, and wrote past the point where the newest one began. */
    DIVERGED
  }

  /** What each primary but the newest one is to that one, in the order given. */
  static List<CompetingPrimary> among(List<LiveInstance> primaries) {
    var newest =
        primaries.stream()
            .max(
                Comparator.<LiveInstance>comparingInt(live -> live.facts().timeline().id())
                    .thenComparing(LiveInstance::endpoint, Comparator.reverseOrder()))
            .orElseThrow();
    return primaries.stream()
        .filter(live -> !live.equals(newest))
        .map(live -> between(live, newest))
        .toList();
  }

  private static CompetingPrimary between(LiveInstance rival, LiveInstance newest) {
    var timelinesApart = newest.facts().timeline().id() - rival.facts().timeline().id();
    if (timelinesApart == 0) {
      return new CompetingPrimary(rival, newest, Relation.TWIN, 0);
    }
    if (!(rival.facts().state()
            instanceof
            ServerState.InProduction(
                var written,
                var promotedAt,
                var waits,
                var archiver,
                var lastCommit))
        || !(newest.facts().state() instanceof ServerState.InProduction production)
        || production.promotedAt().isEmpty()) {
      return new CompetingPrimary(rival, newest, Relation.UNDETERMINED, 0);
    }
    var began = production.promotedAt().get();
    if (written.compareTo(began) > 0) {
      return new CompetingPrimary(rival, newest, Relation.DIVERGED, written.bytesAfter(began));
    }
    // Over several timelines the last switch does not show where the first one was left.
    return new CompetingPrimary(
        rival, newest, timelinesApart == 1 ? Relation.ZOMBIE : Relation.UNDETERMINED, 0);
  }
}
