package io.pgtopo.exporter.discover;

import io.pgtopo.agent.compare.ObjectScope;
import io.pgtopo.agent.observation.DatabaseContents;
import io.pgtopo.agent.observation.LiveDatabase;
import io.pgtopo.agent.observation.LiveDatabaseRole;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.Survey;
import io.pgtopo.config.model.Role.Attribute;
import io.pgtopo.config.reading.YamlScalar;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The databases and roles of a cluster, as items of {@code pg_databases} and {@code pg_users},
 * without what PostgreSQL and Pigsty create themselves, and without passwords.
 */
final class ClusterObjects {
  /** Pigsty declares a date, a midnight: the nearest one. */
  private static final Duration HALF_A_DAY = Duration.ofHours(12);

  private static final Set<String> SCHEMAS_OF_POSTGRES = Set.of("information_schema", "pg_catalog");

  /** Its {@code pg_default_schemas}, and where most of its {@code pg_default_extensions} are. */
  private static final String SCHEMA_OF_PIGSTY = "monitor";

  private final List<LiveDatabase> databases;
  private final List<LiveDatabaseRole> roles;
  private final Map<String, Reading<DatabaseContents>> contents;
  private final Optional<LiveDatabase> template;

  private ClusterObjects(
      List<LiveDatabase> databases,
      List<LiveDatabaseRole> roles,
      Map<String, Reading<DatabaseContents>> contents) {
    this.databases = databases;
    this.roles = roles;
    this.contents = contents;
    this.template = databases.stream().filter(it -> it.name().equals("template1")).findFirst();
  }

  /** What a full reading shows; empty if a part of it is hidden. */
  static Optional<ClusterObjects> of(Survey survey) {
    return survey
        .databases()
        .ifSeen()
        .flatMap(
            databases ->
                survey
                    .roles()
                    .ifSeen()
                    .map(roles -> new ClusterObjects(databases, roles, survey.contents())));
  }

  List<Item> databases() {
    return databases.stream()
        .filter(database -> !ObjectScope.DATABASES_OF_POSTGRES.contains(database.name()))
        .map(this::database)
        .toList();
  }

  private Item database(LiveDatabase database) {
    var fields = new LinkedHashMap<String, String>();
    fields.put("name", YamlScalar.of(database.name()));
    if (!Optional.of(database.owner()).equals(bootstrap())) {
      fields.put("owner", YamlScalar.of(database.owner()));
    }
    if (differs(database.encoding(), template.map(LiveDatabase::encoding))) {
      fields.put("encoding", YamlScalar.of(database.encoding()));
    }
    var locale = template.map(LiveDatabase::locale);
    if (differs(database.locale().collate(), locale.map(LiveDatabase.Locale::collate))) {
      fields.put("lc_collate", YamlScalar.of(database.locale().collate()));
    }
    if (differs(database.locale().ctype(), locale.map(LiveDatabase.Locale::ctype))) {
      fields.put("lc_ctype", YamlScalar.of(database.locale().ctype()));
    }
    if (database.template() == LiveDatabase.Template.TEMPLATE) {
      fields.put("is_template", "true");
    }
    if (database.access() == LiveDatabase.Access.CLOSED) {
      fields.put("allowconn", "false");
    }
    if (database.connectionLimit() >= 0) {
      fields.put("connlimit", String.valueOf(database.connectionLimit()));
    }
    var inside = contents.get(database.name());
    if (inside instanceof Reading.Seen<DatabaseContents>(var seen)) {
      list(fields, "schemas", schemas(seen));
      list(fields, "extensions", extensions(seen));
    }
    return new Item(fields, unread(database, Optional.ofNullable(inside)));
  }

  private static void list(Map<String, String> fields, String key, List<String> items) {
    if (!items.isEmpty()) {
      fields.put(key, "[ " + String.join(", ", items) + " ]");
    }
  }

