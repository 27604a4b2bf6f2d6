package io.pgtopo.config.pigsty;

import io.pgtopo.config.ansible.Host;
import io.pgtopo.config.reading.Located;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.Problems;
import io.pgtopo.config.reading.Suggestion;
import io.pgtopo.config.reading.Value;
import io.pgtopo.config.reading.ValueReader;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Checks the databases and users of a cluster: what PostgreSQL refuses when Pigsty creates them.
 */
record ObjectLint(Problems problems) {
  private static final List<String> USERS = List.of("pg_default_roles", "pg_users");

  /** Roles that exist without a declaration: Pigsty's own, unless it is told other names. */
  private static final Map<String, String> SYSTEM_USERS =
      Map.of(
          "pg_dbsu", "postgres",
          "pg_replication_username", "replicator",
          "pg_admin_username", "dbuser_dba",
          "pg_monitor_username", "dbuser_monitor");

  private static final Set<String> DEFAULT_ROLES =
      Set.of("dbrole_readonly", "dbrole_offline", "dbrole_readwrite", "dbrole_admin");

  private static final Set<String> TEMPLATES = Set.of("template0", "template1", "postgres");

  /** Fields that take one of a few words. */
  private static final Map<String, List<String>> WORDS =
      Map.of(
          "locale_provider", List.of("libc", "icu", "builtin"),
          "pool_mode", List.of("session", "transaction", "statement"),
          "strategy", List.of("wal_log", "file_copy"));

  private static final List<String> GRANTS =
      List.of("grant", "revoke", "absent", "create", "present");

  /** Encodings of a database, without case and punctuation, as PostgreSQL compares them. */
  private static final Pattern ENCODING =
      Pattern.compile(
          "utf8|unicode|sqlascii|euc(?:cn|jp|jis2004|kr|tw)|latin(?:10|[1-9])"
              + "|iso8859(?:1[0346]?|[2-9])|koi8[ru]?|win(?:125[0-8]|866|874)?|windows125[0-8]"
              + "|muleinternal|alt|tcvn.*|abc|vscii");

  private static final Pattern DATE =
      Pattern.compile("(?<year>\\d{4})-(?<month>\\d{1,2})-(?<day>\\d{1,2})(?:[ T].*)?");
  private static final Set<String> TIMES =
      Set.of("infinity", "-infinity", "epoch", "now", "today", "tomorrow", "yesterday");

  void check(Host host) {
    var users =
        USERS.stream()
            .flatMap(variable -> host.find(variable).stream())
            .flatMap(list -> list.items().stream())
            .toList();
    var databases = host.find("pg_databases").map(Located::items).orElse(List.of());
    var roles = roles(host, users);
    users.forEach(user -> checkUser(user, roles));
    databases.forEach(database -> checkDatabase(database, databases, roles));
  }

  /** The roles that can be meant; empty if the cluster declares none. */
  private static Optional<Set<String>> roles(Host host, List<Located> users) {
    if (users.isEmpty()) {
      return Optional.empty();
    }
    var names = new TreeSet<>(DEFAULT_ROLES);
    SYSTEM_USERS.forEach(
        (variable, name) -> names.add(host.find(variable).flatMap(ObjectLint::text).orElse(name)));
    users.forEach(user -> name(user).ifPresent(names::add));
    return Optional.of(names);
  }

  private void checkUser(Located user, Optional<Set<String>> roles) {
    FieldNames.USER.check(user, problems);
    checkWords(user);
    name(user)
        .filter(name -> name.startsWith("pg_") || name.equals("public") || name.equals("none"))
        .ifPresent(
            name ->
                problems.fault(
                    Code.BAD_NAME,
                    user.place(),
                    "the name of a user",
                    name + ", which PostgreSQL reserves"));
    for (var membership : user.find("roles").map(Located::items).orElse(List.of())) {
      FieldNames.MEMBERSHIP.check(membership, problems);
      checkWord(membership, "state", GRANTS);
      checkRole(membership, roles);
    }
    user.find("expire_at").ifPresent(this::checkDate);
    user.find("expire_in")
        .filter(found -> text(found).filter(days -> !days.matches("-?\\d+")).isPresent())
        .ifPresent(found -> refuse(found, "a number of days"));
  }

