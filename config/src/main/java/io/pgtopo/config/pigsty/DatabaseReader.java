package io.pgtopo.config.pigsty;

import io.pgtopo.config.model.Database;
import io.pgtopo.config.model.Database.Access;
import io.pgtopo.config.model.Database.Contents;
import io.pgtopo.config.model.Database.Creation;
import io.pgtopo.config.model.ObjectState;
import io.pgtopo.config.reading.Located;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.Value;
import io.pgtopo.config.reading.ValueReader;
import java.util.List;
import java.util.Optional;

/** Reads {@code pg_databases}. */
record DatabaseReader(ValueReader reader, ObjectFields fields) {
  List<Database> read(Located list) {
    return fields.distinct(list, "database", Code.DUP_DATABASE, this::database, Database::name);
  }

  private Optional<Database> database(Located item) {
    return fields
        .named(item, "the name of a database")
        .map(
            name ->
                new Database(
                    name,
                    fields.state(
                        item, ObjectState.CREATE, ObjectState.ABSENT, ObjectState.RECREATE),
                    reader.textAt(item, "owner"),
                    comment(item),
                    creation(item),
                    access(item),
                    contents(item)));
  }

  /** Only shown: a template in it is no problem. */
  private static Optional<String> comment(Located item) {
    return item.find("comment")
        .filter(found -> found.value() instanceof Value.Text text && !text.isTemplate())
        .map(found -> ((Value.Text) found.value()).value());
  }

  private Creation creation(Located item) {
    return new Creation(
        reader.textAt(item, "template"),
        reader.textAt(item, "encoding"),
        reader.textAt(item, "locale"),
        reader.textAt(item, "lc_collate"),
        reader.textAt(item, "lc_ctype"),
        reader.textAt(item, "locale_provider"),
        reader.textAt(item, "tablespace"));
  }

  private Access access(Located item) {
    var defaults = Access.DEFAULT;
    return new Access(
        reader.bool(item, "is_template", defaults.isTemplate()),
        reader.bool(item, "allowconn", defaults.allowsConnections()),
        reader.bool(item, "revokeconn", defaults.revokesPublic()),
        reader
            .integer(item, "connlimit", -1, Integer.MAX_VALUE, "a number of -1 or more")
            .orElse(defaults.connectionLimit()),
        reader.bool(item, "pgbouncer", defaults.pooled()));
  }

  private Contents contents(Located item) {
    return new Contents(
        reader.list(item, "schemas", "a list").stream()
            .flatMap(schema -> schema(schema).stream())
            .toList(),
        reader.list(item, "extensions", "a list").stream()
            .flatMap(extension -> extension(extension).stream())
            .toList(),
        fields.parameters(item));
  }

  private Optional<Database.Schema> schema(Located item) {
    return fields
        .named(item, "the name of a schema")
        .map(name -> new Database.Schema(name, reader.textAt(item, "owner"), state(item)));
  }

  private Optional<Database.Extension> extension(Located item) {
    return fields
        .named(item, "the name of an extension")
        .map(
            name ->
                new Database.Extension(
                    name,
                    reader.textAt(item, "schema"),
                    reader.textAt(item, "version"),
                    state(item)));
  }

  private ObjectState state(Located item) {
    return fields.state(item, ObjectState.CREATE, ObjectState.ABSENT);
  }
}
