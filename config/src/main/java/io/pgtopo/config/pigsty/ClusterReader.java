package io.pgtopo.config.pigsty;

import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Database;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.Role;
import io.pgtopo.config.reading.Located;
import io.pgtopo.config.reading.Place;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.ValueReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/** Reads one cluster from its members. */
final class ClusterReader {
  private final ValueReader reader;
  private final Upstreams upstreams;
  private final ServiceReader services;
  private final TraitsReader traits;

  /** Lists that several clusters inherit are read once. */
  private final Map<Place, List<Database>> databases = new HashMap<>();

  private final Map<Place, List<Role>> roles = new HashMap<>();

  /** Lists with errors: they cost each cluster that inherits them. */
  private final Set<Place> broken = new HashSet<>();

  ClusterReader(
      Upstreams upstreams,
      TraitsReader traits,
      ValueReader reader,
      Function<String, List<String>> hostsOfGroup) {
    this.reader = reader;
    this.traits = traits;
    this.upstreams = upstreams;
    this.services = new ServiceReader(reader, hostsOfGroup);
  }

  Cluster read(String name, List<Declaration> members) {
    var distinct = distinct(members);
    var reference =
        distinct.stream().filter(Declaration::isPrimary).findFirst().orElse(distinct.getFirst());
    var instances = instances(distinct);
    new ClusterLint(reader.problems()).check(name, reference, distinct);
    new ObjectLint(reader.problems()).check(reference.host());
    return new Cluster(
        name,
        traits.read(reference),
        instances,
        services.read(reference, distinct),
        databases(reference),
        roles(reference));
  }

  private List<Database> databases(Declaration reference) {
    var read = new DatabaseReader(reader, new ObjectFields(reader));
    return reference.host().find("pg_databases").stream()
        .flatMap(list -> once(reference, list, databases, read::read).stream())
        .toList();
  }

  /** Only what the inventory declares: the defaults of Pigsty's own roles are not declared. */
  private List<Role> roles(Declaration reference) {
    var read = new RoleReader(reader, new ObjectFields(reader));
    return Stream.of("pg_default_roles", "pg_users")
        .flatMap(variable -> reference.host().find(variable).stream())
        .flatMap(list -> once(reference, list, roles, read::read).stream())
        .toList();
  }

  private <T> List<T> once(
      Declaration reference,
      Located list,
      Map<Place, List<T>> known,
      Function<Located, List<T>> read) {
    var problems = reader.problems();
    var isNew = !known.containsKey(list.place());
    var before = problems.errors();
    var items = known.computeIfAbsent(list.place(), at -> read.apply(list));
    if (isNew && problems.errors() > before) {
      broken.add(list.place());
    }
    if (broken.contains(list.place())) {
      problems.lose(reference.cluster());
    }
    return items;
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
              one.traffic(),
              one.alias()));
    }
    return instances;
  }
}
