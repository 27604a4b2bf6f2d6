package io.pgtopo.agent.story;

import static io.pgtopo.agent.story.Story.list;
import static io.pgtopo.agent.story.Story.map;
import static io.pgtopo.agent.story.Story.only;
import static io.pgtopo.agent.story.Story.text;

import io.pgtopo.config.model.Database;
import io.pgtopo.config.model.ObjectState;
import io.pgtopo.config.model.Role;
import io.pgtopo.config.model.Role.Attribute;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What a story declares of databases and roles, with Pigsty's keys. */
final class DeclaredObjects {
  private DeclaredObjects() {}

  static List<Database> databases(@Nullable Object given) {
    return list(given).stream().map(one -> database(named(one))).toList();
  }

  static List<Role> roles(@Nullable Object given) {
    return list(given).stream().map(one -> role(named(one))).toList();
  }

  /** A name alone is a map with no more than that. */
  static Map<String, Object> named(@Nullable Object given) {
    return given instanceof Map ? map(given) : Map.of("name", text(given));
  }

  /** LOGIN and INHERIT unless given otherwise, as CREATE USER does. */
  static SortedSet<Attribute> attributes(Map<String, Object> given) {
    var otherwise = EnumSet.of(Attribute.LOGIN, Attribute.INHERIT);
    var attributes = new TreeSet<Attribute>();
    for (var attribute : Attribute.values()) {
      if (flag(given, attribute.label(), otherwise.contains(attribute))) {
        attributes.add(attribute);
      }
    }
    return attributes;
  }

  private static Database database(Map<String, Object> given) {
    only(
        given,
        "name",
        "state",
        "owner",
        "encoding",
        "locale",
        "lc_collate",
        "lc_ctype",
        "locale_provider",
        "is_template",
        "allowconn",
        "connlimit",
        "schemas",
        "extensions");
    return new Database(
        text(given.get("name")),
        state(given),
        optional(given, "owner"),
        Optional.empty(),
        new Database.Creation(
            Optional.empty(),
            optional(given, "encoding"),
            optional(given, "locale"),
            optional(given, "lc_collate"),
            optional(given, "lc_ctype"),
            optional(given, "locale_provider"),
            Optional.empty()),
        new Database.Access(
            flag(given, "is_template", false),
            flag(given, "allowconn", true),
            false,
            Integer.parseInt(optional(given, "connlimit").orElse("-1")),
            true),
        new Database.Contents(
            list(given.get("schemas")).stream().map(one -> schema(named(one))).toList(),
            list(given.get("extensions")).stream().map(one -> extension(named(one))).toList(),
            Collections.emptySortedMap()));
  }

  private static Database.Schema schema(Map<String, Object> given) {
    only(given, "name", "owner", "state");
    return new Database.Schema(text(given.get("name")), optional(given, "owner"), state(given));
  }

  private static Database.Extension extension(Map<String, Object> given) {
    only(given, "name", "schema", "version", "state");
    return new Database.Extension(
        text(given.get("name")),
        optional(given, "schema"),
        optional(given, "version"),
        state(given));
  }

  private static Role role(Map<String, Object> given) {
    return new Role(
        text(given.get("name")),
        state(given),
        attributes(given),
        Integer.parseInt(optional(given, "connlimit").orElse("-1")),
        optional(given, "expire_in")
            .map(days -> days + " days")
            .or(() -> optional(given, "expire_at")),
        list(given.get("roles")).stream().map(one -> membership(named(one))).toList(),
        Collections.emptySortedMap());
  }

  private static Role.Membership membership(Map<String, Object> given) {
    return new Role.Membership(
        text(given.get("name")),
        !optional(given, "state").equals(Optional.of("revoke")),
        flag(given, "admin", false));
  }

  private static ObjectState state(Map<String, Object> given) {
    return ObjectState.valueOf(optional(given, "state").orElse("create").toUpperCase(Locale.ROOT));
  }

  private static boolean flag(Map<String, Object> given, String key, boolean otherwise) {
    return given.getOrDefault(key, otherwise).equals(true);
  }

  private static Optional<String> optional(Map<String, Object> given, String key) {
    return Optional.ofNullable(given.get(key)).map(Story::text);
  }
}
