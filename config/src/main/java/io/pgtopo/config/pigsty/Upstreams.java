package io.pgtopo.config.pigsty;

import io.pgtopo.config.model.DeclaredUpstream;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.InstanceRole;
import io.pgtopo.config.model.PgInterval;
import io.pgtopo.config.reading.Place;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.Problems;
import io.pgtopo.config.reading.ValueReader;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Resolves {@code pg_upstream} and {@code pg_delay}. On a primary an upstream makes a standby
 * cluster; on another member it means a member of the same cluster, and is ignored if it is none.
 */
final class Upstreams {
  private static final String UPSTREAM_WANTED = "the address of the instance to follow";

  private final Problems problems;
  private final ValueReader reader;
  private final Map<String, Declaration> byAddress = new HashMap<>();

  Upstreams(Collection<Declaration> all, ValueReader reader) {
    this.problems = reader.problems();
    this.reader = reader;
    all.forEach(one -> byAddress.putIfAbsent(one.host().name(), one));
  }

  /** The upstream of one member of a cluster. */
  DeclaredUpstream of(Declaration one, List<Declaration> members) {
    var found = one.host().find("pg_upstream");
    var upstream = found.flatMap(value -> reader.text(value, UPSTREAM_WANTED));
    if (found.isEmpty() || upstream.isEmpty() || upstream.get().isBlank()) {
      return one.isPrimary() ? new DeclaredUpstream.None() : new DeclaredUpstream.ClusterLeader();
    }
    var member = members.stream().filter(other -> other.isMeantBy(upstream.get())).findFirst();
    var place = found.get().place();
    return one.isPrimary()
        ? ofPrimary(one, upstream.get(), member, place)
        : ofReplica(one, upstream.get(), member, place);
  }

  private DeclaredUpstream ofPrimary(
      Declaration one, String upstream, Optional<Declaration> member, Place place) {
    if (member.isPresent()) {
      problems.error(
          Code.UPSTREAM_SELF,
          place,
          "an upstream in another cluster for the primary " + one.name(),
          member.get().name() + " of the same cluster");
      return new DeclaredUpstream.None();
    }
    new AddressLint(problems).checkAddress(upstream, place);
    if (!byAddress.containsKey(upstream)) {
      problems.warn(
          Code.UPSTREAM_UNKNOWN,
          place,
          "the address of a declared instance",
          upstream + ", where none is declared; whether it is the right primary is unknown");
    }
    return new DeclaredUpstream.Outside(new Endpoint(upstream, one.endpoint().port()));
  }

  private DeclaredUpstream ofReplica(
      Declaration one, String upstream, Optional<Declaration> member, Place place) {
    if (member.isEmpty() && problems.isLost(one.cluster())) {
      // It may be the one that was refused.
      return new DeclaredUpstream.ClusterLeader();
    }
    if (member.isEmpty()) {
      problems.warn(
          Code.UPSTREAM_FOREIGN_ON_REPLICA,
          place,
          "a member of the cluster " + one.cluster(),
          "%s, which is not one; Pigsty uses it on the primary only, so %s is expected to follow the"
                  .formatted(upstream, one.name())
              + " leader of its cluster");
      return new DeclaredUpstream.ClusterLeader();
    }
    if (member.get().equals(one)) {
      problems.error(
          Code.UPSTREAM_SELF, place, "another member than " + one.name(), "its own address");
      return new DeclaredUpstream.ClusterLeader();
    }
    return new DeclaredUpstream.Member(member.get().endpoint());
  }

  /** The delay of one member. Pigsty applies it only to the leader of a standby cluster. */
  Duration delay(Declaration one, DeclaredUpstream upstream, List<DeclaredUpstream> ofCluster) {
    var found = one.host().find("pg_delay");
    if (found.isEmpty()) {
      return Duration.ZERO;
    }
    var delay = reader.parsed(found.get(), "a delay such as 1h", PgInterval::parse);
    if (delay.isEmpty() || delay.get().isZero()) {
      return Duration.ZERO;
    }
    if (upstream instanceof DeclaredUpstream.Outside) {
      return delay.get();
    }
    if (ofCluster.stream().noneMatch(DeclaredUpstream.Outside.class::isInstance)) {
      problems.warn(
          Code.DELAY_WITHOUT_UPSTREAM,
          found.get().place(),
          "a delay on the primary of a standby cluster",
          "one on " + one.name() + "; Pigsty does not apply it, so no delay is expected");
    }
    return Duration.ZERO;
  }

  /** Reports instances that follow each other in a cycle, within clusters and across them. */
  void refuseCycles(List<Instance> instances, Map<Endpoint, Place> places) {
    var byEndpoint = new HashMap<Endpoint, Instance>();
    var leaders = new HashMap<String, Instance>();
    for (var instance : instances) {
      byEndpoint.putIfAbsent(instance.endpoint(), instance);
      if (instance.role().equals(Optional.of(InstanceRole.PRIMARY))) {
        leaders.putIfAbsent(instance.cluster(), instance);
      }
    }
    var upstreams = new HashMap<Instance, Instance>();
    for (var instance : instances) {
      var upstream =
          switch (instance.upstream()) {
            case DeclaredUpstream.None none -> null;
            case DeclaredUpstream.ClusterLeader leader -> leaders.get(instance.cluster());
            case DeclaredUpstream.Member(var endpoint) -> byEndpoint.get(endpoint);
            case DeclaredUpstream.Outside(var endpoint) -> byEndpoint.get(endpoint);
          };
      if (upstream != null) {
        upstreams.put(instance, upstream);
      }
    }
    var cleared = new HashSet<Instance>();
    for (var start : instances) {
      var path = new HashSet<Instance>();
      var next = start;
      while (next != null && !cleared.contains(next) && path.add(next)) {
        next = upstreams.get(next);
      }
      if (next != null && path.contains(next)) {
        var place = places.getOrDefault(next.endpoint(), Place.wholeFile(""));
        var found = "a cycle through " + next.name();
        problems.within(
            next.cluster(),
            () ->
                problems.error(
                    Code.UPSTREAM_CYCLE, place, "upstreams that end at a primary", found));
      }
      cleared.addAll(path);
    }
  }
}
