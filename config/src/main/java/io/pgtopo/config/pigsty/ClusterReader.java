package io.pgtopo.config.pigsty;

import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Database;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.Role;
import io.pgtopo.config.reading.Place;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.ValueReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads one cluster from its members. */
final class ClusterReader {
  private final ValueReader reader;
  private final Upstreams upstreams;
  private final ServiceReader services;

  /** Lists that several clusters inherit are read once. */
  private final Map<Place, List<Database>> databases = new HashMap<>();

  private final Map<Place, List<Role>> roles = new HashMap<>();

  ClusterReader(Upstreams upstreams, ValueReader reader) {
    this.reader = reader;
    this.upstreams = upstreams;
    this.services = new ServiceReader(reader);
  }

  Cluster read(String name, List<Declaration> members) {
    var distinct = distinct(members);
    var reference =
        distinct.stream().filter(Declaration::isPrimary).findFirst().orElse(distinct.getFirst());
    var instances = instances(distinct);
    new ClusterLint(reader.problems()).check(name, reference, distinct);
    return new Cluster(
        name,
        new TraitsReader(reader).read(reference),
        instances,
        services.read(reference, distinct),
        databases(reference),
        roles(reference));
  }

  private List<Database> databases(Declaration reference) {
    var read = new DatabaseReader(reader, new ObjectFields(reader));
    return reference.host().find("pg_databases").stream()
        .flatMap(list -> databases.computeIfAbsent(list.place(), at -> read.read(list)).stream())
        .toList();
  }

  /** Only what the inventory declares: the defaults of Pigsty's own roles are not declared. */
  private List<Role> roles(Declaration reference) {
    var read = new RoleReader(reader, new ObjectFields(reader));
    return Stream.of("pg_default_roles", "pg_users")
        .flatMap(variable -> reference.host().find(variable).stream())
        .flatMap(list -> roles.computeIfAbsent(list.place(), at -> read.read(list)).stream())
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
      reader
          .problems()
          .error(
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
