package io.pgtopo.agent.story;

import static io.pgtopo.agent.story.Story.list;
import static io.pgtopo.agent.story.Story.map;
import static io.pgtopo.agent.story.Story.only;
import static io.pgtopo.agent.story.Story.text;

import io.pgtopo.agent.Ordinary;
import io.pgtopo.agent.observation.CommitOverride;
import io.pgtopo.agent.observation.DatabaseContents;
import io.pgtopo.agent.observation.LiveDatabase;
import io.pgtopo.agent.observation.LiveDatabaseRole;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.RefusableFact;
import io.pgtopo.agent.observation.Survey;
import io.pgtopo.agent.observation.WalDirectory;
import io.pgtopo.agent.observation.WalFile;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Turns what a phase says of an instance into its full reading. */
final class Surveys {
  private Surveys() {}

  static Reading<Survey> survey(Map<String, Object> given) {
    if ("hidden".equals(given.get("survey"))) {
      return Reading.denied("it could not be read");
    }
    var settings = new TreeMap<>(Ordinary.SURVEY.settings().ifSeen().orElseThrow());
    map(given.get("settings"))
        .forEach(
            (name, value) -> {
              if ("hidden".equals(value)) {
                settings.remove(name);
              } else {
                settings.put(name, text(value));
              }
            });
    return Reading.seen(
        new Survey(
            Ordinary.SURVEY.readAt(),
            given.getOrDefault("login", Ordinary.SURVEY.login()).toString(),
            shown(given, RefusableFact.SETTINGS, settings),
            shown(
                given,
                RefusableFact.DATABASES,
                list(given.get("databases")).stream().map(Surveys::database).toList()),
            shown(
                given,
                RefusableFact.ROLES,
                list(given.get("roles")).stream().map(Surveys::role).toList()),
            interiors(given),
            wal(given),
            Reading.seen(Subscriptions.count(given.get("subscriptions"))),
            shown(
                given,
                RefusableFact.DATABASES,
                list(given.get("commits_do_not_wait")).stream().map(Surveys::override).toList())));
  }

  /** Such as {@code batch}, a role, or {@code batch@shop}, a role in a database. */
  private static CommitOverride override(Object given) {
    var parts = text(given).split("@", 2);
    return new CommitOverride(
        Optional.of(parts[0]).filter(it -> !it.isEmpty()),
        parts.length < 2 ? Optional.empty() : Optional.of(parts[1]),
        "off");
  }

  private static <T> Reading<T> shown(Map<String, Object> given, RefusableFact fact, T value) {
    return list(given.get("refused")).contains(fact.name().toLowerCase(Locale.ROOT))
        ? Reading.denied(RefusableFact.reason(fact.objects()))
        : Reading.seen(value);
  }

  /** A name, or a map with Pigsty's keys; what is left out is as after a bare CREATE DATABASE. */
  private static LiveDatabase database(Object given) {
    var database = DeclaredObjects.named(given);
    only(
        database,
        "name",
        "owner",
        "encoding",
        "lc_collate",
        "lc_ctype",
        "is_template",
        "allowconn",
        "connlimit",
        "inside");
    return new LiveDatabase(
        text(database.get("name")),
        database.getOrDefault("owner", "postgres").toString(),
        database.getOrDefault("encoding", "UTF8").toString(),
        new LiveDatabase.Locale(
            database.getOrDefault("lc_collate", "C").toString(),
            database.getOrDefault("lc_ctype", "C").toString()),
        database.getOrDefault("is_template", false).equals(true)
            ? LiveDatabase.Template.TEMPLATE
            : LiveDatabase.Template.DATABASE,
        database.getOrDefault("allowconn", true).equals(true)
            ? LiveDatabase.Access.OPEN
            : LiveDatabase.Access.CLOSED,
        Integer.parseInt(database.getOrDefault("connlimit", "-1").toString()));
  }

  /** A name, or a map with Pigsty's keys; what is left out is as after a bare CREATE USER. */
  private static LiveDatabaseRole role(Object given) {
    var role = DeclaredObjects.named(given);
    return new LiveDatabaseRole(
        text(role.get("name")),
        List.copyOf(DeclaredObjects.attributes(role)),
        Integer.parseInt(role.getOrDefault("connlimit", "-1").toString()),
        Optional.ofNullable(role.get("valid_until")).map(Story::text).map(Instant::parse),
        list(role.get("roles")).stream().map(Story::text).toList(),
        list(role.get("administers")).stream().map(Story::text).toList());
  }

  private static Reading<WalDirectory> wal(Map<String, Object> given) {
    var name = given.getOrDefault("oldest_wal", "none").toString();
    if (name.equals("hidden")) {
      return Reading.denied("hidden without pg_ls_waldir()");
    }
    var timeline = Integer.parseInt(given.getOrDefault("timeline", "1").toString());
    return Reading.seen(
        new WalDirectory(
            Optional.of(name)
                .filter(it -> !it.equals("none"))
                .map(it -> WalFile.parse(it, 16_777_216)),
            Optional.ofNullable(given.get("timeline_began"))
                .map(Story::text)
                .map(Story::duration)
                .map(at -> new WalDirectory.TimelineHistory(timeline, Stage.START.plus(at)))));
  }

  /** Of each database that has them: schemas by name with their owners, extensions by name. */
  private static SortedMap<String, Reading<DatabaseContents>> interiors(Map<String, Object> given) {
    var interiors = new TreeMap<String, Reading<DatabaseContents>>();
    for (var entry : list(given.get("databases"))) {
      var database = DeclaredObjects.named(entry);
      if (database.containsKey("inside")) {
        interiors.put(
            text(database.get("name")),
            "hidden".equals(database.get("inside"))
                ? Reading.denied("permission denied for database")
                : Reading.seen(interior(map(database.get("inside")))));
      }
    }
    return interiors;
  }

  private static DatabaseContents interior(Map<String, Object> given) {
    only(given, "schemas", "extensions");
    var schemas = new TreeMap<String, DatabaseContents.Schema>();
    map(given.get("schemas"))
        .forEach(
            (name, owner) ->
                schemas.put(name, new DatabaseContents.Schema(text(owner), Optional.empty())));
    var extensions = new TreeMap<String, DatabaseContents.Extension>();
    map(given.get("extensions"))
        .forEach(
            (name, one) -> {
              var words = text(one).split(" ", 2);
              extensions.put(name, new DatabaseContents.Extension(words[0], words[1]));
            });
    return new DatabaseContents(schemas, extensions);
  }
}
