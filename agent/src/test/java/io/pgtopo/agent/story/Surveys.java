package io.pgtopo.agent.story;

import static io.pgtopo.agent.story.Story.list;
import static io.pgtopo.agent.story.Story.map;
import static io.pgtopo.agent.story.Story.only;
import static io.pgtopo.agent.story.Story.text;

import io.pgtopo.agent.Ordinary;
import io.pgtopo.agent.observation.LiveDatabase;
import io.pgtopo.agent.observation.LiveDatabaseRole;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.Survey;
import io.pgtopo.agent.observation.WalFile;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Turns what a phase says of an instance into its full reading. */
final class Surveys {
  private Surveys() {}

  static Reading<Survey> told(Map<String, Object> told) {
    if ("hidden".equals(told.get("survey"))) {
      return Reading.denied("it could not be read");
    }
    var settings = new TreeMap<>(Ordinary.SURVEY.settings());
    map(told.get("settings"))
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
            told.getOrDefault("login", Ordinary.SURVEY.login()).toString(),
            settings,
            list(told.get("databases")).stream().map(Surveys::database).toList(),
            list(told.get("roles")).stream().map(Surveys::role).toList(),
            oldestWal(told)));
  }

  /** A name, or a map in Pigsty's words; what is left out is as after a bare CREATE DATABASE. */
  private static LiveDatabase database(Object told) {
    var database = DeclaredObjects.named(told);
    only(
        database,
        "name",
        "owner",
        "encoding",
        "lc_collate",
        "lc_ctype",
        "is_template",
        "allowconn",
        "connlimit");
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

  /** A name, or a map in Pigsty's words; what is left out is as after a bare CREATE USER. */
  private static LiveDatabaseRole role(Object told) {
    var role = DeclaredObjects.named(told);
    return new LiveDatabaseRole(
        text(role.get("name")),
        List.copyOf(DeclaredObjects.attributes(role)),
        Integer.parseInt(role.getOrDefault("connlimit", "-1").toString()),
        Optional.ofNullable(role.get("valid_until")).map(Story::text).map(Instant::parse),
        list(role.get("roles")).stream().map(Story::text).toList());
  }

  private static Reading<Optional<WalFile>> oldestWal(Map<String, Object> told) {
    var name = told.getOrDefault("oldest_wal", "none").toString();
    return switch (name) {
      case "hidden" -> Reading.denied("hidden without pg_ls_waldir()");
      case "none" -> Reading.seen(Optional.empty());
      default -> Reading.seen(Optional.of(WalFile.parse(name, 16_777_216)));
    };
  }
}
