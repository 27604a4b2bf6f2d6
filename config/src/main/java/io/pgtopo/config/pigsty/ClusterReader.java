package io.pgtopo.config.pigsty;

import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Database;
import io.pgtopo.config.model.DeclaredUpstream;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.Role;
import io.pgtopo.config.reading.Place;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.Problems;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads one cluster from its members. */
final class ClusterReader {
  private final Problems problems;
  private final Upstreams upstreams;
  private final ServiceReader services;

  /** What clusters inherit from one place is read once. */
  private final Map<Place, List<Database>> databases = new HashMap<>();

  private final Map<Place, List<Role>> roles = new HashMap<>();

  ClusterReader(Upstreams upstreams, Problems problems) {
    this.problems = problems;
    this.upstreams = upstreams;
    this.services = new ServiceReader(problems);
  }

  Cluster read(String name, List<Declaration> members) {
    var distinct = distinct(members);
    var spokesman =
        distinct.stream().filter(Declaration::isPrimary).findFirst().orElse(distinct.getFirst());
    var instances = instances(distinct);
    new ClusterLint(problems).judge(name, spokesman, distinct);
    return new Cluster(
        name,
        new TraitsReader(problems).read(spokesman),
        instances,
        services.read(spokesman, distinct),
        databases(spokesman),
        roles(spokesman));
  }

  private List<Database> databases(Declaration spokesman) {
    return spokesman
        .host()
        .find("pg_databases")
        .map(
            list ->
                databases.computeIfAbsent(
                    list.place(), place -> new DatabaseReader(problems).read(list)))
        .orElse(List.of());
  }

  /** Only what the inventory says: Pigsty's own roles are not declared by their absence. */
  private List<Role> roles(Declaration spokesman) {
    var all = new ArrayList<Role>();
    for (var variable : List.of("pg_default_roles", "pg_users")) {
      spokesman
          .host()
          .find(variable)
          .map(
              list ->
                  roles.computeIfAbsent(list.place(), place -> new RoleReader(problems).read(list)))
          .ifPresent(all::addAll);
    }
    return all;
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

  private List<Instance> instances(List<Declaration> members) {
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
}
