package io.pgtopo.agent.compare;

import io.pgtopo.agent.drift.Difference;
import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.ObjectDrift;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.observation.LiveDatabase;
import io.pgtopo.agent.observation.LiveDatabaseRole;
import io.pgtopo.agent.observation.Survey;
import io.pgtopo.config.model.Database;
import io.pgtopo.config.model.ObjectState;
import io.pgtopo.config.model.Role;
import io.pgtopo.config.model.Role.Attribute;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The roles of one cluster against the declared ones. */
final class DatabaseRoleComparison {
  /** What a superuser may do anyhow, whether it has the attribute or not. */
  private static final Set<Attribute> OF_A_SUPERUSER =
      EnumSet.of(
          Attribute.CREATEDB, Attribute.CREATEROLE, Attribute.REPLICATION, Attribute.BYPASSRLS);

  /** The name under which this agent is set up to log in. */
  private static final String AGENT = "pgtopo";

  private final ObjectScope scope;
  private final ObjectRules judgement;
  private final Survey survey;

  /** The role that made the server: it owns the templates and has every attribute. */
  private final Optional<String> bootstrap;

  DatabaseRoleComparison(ObjectScope scope, ObjectComparison.Witness witness) {
    this.scope = scope;
    this.survey = witness.survey();
    this.bootstrap =
        survey.databases().stream()
            .filter(database -> database.name().equals("template0"))
            .map(LiveDatabase::owner)
            .findFirst();
    this.judgement = new ObjectRules(scope.cluster(), Subject.Part.Type.ROLE, witness.instance());
  }

  Stream<Drift> compare() {
    var declared =
        scope.cluster().roles().stream()
            .collect(Collectors.groupingBy(Role::name, LinkedHashMap::new, Collectors.toList()));
    var byName =
        survey.roles().stream()
            .collect(Collectors.toMap(LiveDatabaseRole::name, Function.identity()));
    return Stream.concat(
        declared.entrySet().stream()
            .flatMap(entry -> declared(entry, Optional.ofNullable(byName.get(entry.getKey())))),
        scope.judgesUndeclaredRoles() ? undeclared(declared.keySet()) : Stream.empty());
  }

  private Stream<Drift> declared(
      Map.Entry<String, List<Role>> entry, Optional<LiveDatabaseRole> found) {
    List<ObjectState> states = entry.getValue().stream().map(Role::state).toList();
    return judgement
        .declared(
            entry.getKey(),
            states,
            found.map(role -> entry.getValue().stream().map(it -> differences(it, role)).toList()))
        .stream();
  }

  private Stream<Drift> undeclared(Set<String> declared) {
    var known = new HashSet<>(declared);
    known.addAll(ObjectScope.ROLES_OF_PIGSTY);
    known.addAll(mentioned());
    known.add(AGENT);
    known.add(survey.login());
    bootstrap.ifPresent(known::add);
    return judgement.undeclared(
        survey.roles().stream()
            .filter(role -> !known.contains(role.name()))
            // Only PostgreSQL may make a role of such a name.
            .filter(role -> !role.name().startsWith("pg_"))
            .toList(),
        LiveDatabaseRole::name,
        found -> new ObjectDrift.UndeclaredRole(scope.cluster(), found, judgement.primary()));
  }

  /** Roles that a declaration names without declaring them: they are known. */
  private Set<String> mentioned() {
    var names = new HashSet<String>();
    for (var database : scope.cluster().databases()) {
      database.owner().ifPresent(names::add);
      database.contents().schemas().stream()
          .map(Database.Schema::owner)
          .flatMap(Optional::stream)
          .forEach(names::add);
    }
    for (var role : scope.cluster().roles()) {
      role.memberships().forEach(membership -> names.add(membership.role()));
    }
    return names;
  }

  private List<Difference> differences(Role declared, LiveDatabaseRole found) {
    if (bootstrap.filter(found.name()::equals).isPresent()) {
      return List.of();
    }
    var differences = new ArrayList<Difference>();
    for (var attribute : Attribute.values()) {
      var isImplied =
          declared.attributes().contains(Attribute.SUPERUSER) && OF_A_SUPERUSER.contains(attribute);
      var isDeclared = declared.attributes().contains(attribute);
      if (!isImplied && isDeclared != found.has(attribute)) {
        differences.add(Spelling.flag(attribute.label(), isDeclared));
      }
    }
    if (declared.connectionLimit() != found.connectionLimit()) {
      differences.add(
          new Difference(
              "connlimit",
              Integer.toString(declared.connectionLimit()),
              Integer.toString(found.connectionLimit())));
    }
    declared
        .expiry()
        .filter(expiry -> !Spelling.mayMean(expiry, found.validUntil()))
        .ifPresent(it -> differences.add(expiry(it, found)));
    memberships(declared, found, differences);
    return differences;
  }

  private static Difference expiry(String declared, LiveDatabaseRole found) {
    return new Difference(
        "expire_at", declared, found.validUntil().map(Object::toString).orElse("infinity"));
  }

  /** Only what the declaration says: what else it is a member of is not compared. */
  private static void memberships(
      Role declared, LiveDatabaseRole found, List<Difference> differences) {
    for (var membership : declared.memberships()) {
      var isMember = found.memberOf().contains(membership.role());
      if (membership.granted() != isMember) {
        differences.add(
            new Difference(
                "roles." + membership.role(),
                membership.granted() ? "granted" : "revoked",
                isMember ? "granted" : "not granted"));
      }
    }
  }
}
