package io.pgtopo.exporter.discover;

import io.pgtopo.agent.compare.ObjectScope;
import io.pgtopo.agent.observation.LiveDatabase;
import io.pgtopo.agent.observation.LiveDatabaseRole;
import io.pgtopo.agent.observation.Survey;
import io.pgtopo.config.model.Role.Attribute;
import io.pgtopo.config.reading.YamlScalar;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The databases and roles of a cluster, as items of {@code pg_databases} and {@code pg_users},
 * without those that PostgreSQL and Pigsty create themselves, and without passwords.
 */
final class ClusterObjects {
  /** Pigsty declares a date, a midnight: the nearest one. */
  private static final Duration HALF_A_DAY = Duration.ofHours(12);

  private final Survey survey;
  private final Optional<LiveDatabase> template;

  ClusterObjects(Survey survey) {
    this.survey = survey;
    this.template =
        survey.databases().stream().filter(it -> it.name().equals("template1")).findFirst();
  }

  List<Item> databases() {
    return survey.databases().stream()
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
    return new Item(fields, Optional.empty());
  }

  private static boolean differs(String own, Optional<String> usual) {
    return !usual.equals(Optional.of(own));
  }

  /** The bootstrap superuser, which owns the templates. */
  private Optional<String> bootstrap() {
    return survey.databases().stream()
        .filter(database -> database.name().equals("template0"))
        .map(LiveDatabase::owner)
        .findFirst();
  }

  List<Item> users() {
    return survey.roles().stream()
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
    if (!role.memberOf().isEmpty()) {
      fields.put(
          "roles",
          role.memberOf().stream()
              .map(YamlScalar::of)
              .collect(Collectors.joining(", ", "[ ", " ]")));
    }
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
