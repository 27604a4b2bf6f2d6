package io.pgtopo.agent.topology;

import io.pgtopo.agent.observation.Lsn;
import io.pgtopo.agent.observation.ReplicationSlot;
import io.pgtopo.agent.observation.Subscription;
import io.pgtopo.agent.observation.SystemId;
import io.pgtopo.agent.topology.LogicalLink.Publisher;
import io.pgtopo.agent.topology.LogicalLink.Subscriber;
import io.pgtopo.config.model.Endpoint;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Which server each subscription received from, and who received through each slot, as both ends
 * have proved it in one poll or another. Immutable.
 *
 * @param bySubscription with the publisher that counts as its own
 * @param bySlot the last subscriber, by system identifier and name of the slot
 */
public record KnownPublishers(
    SortedMap<Key, Followed> bySubscription, SortedMap<String, Subscriber> bySlot) {
  /** Nothing was polled before. */
  public static final KnownPublishers NONE = new KnownPublishers(new TreeMap<>(), new TreeMap<>());

  /** A subscription that has followed another publisher for so long belongs there. */
  private static final Duration SETTLED = Duration.ofDays(1);

  /** A subscription, by the server that runs it. */
  public record Key(Endpoint at, String database, String name) implements Comparable<Key> {
    private static final Comparator<Key> ORDER =
        Comparator.comparing(Key::at).thenComparing(Key::database).thenComparing(Key::name);

    static Key of(Endpoint at, Subscription subscription) {
      return new Key(at, subscription.database(), subscription.name());
    }

    /** Whether the server answers, and shows its subscriptions without this one. */
    private boolean isGone(Topology live) {
      return live.at(at)
          .flatMap(server -> server.facts().replication().subscriptions().ifSeen())
          .filter(seen -> seen.stream().noneMatch(it -> equals(of(at, it))))
          .isPresent();
    }

    @Override
    public int compareTo(Key other) {
      return ORDER.compare(this, other);
    }
  }

  /**
   * The publisher of a subscription.
   *
   * @param confirmed up to where the subscription had its changes
   * @param at when that was polled last
   */
  public record Source(Endpoint server, SystemId system, Optional<Lsn> confirmed, Instant at) {
    /** {@code pg_upgrade} changes the identifier of a server, which goes on where it was. */
    private boolean isOf(Source earlier) {
      return system.equals(earlier.system) || (server.equals(earlier.server) && !isBehind(earlier));
    }

    /** Whether it sends from WAL that is before what another one had sent. */
    public boolean isBehind(Source earlier) {
      return confirmed.isEmpty()
          || earlier.confirmed.isEmpty()
          || confirmed.get().compareTo(earlier.confirmed.get()) < 0;
    }
  }

  /**
   * What a subscription follows.
   *
   * @param own since it was first seen
   * @param other since when it follows another one; empty if it does not
   */
  public record Followed(Source own, Optional<Source> other, Instant since) {
    private Followed next(Source latest) {
      if (latest.isOf(own)) {
        return new Followed(latest, Optional.empty(), latest.at);
      }
      var from = other.filter(latest::isOf).isPresent() ? since : latest.at;
      return Duration.between(from, latest.at).compareTo(SETTLED) > 0
          ? new Followed(latest, Optional.empty(), latest.at)
          : new Followed(own, Optional.of(latest), from);
    }
  }

  public KnownPublishers {
    bySubscription = Collections.unmodifiableSortedMap(new TreeMap<>(bySubscription));
    bySlot = Collections.unmodifiableSortedMap(new TreeMap<>(bySlot));
  }

  /**
   * After one more poll. A subscription that its server does not show any more is forgotten, and so
   * is a slot that no server has, once all of them answer.
   */
  public KnownPublishers next(Topology live, Instant now) {
    var followed = new TreeMap<>(bySubscription);
    var slots = new TreeMap<>(bySlot);
    followed.keySet().removeIf(key -> key.isGone(live));
    if (live.unreachable().isEmpty()) {
      slots.keySet().retainAll(slots(live));
    }
    for (var link : live.logicalLinks()) {
      if (link.publisher().isPresent() && link.subscriber().isPresent()) {
        var end = link.publisher().get();
        var client = link.subscriber().get();
        source(end, live, now)
            .ifPresent(
                source -> {
                  slots.put(slotKey(source.system, end.slot().name()), client);
                  followed.merge(
                      Key.of(client.at(), client.subscription()),
                      new Followed(source, Optional.empty(), now),
                      (before, latest) -> before.next(latest.own));
                });
      }
    }
    return new KnownPublishers(followed, slots);
  }

  private static Optional<Source> source(Publisher end, Topology live, Instant now) {
    return live.at(end.at())
        .flatMap(it -> it.facts().identity().systemId().ifSeen())
        .map(
            system ->
                new Source(
                    end.at(),
                    system,
                    end.slot().decoding().flatMap(ReplicationSlot.Decoding::confirmed),
                    now));
  }

  private static Set<String> slots(Topology live) {
    return live.instances().values().stream()
        .flatMap(
            server ->
                server.facts().identity().systemId().ifSeen().stream()
                    .flatMap(
                        system ->
                            server.facts().replication().slots().stream()
                                .map(slot -> slotKey(system, slot.name()))))
        .collect(Collectors.toSet());
  }

  private static String slotKey(SystemId system, String slot) {
    return system + " " + slot;
  }

  /** What a subscription follows, if that was proved. */
  public Optional<Followed> of(Endpoint at, Subscription subscription) {
    return Optional.ofNullable(bySubscription.get(Key.of(at, subscription)));
  }

  /** Who received through a slot of a server, if that was proved. */
  public Optional<Subscriber> of(LiveInstance publisher, ReplicationSlot slot) {
    return publisher
        .facts()
        .identity()
        .systemId()
        .ifSeen()
        .flatMap(system -> Optional.ofNullable(bySlot.get(slotKey(system, slot.name()))));
  }
}
