package io.pgtopo.agent.postgres;

import io.pgtopo.agent.observation.DatabaseContents;
import io.pgtopo.agent.observation.LiveDatabase;
import io.pgtopo.agent.observation.LiveDatabaseRole;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.Survey;
import io.pgtopo.agent.observation.WalDirectory;
import io.pgtopo.agent.observation.WalFile;
import io.pgtopo.config.model.Role.Attribute;
import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** From the rows of {@link SurveyQuery} to a survey. */
final class SurveyMapping {
  static final String NEEDS_MONITOR =
      "hidden without pg_ls_waldir(): GRANT pg_monitor TO the monitoring role";

  private static final Map<String, Attribute> ATTRIBUTES =
      Map.of(
          "rolsuper", Attribute.SUPERUSER,
          "rolinherit", Attribute.INHERIT,
          "rolcreaterole", Attribute.CREATEROLE,
          "rolcreatedb", Attribute.CREATEDB,
          "rolcanlogin", Attribute.LOGIN,
          "rolreplication", Attribute.REPLICATION,
          "rolbypassrls", Attribute.BYPASSRLS);

  private SurveyMapping() {}

  /** Reads it all: two statements, or one where the second is not allowed. */
  static Survey read(Connection connection) throws SQLException {
    try (var statement = connection.prepareStatement(SurveyQuery.STATEMENT);
        var row = statement.executeQuery()) {
      if (!row.next()) {
        throw new SQLException("the statement of a full reading returned no row");
      }
      var settings = settings(row);
      return new Survey(
          ViewRow.instant(row.getString("read_at")),
          row.getString("login"),
          settings,
          databases(row),
          roles(row),
          row.getBoolean("may_list_wal")
              ? Reading.seen(walDirectory(connection, settings))
              : Reading.denied(NEEDS_MONITOR));
    }
  }

  private static SortedMap<String, String> settings(ResultSet row) throws SQLException {
    var settings = new TreeMap<String, String>();
    ViewRow.of(row, "settings", SurveyQuery.SETTING_COLUMNS)
        .forEach(setting -> settings.put(setting.word("name"), setting.word("setting")));
    return settings;
  }

  private static List<LiveDatabase> databases(ResultSet row) throws SQLException {
    return ViewRow.of(row, "databases", SurveyQuery.DATABASE_COLUMNS)
        .map(
            columns ->
                new LiveDatabase(
                    columns.word("datname"),
                    columns.word("owner"),
                    columns.word("encoding"),
                    new LiveDatabase.Locale(columns.word("datcollate"), columns.word("datctype")),
                    columns.is("datistemplate")
                        ? LiveDatabase.Template.TEMPLATE
                        : LiveDatabase.Template.DATABASE,
                    columns.is("datallowconn")
                        ? LiveDatabase.Access.OPEN
                        : LiveDatabase.Access.CLOSED,
                    columns.number("datconnlimit").orElse(-1)))
        .toList();
  }

  private static List<LiveDatabaseRole> roles(ResultSet row) throws SQLException {
    var memberships =
        ViewRow.of(row, "memberships", SurveyQuery.MEMBERSHIP_COLUMNS)
            .collect(
                Collectors.groupingBy(
                    columns -> columns.word("member"),
                    Collectors.mapping(columns -> columns.word("role"), Collectors.toList())));
    return ViewRow.of(row, "roles", SurveyQuery.ROLE_COLUMNS)
        .map(columns -> role(columns, memberships))
        .toList();
  }

  private static LiveDatabaseRole role(ViewRow columns, Map<String, List<String>> memberships) {
    var attributes = new ArrayList<Attribute>();
    ATTRIBUTES.forEach(
        (column, attribute) -> {
          if (columns.is(column)) {
            attributes.add(attribute);
          }
        });
    return new LiveDatabaseRole(
        columns.word("rolname"),
        attributes,
        columns.number("rolconnlimit").orElse(-1),
        columns.text("rolvaliduntil").map(ViewRow::instant),
        memberships.getOrDefault(columns.word("rolname"), List.of()));
  }

  private static WalDirectory walDirectory(
      Connection connection, SortedMap<String, String> settings) throws SQLException {
    try (var statement = connection.prepareStatement(SurveyQuery.WAL_DIRECTORY);
        var row = statement.executeQuery()) {
      if (!row.next()) {
        return WalDirectory.EMPTY;
      }
      var segment = segmentBytes(settings);
      return new WalDirectory(
          ViewRow.text(row, "oldest_wal")
              .flatMap(name -> segment.map(bytes -> WalFile.parse(name, bytes))),
          history(row.getArray("newest_history")));
    }
  }

  private static Optional<WalDirectory.TimelineHistory> history(@Nullable Array file)
      throws SQLException {
    if (file == null) {
      return Optional.empty();
    }
    var cells = (String[]) file.getArray();
    return Optional.of(
        new WalDirectory.TimelineHistory(
            Integer.parseUnsignedInt(cells[0].substring(0, 8), 16), ViewRow.instant(cells[1])));
  }

  /** Reads what is in the database of a connection. */
  static DatabaseContents contents(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var row = statement.executeQuery(SurveyQuery.INTERIOR)) {
      if (!row.next()) {
        throw new SQLException("the statement of a look into a database returned no row");
      }
      var schemas = new TreeMap<String, String>();
      ViewRow.of(row, "schemas", SurveyQuery.SCHEMA_COLUMNS)
          .forEach(schema -> schemas.put(schema.word("nspname"), schema.word("owner")));
      var extensions = new TreeMap<String, DatabaseContents.Extension>();
      ViewRow.of(row, "extensions", SurveyQuery.EXTENSION_COLUMNS)
          .forEach(
              found ->
                  extensions.put(
                      found.word("extname"),
                      new DatabaseContents.Extension(
                          found.word("nspname"), found.word("extversion"))));
      return new DatabaseContents(schemas, extensions);
    }
  }

  /** Until 10 {@code wal_segment_size} counts blocks of 8 kB; bytes since 11. */
  private static Optional<Long> segmentBytes(SortedMap<String, String> settings) {
    return Optional.ofNullable(settings.get("wal_segment_size"))
        .map(Long::parseLong)
        .map(size -> size < 1_048_576 ? size * 8_192 : size);
  }
}
