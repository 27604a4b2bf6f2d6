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

/** What a story declares of databases and roles, in Pigsty's words. */
final class DeclaredObjects {
  private DeclaredObjects() {}

  static List<Database> databases(@Nullable Object told) {
    return list(told).stream().map(one -> database(named(one))).toList();
  }

  static List<Role> roles(@Nullable Object told) {
    return list(told).stream().map(one -> role(named(one))).toList();
  }

  /** A name alone is a map with no more than that. */
  static Map<String, Object> named(@Nullable Object told) {
    return told instanceof Map ? map(told) : Map.of("name", text(told));
  }

  /** LOGIN and INHERIT unless told otherwise, as CREATE USER does. */
  static SortedSet<Attribute> attributes(Map<String, Object> told) {
    var otherwise = EnumSet.of(Attribute.LOGIN, Attribute.INHERIT);
    var attributes = new TreeSet<Attribute>();
    for (var attribute : Attribute.values()) {
      if (flag(told, attribute.label(), otherwise.contains(attribute))) {
        attributes.add(attribute);
      }
    }
    return attributes;
  }

  private static Database database(Map<String, Object> told) {
    only(
        told,
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
        text(told.get("name")),
        state(told),
        word(told, "owner"),
        Optional.empty(),
        new Database.Creation(
            Optional.empty(),
            word(told, "encoding"),
            word(told, "locale"),
            word(told, "lc_collate"),
            word(told, "lc_ctype"),
            word(told, "locale_provider"),
            Optional.empty()),
        new Database.Access(
            flag(told, "is_template", false),
            flag(told, "allowconn", true),
            false,
            Integer.parseInt(word(told, "connlimit").orElse("-1")),
            true),
        new Database.Contents(
            list(told.get("schemas")).stream().map(one -> schema(named(one))).toList(),
            list(told.get("extensions")).stream().map(one -> extension(named(one))).toList(),
            Collections.emptySortedMap()));
  }

  private static Database.Schema schema(Map<String, Object> told) {
    only(told, "name", "owner", "state");
    return new Database.Schema(text(told.get("name")), word(told, "owner"), state(told));
  }

  private static Database.Extension extension(Map<String, Object> told) {
    only(told, "name", "schema", "version", "state");
    return new Database.Extension(
        text(told.get("name")), word(told, "schema"), word(told, "version"), state(told));
  }

  private static Role role(Map<String, Object> told) {
    return new Role(
        text(told.get("name")),
        state(told),
        attributes(told),
        Integer.parseInt(word(told, "connlimit").orElse("-1")),
        word(told, "expire_in").map(days -> days + " days").or(() -> word(told, "expire_at")),
        list(told.get("roles")).stream().map(one -> membership(named(one))).toList(),
        Collections.emptySortedMap());
  }

  private static Role.Membership membership(Map<String, Object> told) {
    return new Role.Membership(
        text(told.get("name")), !word(told, "state").equals(Optional.of("revoke")), false);
  }

  private static ObjectState state(Map<String, Object> told) {
    return ObjectState.valueOf(word(told, "state").orElse("create").toUpperCase(Locale.ROOT));
  }

  private static boolean flag(Map<String, Object> told, String key, boolean otherwise) {
    return told.getOrDefault(key, otherwise).equals(true);
  }

  private static Optional<String> word(Map<String, Object> told, String key) {
    return Optional.ofNullable(told.get(key)).map(Story::text);
  }
}
