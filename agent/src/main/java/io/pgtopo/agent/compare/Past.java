package io.pgtopo.agent.compare;

import io.pgtopo.agent.topology.KnownPublishers;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.SubscriptionErrors;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.agent.topology.WrittenTimes;
import io.pgtopo.config.model.Endpoint;
import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is folded over polls. Immutable.
 *
 * @param answers the last one of each endpoint that had an exact timeline, while it is polled
 */
public record Past(
    Standstills standstills,
    Deliveries deliveries,
    Restarts restarts,
    ArchiveWaits archives,
    WrittenTimes written,
    SubscriptionErrors subscriptions,
    KnownPublishers publishers,
    SortedMap<Endpoint, LiveInstance> answers) {
  /** Nothing was polled before. */
  public static final Past NONE =
      new Past(
          Standstills.NONE,
          Deliveries.NONE,
          Restarts.NONE,
          ArchiveWaits.NONE,
          WrittenTimes.NONE,
          SubscriptionErrors.NONE,
          KnownPublishers.NONE,
          Collections.emptySortedMap());

  public Past {
    answers = Collections.unmodifiableSortedMap(new TreeMap<>(answers));
  }

  /** After one more poll. */
  public Past next(Topology live, Instant now) {
    var next = new TreeMap<>(answers);
    next.keySet()
        .removeIf(
            endpoint -> live.at(endpoint).isEmpty() && !live.unreachable().containsKey(endpoint));
    live.instances().values().stream()
        .filter(found -> found.facts().timeline().isExact())
        .forEach(found -> next.put(found.endpoint(), found));
    return new Past(
        standstills.next(live, now),
        deliveries.next(live, now),
        restarts.next(live, now),
        archives.next(live, now),
        written.next(live, now),
        subscriptions.next(live, now),
        publishers.next(live, now),
        next);
  }

  Optional<LiveInstance> answer(Endpoint endpoint) {
    return Optional.ofNullable(answers.get(endpoint));
  }
}