  private void checkDatabase(
      Located database, List<Located> databases, Optional<Set<String>> roles) {
    FieldNames.DATABASE.check(database, problems);
    checkWords(database);
    checkOwner(database, roles);
    for (var schema : database.find("schemas").map(Located::items).orElse(List.of())) {
      FieldNames.SCHEMA.check(schema, problems);
      checkOwner(schema, roles);
    }
    for (var extension : database.find("extensions").map(Located::items).orElse(List.of())) {
      FieldNames.EXTENSION.check(extension, problems);
    }
    database
        .find("encoding")
        .filter(found -> text(found).filter(name -> !isEncoding(name)).isPresent())
        .ifPresent(found -> refuse(found, "an encoding of PostgreSQL such as UTF8"));
    database.find("template").ifPresent(found -> checkTemplate(found, databases));
  }

  private void checkOwner(Located item, Optional<Set<String>> roles) {
    item.find("owner").ifPresent(owner -> checkRole(owner, roles));
  }

  private void checkRole(Located found, Optional<Set<String>> roles) {
    var name = found.value() instanceof Value.Fields ? name(found) : text(found);
    if (name.isPresent() && roles.isPresent() && !name.get().startsWith("pg_")) {
      checkReference(found, name.get(), "a declared user", roles.get());
    }
  }

  private void checkTemplate(Located found, List<Located> databases) {
    var names = new TreeSet<>(TEMPLATES);
    databases.forEach(database -> name(database).ifPresent(names::add));
    text(found).ifPresent(name -> checkReference(found, name, "a declared database", names));
  }

  private void checkReference(
      Located found, String name, String wanted, Collection<String> declared) {
    if (!name.isBlank() && !declared.contains(name)) {
      problems.fault(
          Code.UNKNOWN_REFERENCE,
          found.place(),
          wanted,
          "%s, which the cluster does not declare%s"
              .formatted(name, Suggestion.question(name, declared)));
    }
  }

  private void checkWords(Located item) {
    WORDS.forEach((field, words) -> checkWord(item, field, words));
  }

  private void checkWord(Located item, String field, List<String> words) {
    item.find(field)
        .filter(
            found ->
                text(found)
                    .filter(word -> !words.contains(word.toLowerCase(Locale.ROOT)))
                    .isPresent())
        .ifPresent(found -> refuse(found, ValueReader.wanted(words)));
  }

  private void checkDate(Located found) {
    var text = text(found).map(String::strip).filter(it -> !it.isEmpty());
    if (text.isPresent() && !isTime(text.get())) {
      refuse(found, "a date such as 2030-12-31, or infinity");
    }
  }

  private static boolean isTime(String text) {
    var date = DATE.matcher(text);
    if (!date.matches()) {
      // PostgreSQL knows many forms; without a digit it is one of its words.
      return text.matches(".*\\d.*\\d.*") || TIMES.contains(text.toLowerCase(Locale.ROOT));
    }
    try {
      return LocalDate.of(
              Integer.parseInt(date.group("year")),
              Integer.parseInt(date.group("month")),
              Integer.parseInt(date.group("day")))
          .isAfter(LocalDate.MIN);
    } catch (DateTimeException impossible) {
      return false;
    }
  }

  private static boolean isEncoding(String name) {
    return ENCODING.matcher(name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "")).matches();
  }

  private void refuse(Located found, String wanted) {
    problems.fault(Code.BAD_VALUE, found.place(), wanted, found.value().description());
  }

  private static Optional<String> name(Located item) {
    return item.find("name").or(() -> Optional.of(item)).flatMap(ObjectLint::text);
  }

  /** Text that is no template, or a number. */
  private static Optional<String> text(Located found) {
    return switch (found.value()) {
      case Value.Text text when !text.isTemplate() -> Optional.of(text.value());
      case Value.Int number -> Optional.of(Long.toString(number.value()));
      default -> Optional.empty();
    };
  }
}
