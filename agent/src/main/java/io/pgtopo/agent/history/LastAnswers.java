package io.pgtopo.agent.history;

import io.pgtopo.agent.topology.AddressBook;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.topology.LiveUpstream;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.Inventory;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/** What was last known of each declared instance that ever answered. */
public record LastAnswers(SortedMap<Endpoint, LastAnswer> members) {

  public LastAnswers {
    members = Collections.unmodifiableSortedMap(new TreeMap<>(members));
  }

  /** No instance has answered yet. */
  public static LastAnswers empty() {
    return new LastAnswers(new TreeMap<>());
  }

  Optional<LastAnswer> at(Endpoint endpoint) {
    return Optional.ofNullable(members.get(endpoint));
  }

  /**
   * Whether the last upstream of a member, directly or not, is a member of another cluster. To be
   * kept for all members: it maps their names.
   */
  Predicate<LastAnswer> isElsewhere() {
    var byName = new HashMap<String, LastAnswer>();
    members.values().forEach(it -> byName.put(it.name(), it));
    return member -> isElsewhere(member, byName);
  }

  private static boolean isElsewhere(LastAnswer member, Map<String, LastAnswer> byName) {
    var passed = new HashSet<String>();
    var at = Optional.of(member);
    while (at.isPresent() && passed.add(at.get().name())) {
      if (!at.get().cluster().equals(member.cluster())) {
        return true;
      }
      at =
          at.map(LastAnswer::reported)
              .filter(answer -> answer.role() == LiveRole.REPLICA)
              .flatMap(LastAnswer.Reported::upstream)
              .flatMap(upstream -> Optional.ofNullable(byName.get(upstream.name())));
    }
    return false;
  }

  /** This roster after one more cycle. What is no longer declared is forgotten. */
  LastAnswers next(Inventory declared, Topology live, AddressBook names) {
    var after = new TreeMap<Endpoint, LastAnswer>();
    declared
        .instances()
        .forEach(
            instance ->
                next(instance, live, names)
                    .ifPresent(member -> after.putIfAbsent(instance.endpoint(), member)));
    return new LastAnswers(after);
  }

  private Optional<LastAnswer> next(Instance instance, Topology live, AddressBook names) {
    var before = at(instance.endpoint());
    var found = live.at(instance.endpoint());
    if (found.isEmpty()) {
      return live.isMissed(instance.endpoint()) ? before : before.map(LastAnswer::silent);
    }
    // Behind a virtual address another server answers today than yesterday: nothing follows of it.
    return live.isServer(instance.endpoint())
        ? Optional.of(
            new LastAnswer(
                instance.cluster(), instance.name(), reported(found.get(), before, names), true))
        : before;
  }

  private static LastAnswer.Reported reported(
      LiveInstance found, Optional<LastAnswer> before, AddressBook names) {
    var facts = found.facts();
    return new LastAnswer.Reported(
        found.proven().systemId(),
        found.role(),
        facts.identity().startedAt(),
        facts.timeline().id(),
        upstream(found, before, names));
  }

  private static Optional<LastAnswer.Followed> upstream(
      LiveInstance found, Optional<LastAnswer> before, AddressBook names) {
    return switch (found.upstream()) {
      case LiveUpstream.NotNeeded notNeeded -> Optional.empty();
      case LiveUpstream.Follows(var peer) ->
          Optional.of(new LastAnswer.Followed(peer.toString(), names.nameOf(peer)));
      case LiveUpstream.Detached detached -> followedLast(before);
      case LiveUpstream.Foreign foreign -> followedLast(before);
      case LiveUpstream.Hidden hidden -> followedLast(before);
    };
  }

  private static Optional<LastAnswer.Followed> followedLast(Optional<LastAnswer> before) {
    return before
        .map(LastAnswer::reported)
        .filter(was -> was.role() == LiveRole.REPLICA)
        .flatMap(LastAnswer.Reported::upstream);
  }
}
