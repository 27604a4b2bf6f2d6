package io.pgtopo.config;

import io.pgtopo.config.Problem.Code;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;

/** Reads one cluster from its members. */
final class ClusterReader {
  private final Problems problems;

  ClusterReader(Problems problems) {
    this.problems = problems;
  }

  Cluster read(String name, List<Declaration> members, Upstreams upstreams) {
    var instances = instances(distinct(members), upstreams);
    judgePrimaries(name, members);
    return new Cluster(name, instances);
  }

  private List<Declaration> distinct(List<Declaration> members) {
    var bySeq = new HashMap<Integer, Declaration>();
    var distinct = new ArrayList<Declaration>();
    for (var member : members) {
      var other = bySeq.putIfAbsent(member.seq(), member);
      if (other == null) {
        distinct.add(member);
        continue;
      }
      problems.error(
          Code.DUP_SEQ,
          member.host().placeOf("pg_seq"),
          "wanted a number of its own in the cluster %s. Found: %d, which is that of %s too"
              .formatted(member.cluster(), member.seq(), other.host().name()));
    }
    return distinct;
  }

  private List<Instance> instances(List<Declaration> members, Upstreams upstreams) {
    var instances = new ArrayList<Instance>();
    for (var member : members) {
      instances.add(instance(member, upstreams.of(member, members), Duration.ZERO));
    }
    for (var i = 0; i < members.size(); i++) {
      var upstream = instances.get(i).upstream();
      var delay = upstreams.delay(members.get(i), instances, upstream);
      instances.set(i, instance(members.get(i), upstream, delay));
    }
    return instances;
  }

  private static Instance instance(Declaration one, DeclaredUpstream upstream, Duration delay) {
    return new Instance(
        one.cluster(),
        one.seq(),
        Optional.of(one.role()),
        one.endpoint(),
        upstream,
        delay,
        one.traffic());
  }

  private void judgePrimaries(String name, List<Declaration> members) {
    var primaries = members.stream().filter(Declaration::isPrimary).toList();
    if (primaries.isEmpty()) {
      problems.warn(
          Code.NO_PRIMARY,
          members.getFirst().host().placeOf("pg_cluster"),
          "wanted one primary in the cluster "
              + name
              + ". Found: none; which instance should lead cannot be judged, and Pigsty refuses to run");
    }
    for (var extra : primaries.subList(Math.min(1, primaries.size()), primaries.size())) {
      problems.warn(
          Code.MULTI_PRIMARY,
          extra.host().placeOf("pg_role"),
          "wanted one primary in the cluster %s. Found: %s besides %s; which instance should lead"
                  .formatted(name, extra.name(), primaries.getFirst().name())
              + " cannot be judged, and Pigsty refuses to run");
    }
  }
}
