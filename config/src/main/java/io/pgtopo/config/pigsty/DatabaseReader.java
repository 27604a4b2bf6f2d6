package io.pgtopo.config.pigsty;

import io.pgtopo.config.model.Database;
import io.pgtopo.config.model.Database.Access;
import io.pgtopo.config.model.Database.Contents;
import io.pgtopo.config.model.Database.Creation;
import io.pgtopo.config.reading.Expected;
import io.pgtopo.config.reading.Located;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.Problems;
import io.pgtopo.config.reading.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/** Reads {@code pg_databases}. */
final class DatabaseReader {
  private static final String NAME = "the name of a database";

  private final Problems problems;
  private final Fields fields;
  private final Expected expected;

  DatabaseReader(Problems problems) {
    this.problems = problems;
    this.fields = new Fields(problems);
    this.expected = new Expected(problems);
  }

  List<Database> read(Located list) {
    var databases = new ArrayList<Database>();
    var names = new HashSet<String>();
    for (var item : expected.list(list, "a list of databases")) {
      for (var one : database(item).stream().toList()) {
        databases.add(one);
        if (!names.add(one.name())) {
          problems.warn(
              Code.DUP_DATABASE,
              item.place(),
              "wanted each database once. Found: "
                  + one.name()
                  + " again; what both say differently is applied by the last one");
        }
      }
    }
    return databases;
  }

  private Optional<Database> database(Located item) {
    return fields
        .named(item, NAME)
        .map(
            name ->
                new Database(
                    name,
                    fields.state(item, "create", "absent", "recreate"),
                    fields.text(item, "owner"),
                    fields.comment(item),
                    creation(item),
                    access(item),
                    contents(item)));
  }

  private Creation creation(Located item) {
    return new Creation(
        fields.text(item, "template"),
        fields.text(item, "encoding"),
        fields.text(item, "locale"),
        fields.text(item, "lc_collate"),
        fields.text(item, "lc_ctype"),
        fields.text(item, "locale_provider"),
        fields.text(item, "tablespace"));
  }

  private Access access(Located item) {
    var otherwise = Access.DEFAULT;
    return new Access(
        fields.bool(item, "is_template", otherwise.isTemplate()),
        fields.bool(item, "allowconn", otherwise.allowsConnections()),
        fields.bool(item, "revokeconn", otherwise.revokesPublic()),
        fields.integer(item, "connlimit", -1, otherwise.connectionLimit()),
        fields.bool(item, "pgbouncer", otherwise.pooled()));
  }

  private Contents contents(Located item) {
    var schemas = new ArrayList<Database.Schema>();
    for (var schema : fields.list(item, "schemas")) {
      fields
          .named(schema, "the name of a schema")
          .ifPresent(
              name ->
                  schemas.add(
                      new Database.Schema(
                          name,
                          fields.text(schema, "owner"),
                          fields.state(schema, "create", "absent"))));
    }
    var extensions = new ArrayList<Database.Extension>();
    for (var extension : fields.list(item, "extensions")) {
      fields
          .named(extension, "the name of an extension")
          .ifPresent(
              name ->
                  extensions.add(
                      new Database.Extension(
                          name,
                          fields.text(extension, "schema"),
                          fields.text(extension, "version"),
                          fields.state(extension, "create", "absent"))));
    }
    return new Contents(schemas, extensions, fields.parameters(item));
  }

  /** Databases of a remote instance: names, if there are any. */
  List<Database> ofRemote(Located entry) {
    return entry
        .find("pg_databases")
        .filter(list -> list.value() instanceof Value.Items)
        .map(this::read)
        .orElse(List.of());
  }
}
