package io.pgtopo.agent.compare;

import io.pgtopo.agent.drift.Difference;
import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.ObjectDrift;
import io.pgtopo.agent.drift.Spelling;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.observation.LiveDatabase;
import io.pgtopo.agent.observation.LiveDatabaseRole;
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
  private final String login;
  private final List<LiveDatabaseRole> live;
  private final Optional<List<LiveDatabase>> databases;

  /**
   * A comparison of what is live.
   *
   * @param databases empty if they are hidden
   */
  DatabaseRoleComparison(
      ObjectScope scope,
      ObjectComparison.Witness witness,
      List<LiveDatabaseRole> live,
      Optional<List<LiveDatabase>> databases) {
    this.scope = scope;
    this.live = live;
    this.databases = databases;
    this.login = witness.survey().login();
    this.judgement = new ObjectRules(scope.cluster(), Subject.Part.Type.ROLE, witness.instance());
  }

  /** The role that made the server owns the templates. Where that is hidden, any superuser may. */
  private boolean mayBeBootstrap(LiveDatabaseRole role) {
    return databases
        .map(
            all ->
                all.stream()
                    .anyMatch(
                        it -> it.name().equals("template0") && it.owner().equals(role.name())))
        .orElseGet(() -> role.has(Attribute.SUPERUSER));
  }

  Stream<Drift> compare() {
    var declared =
        scope.cluster().roles().stream()
            .collect(Collectors.groupingBy(Role::name, LinkedHashMap::new, Collectors.toList()));
    var byName =
        live.stream()
            .collect(
                Collectors.toMap(LiveDatabaseRole::name, Function.identity(), (one, other) -> one));
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
    known.add(login);
    return judgement.undeclared(
        live.stream()
            .filter(role -> !known.contains(role.name()) && !mayBeBootstrap(role))
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
    if (mayBeBootstrap(found)) {
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
      } else if (isMember
          && membership.withAdmin()
          && !found.administers().contains(membership.role())) {
        differences.add(Spelling.flag("roles." + membership.role() + ".admin", true));
      }
    }
  }
}