  /** An extension makes its own schemas, and fails if they exist. */
  private List<String> schemas(DatabaseContents contents) {
    return contents.schemas().entrySet().stream()
        .filter(entry -> entry.getValue().extension().isEmpty())
        .filter(entry -> !isInitial(entry.getKey(), entry.getValue().owner()))
        .map(
            entry ->
                Optional.of(entry.getValue().owner()).equals(bootstrap())
                    ? YamlScalar.of(entry.getKey())
                    : named(entry.getKey(), "owner", YamlScalar.of(entry.getValue().owner())))
        .toList();
  }

  private boolean isInitial(String schema, String owner) {
    var isOfInitdb = owner.equals("pg_database_owner") || Optional.of(owner).equals(bootstrap());
    return SCHEMAS_OF_POSTGRES.contains(schema)
        || schema.equals(SCHEMA_OF_PIGSTY)
        || (schema.equals("public") && isOfInitdb);
  }

  private static List<String> extensions(DatabaseContents contents) {
    return contents.extensions().entrySet().stream()
        .filter(entry -> !entry.getKey().equals("plpgsql"))
        .filter(entry -> !entry.getValue().schema().equals(SCHEMA_OF_PIGSTY))
        .map(entry -> named(entry.getKey(), "schema", YamlScalar.of(entry.getValue().schema())))
        .toList();
  }

  private static String named(String name, String key, String value) {
    var fields = new LinkedHashMap<String, String>();
    fields.put("name", YamlScalar.of(name));
    fields.put(key, value);
    return new Item(fields, Optional.empty()).toString();
  }

  private static Optional<String> unread(
      LiveDatabase database, Optional<Reading<DatabaseContents>> contents) {
    if (contents.isPresent()) {
      return Interiors.denied(contents.get()).map("schemas and extensions were not read: "::concat);
    }
    if (database.access() == LiveDatabase.Access.CLOSED) {
      return Optional.of("schemas and extensions were not read: it allows no connections");
    }
    return database.template() == LiveDatabase.Template.TEMPLATE
        ? Optional.of("schemas and extensions were not read: it is a template")
        : Optional.empty();
  }

  private static boolean differs(String own, Optional<String> usual) {
    return !usual.equals(Optional.of(own));
  }

  /** The bootstrap superuser, which owns the templates. */
  private Optional<String> bootstrap() {
    return databases.stream()
        .filter(database -> database.name().equals("template0"))
        .map(LiveDatabase::owner)
        .findFirst();
  }

  List<Item> users() {
    return roles.stream()
        .filter(role -> !role.name().startsWith("pg_"))
        .filter(role -> !ObjectScope.ROLES_OF_PIGSTY.contains(role.name()))
        .filter(role -> !Optional.of(role.name()).equals(bootstrap()))
        .map(ClusterObjects::user)
        .toList();
  }

  private static Item user(LiveDatabaseRole role) {
    var fields = new LinkedHashMap<String, String>();
    fields.put("name", YamlScalar.of(role.name()));
    var isSuperuser = role.has(Attribute.SUPERUSER);
    for (var attribute : Attribute.values()) {
      var isDefault = attribute == Attribute.LOGIN || attribute == Attribute.INHERIT;
      var isImplied = isSuperuser && attribute != Attribute.SUPERUSER && !isDefault;
      if (role.has(attribute) != isDefault && !isImplied) {
        fields.put(attribute.label(), String.valueOf(role.has(attribute)));
      }
    }
    if (role.connectionLimit() >= 0) {
      fields.put("connlimit", String.valueOf(role.connectionLimit()));
    }
    role.validUntil().ifPresent(end -> fields.put("expire_at", "'" + date(end) + "'"));
    list(
        fields,
        "roles",
        role.memberOf().stream()
            .map(
                group ->
                    role.administers().contains(group)
                        ? named(group, "admin", "true")
                        : YamlScalar.of(group))
            .toList());
    return new Item(
        fields,
        role.validUntil()
            .filter(end -> !isMidnight(end))
            .map(end -> "guess: the server reports " + end + ", Pigsty declares days"));
  }

  private static String date(Instant end) {
    return end.plus(HALF_A_DAY).atOffset(ZoneOffset.UTC).toLocalDate().toString();
  }

  private static boolean isMidnight(Instant end) {
    return end.atOffset(ZoneOffset.UTC).toLocalTime().equals(LocalTime.MIDNIGHT);
  }
}
