package io.pgtopo.config.pigsty;

import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Database;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.Role;
import io.pgtopo.config.reading.Place;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.Problems;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads one cluster from its members. */
final class ClusterReader {
  private final Problems problems;
  private final Upstreams upstreams;
  private final ServiceReader services;
  private final DatabaseReader databaseReader;
  private final RoleReader roleReader;

  /** Lists that several clusters inherit are read once. */
  private final Map<Place, List<Database>> databases = new HashMap<>();

  private final Map<Place, List<Role>> roles = new HashMap<>();

  ClusterReader(Upstreams upstreams, Problems problems) {
    this.problems = problems;
    this.upstreams = upstreams;
    this.services = new ServiceReader(problems);
    this.databaseReader = new DatabaseReader(problems);
    this.roleReader = new RoleReader(problems);
  }

  Cluster read(String name, List<Declaration> members) {
    var distinct = distinct(members);
    var reference =
        distinct.stream().filter(Declaration::isPrimary).findFirst().orElse(distinct.getFirst());
    var instances = instances(distinct);
    new ClusterLint(problems).check(name, reference, distinct);
    return new Cluster(
        name,
        new TraitsReader(problems).read(reference),
        instances,
        services.read(reference, distinct),
        databases(reference),
        roles(reference));
  }

  private List<Database> databases(Declaration reference) {
    return reference.host().find("pg_databases").stream()
        .flatMap(
            list ->
                databases.computeIfAbsent(list.place(), at -> databaseReader.read(list)).stream())
        .toList();
  }

  /** Only what the inventory declares: the defaults of Pigsty's own roles are not declared. */
  private List<Role> roles(Declaration reference) {
    return Stream.of("pg_default_roles", "pg_users")
        .flatMap(variable -> reference.host().find(variable).stream())
        .flatMap(list -> roles.computeIfAbsent(list.place(), at -> roleReader.read(list)).stream())
        .toList();
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
          "a number that is unique in the cluster " + member.cluster(),
          "%d, which %s has too".formatted(member.seq(), other.host().name()));
    }
    return distinct;
  }

  private List<Instance> instances(List<Declaration> members) {
    var followed = members.stream().map(member -> upstreams.of(member, members)).toList();
    var instances = new ArrayList<Instance>();
    for (var one : members) {
      var upstream = followed.get(instances.size());
      instances.add(
          new Instance(
              one.cluster(),
              one.seq(),
              Optional.of(one.role()),
              one.endpoint(),
              upstream,
              upstreams.delay(one, upstream, followed),
              one.traffic()));
    }
    return instances;
  }
}
