package io.pgtopo.agent.track;

import io.pgtopo.agent.drift.Drift;
import java.time.Duration;
import java.util.Collections;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How long what a switchover looks like is still excused. It counts down by the time between
 * cycles, so that a clock that is set back or forth does no harm.
 *
 * @param everywhere what is left of the grace after the agent's own start
 * @param clusters what is left where a server was restarted, promoted or demoted
 */
public record Grace(Duration everywhere, SortedMap<String, Duration> clusters) {

  public Grace {
    clusters = Collections.unmodifiableSortedMap(new TreeMap<>(clusters));
  }

  /** The grace of an agent that starts. */
  static Grace starting(Duration full) {
    return new Grace(full, new TreeMap<>());
  }

  /** What is left a while later, when these clusters are unsettled anew. */
  Grace next(Duration elapsed, Set<String> unsettled, Duration full) {
    var left = new TreeMap<String, Duration>();
    clusters.forEach((cluster, before) -> left.put(cluster, before.minus(elapsed)));
    left.values().removeIf(rest -> !rest.isPositive());
    if (full.isPositive()) {
      unsettled.forEach(cluster -> left.put(cluster, full));
    }
    var rest = everywhere.minus(elapsed);
    return new Grace(rest.isPositive() ? rest : Duration.ZERO, left);
  }

  /** Whether a drift is to stay pending for now. */
  boolean excuses(Drift drift) {
    return drift.isLikeASwitchover()
        && (everywhere.isPositive() || clusters.containsKey(drift.subject().cluster()));
  }
}
