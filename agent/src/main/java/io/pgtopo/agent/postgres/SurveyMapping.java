package io.pgtopo.agent.postgres;

import io.pgtopo.agent.observation.DatabaseContents;
import io.pgtopo.agent.observation.LiveDatabase;
import io.pgtopo.agent.observation.LiveDatabaseRole;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.Survey;
import io.pgtopo.agent.observation.WalDirectory;
import io.pgtopo.agent.observation.WalFile;
import io.pgtopo.config.model.Role.Attribute;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

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
        var result = only(statement.executeQuery())) {
      var row = Row.of(result);
      var settings = new TreeMap<String, String>();
      SurveyQuery.SETTINGS
          .rows(result)
          .forEach(setting -> settings.put(setting.required("name"), setting.required("setting")));
      return new Survey(
          row.instant("read_at").orElseThrow(),
          row.required("login"),
          settings,
          SurveyQuery.DATABASES.rows(result).stream().map(SurveyMapping::database).toList(),
          roles(result),
          row.is("may_list_wal")
              ? Reading.seen(walDirectory(connection, settings))
              : Reading.denied(NEEDS_MONITOR));
    }
  }

  private static ResultSet only(ResultSet result) throws SQLException {
    if (!result.next()) {
      throw new SQLException("the statement of a full reading returned no row");
    }
    return result;
  }

  private static LiveDatabase database(Row row) {
    return new LiveDatabase(
        row.required("datname"),
        row.required("owner"),
        row.required("encoding"),
        new LiveDatabase.Locale(row.required("datcollate"), row.required("datctype")),
        row.is("datistemplate") ? LiveDatabase.Template.TEMPLATE : LiveDatabase.Template.DATABASE,
        row.is("datallowconn") ? LiveDatabase.Access.OPEN : LiveDatabase.Access.CLOSED,
        row.number("datconnlimit").orElse(-1));
  }

  private static List<LiveDatabaseRole> roles(ResultSet result) throws SQLException {
    var memberships =
        SurveyQuery.MEMBERSHIPS.rows(result).stream()
            .collect(
                Collectors.groupingBy(
                    row -> row.required("member"),
                    Collectors.mapping(row -> row.required("role"), Collectors.toList())));
    return SurveyQuery.ROLES.rows(result).stream()
        .map(row -> role(row, memberships.getOrDefault(row.required("rolname"), List.of())))
        .toList();
  }

  private static LiveDatabaseRole role(Row row, List<String> memberOf) {
    return new LiveDatabaseRole(
        row.required("rolname"),
        ATTRIBUTES.entrySet().stream()
            .filter(entry -> row.is(entry.getKey()))
            .map(Map.Entry::getValue)
            .toList(),
        row.number("rolconnlimit").orElse(-1),
        row.instant("rolvaliduntil"),
        memberOf);
  }

  private static WalDirectory walDirectory(
      Connection connection, SortedMap<String, String> settings) throws SQLException {
    try (var statement = connection.prepareStatement(SurveyQuery.WAL_DIRECTORY);
        var result = only(statement.executeQuery())) {
      var row = Row.of(result);
      return new WalDirectory(
          row.text("oldest_wal")
              .flatMap(
                  name -> Survey.segmentBytes(settings).map(bytes -> WalFile.parse(name, bytes))),
          row.text("newest_history")
              .map(name -> Integer.parseUnsignedInt(name.substring(0, 8), 16))
              .flatMap(
                  timeline ->
                      row.instant("newest_history_written")
                          .map(at -> new WalDirectory.TimelineHistory(timeline, at))));
    }
  }

  /** Reads the contents of the database of a connection. */
  static DatabaseContents contents(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var result = only(statement.executeQuery(SurveyQuery.CONTENTS))) {
      var schemas = new TreeMap<String, String>();
      SurveyQuery.SCHEMAS
          .rows(result)
          .forEach(row -> schemas.put(row.required("nspname"), row.required("owner")));
      var extensions = new TreeMap<String, DatabaseContents.Extension>();
      for (var row : SurveyQuery.EXTENSIONS.rows(result)) {
        extensions.put(
            row.required("extname"),
            new DatabaseContents.Extension(row.required("nspname"), row.required("extversion")));
      }
      return new DatabaseContents(schemas, extensions);
    }
  }
}
