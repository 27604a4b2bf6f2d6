package io.pgtopo.agent;

import io.pgtopo.agent.observation.LiveDatabase;
import io.pgtopo.agent.observation.LiveDatabaseRole;
import io.pgtopo.agent.observation.Survey;
import io.pgtopo.config.model.Database;
import io.pgtopo.config.model.ObjectState;
import io.pgtopo.config.model.Role;
import io.pgtopo.config.model.Role.Attribute;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The databases and roles of a cluster of a random world: five and twenty. */
final class RandomObjects {
  private static final int DATABASES = 5;
  private static final int ROLES = 20;
  private static final List<Attribute> ATTRIBUTES = List.of(Attribute.LOGIN, Attribute.INHERIT);

  private RandomObjects() {}

  static List<Database> databases(String cluster) {
    return IntStream.range(0, DATABASES)
        .mapToObj(
            i ->
                new Database(
                    database(cluster, i),
                    ObjectState.CREATE,
                    Optional.of(role(cluster, i)),
                    Optional.empty(),
                    Database.Creation.DEFAULT,
                    Database.Access.DEFAULT,
                    Database.Contents.NONE))
        .toList();
  }

  static List<Role> roles(String cluster) {
    return IntStream.range(0, ROLES)
        .mapToObj(
            i ->
                new Role(
                    role(cluster, i),
                    ObjectState.CREATE,
                    new TreeSet<>(ATTRIBUTES),
                    -1,
                    Optional.empty(),
                    List.of(new Role.Membership("dbrole_readwrite", true, false)),
                    Collections.emptySortedMap()))
        .toList();
  }

  /** Just what is declared, and what is there besides in every cluster. */
  static Survey survey(String cluster) {
    return of(
        Stream.concat(
                IntStream.range(0, DATABASES)
                    .mapToObj(i -> database(database(cluster, i), role(cluster, i))),
                Stream.of(database("postgres", "postgres")))
            .toList(),
        Stream.concat(
                IntStream.range(0, ROLES)
                    .mapToObj(i -> role(role(cluster, i), List.of("dbrole_readwrite"))),
                Stream.of("postgres", "dbrole_readwrite", "pg_monitor")
                    .map(name -> role(name, List.of())))
            .toList());
  }

  /** Some of it lost, some of it changed, and something that is not declared. */
  static Survey troubled(Survey survey, Random random) {
    return of(
        Stream.concat(
                survey.databases().ifSeen().orElseThrow().stream()
                    .filter(it -> random.nextInt(3) > 0)
                    .map(it -> random.nextBoolean() ? it : database(it.name(), "other")),
                Stream.of(database("by_hand", "postgres")))
            .toList(),
        survey.roles().ifSeen().orElseThrow().stream()
            .filter(it -> random.nextInt(3) > 0)
            .map(it -> random.nextBoolean() ? it : role(it.name(), List.of()))
            .toList());
  }

  private static Survey of(List<LiveDatabase> databases, List<LiveDatabaseRole> roles) {
    return new Survey(
        Ordinary.SURVEY.readAt(),
        Ordinary.SURVEY.login(),
        Ordinary.SURVEY.settings().ifSeen().orElseThrow(),
        databases,
        roles,
        Ordinary.SURVEY.wal());
  }

  private static String database(String cluster, int i) {
    return cluster + "_db_" + i;
  }

  private static String role(String cluster, int i) {
    return cluster + "_user_" + i;
  }

  private static LiveDatabase database(String name, String owner) {
    return new LiveDatabase(
        name,
        owner,
        "UTF8",
        new LiveDatabase.Locale("C", "C"),
        LiveDatabase.Template.DATABASE,
        LiveDatabase.Access.OPEN,
        -1);
  }

  private static LiveDatabaseRole role(String name, List<String> memberOf) {
    return new LiveDatabaseRole(name, ATTRIBUTES, -1, Optional.empty(), memberOf);
  }
}
