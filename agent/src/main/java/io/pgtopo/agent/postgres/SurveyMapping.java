package io.pgtopo.agent.postgres;

import io.pgtopo.agent.observation.CommitOverride;
import io.pgtopo.agent.observation.DatabaseContents;
import io.pgtopo.agent.observation.LiveDatabase;
import io.pgtopo.agent.observation.LiveDatabaseRole;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.RefusableFact;
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
  static Survey read(Connection connection, Map<RefusableFact, String> refused)
      throws SQLException {
    try (var statement = connection.prepareStatement(SurveyQuery.without(refused.keySet()));
        var result = only(statement.executeQuery())) {
      var row = Row.of(result);
      var settingRows = SurveyQuery.SETTINGS.rows(result);
      var databaseRows = SurveyQuery.DATABASES.rows(result);
      var roles = roles(result);
      var subscriptions = SurveyQuery.SUBSCRIPTIONS.rows(result);
      var overrides = SurveyQuery.COMMIT_OVERRIDES.rows(result);
      var settings = RefusableFact.SETTINGS.read(refused, () -> settings(settingRows));
      return new Survey(
          row.instant("read_at").orElseThrow(),
          row.name("login"),
          settings,
          RefusableFact.DATABASES.read(
              refused, () -> databaseRows.stream().map(SurveyMapping::database).toList()),
          RefusableFact.ROLES.read(refused, () -> roles),
          new TreeMap<>(),
          row.is("may_list_wal")
              ? Reading.seen(walDirectory(connection, settings))
              : Reading.denied(NEEDS_MONITOR),
          RefusableFact.SUBSCRIPTIONS.read(
              refused,
              () -> subscriptions.stream().findFirst().flatMap(it -> it.number("count")).orElse(0)),
          RefusableFact.SETTINGS.read(
              refused, () -> overrides.stream().map(SurveyMapping::override).toList()));
    }
  }

  private static ResultSet only(ResultSet result) throws SQLException {
    if (!result.next()) {
      throw new SQLException("the statement of a full reading returned no row");
    }
    return result;
  }

  private static SortedMap<String, String> settings(List<Row> rows) {
    var settings = new TreeMap<String, String>();
    rows.forEach(row -> settings.put(row.required("name"), row.bytes("setting").orElse("")));
    return settings;
  }

  private static CommitOverride override(Row row) {
    return new CommitOverride(row.bytes("role"), row.bytes("database"), row.required("value"));
  }

  private static LiveDatabase database(Row row) {
    return new LiveDatabase(
        row.name("datname"),
        row.name("owner"),
        row.required("encoding"),
        new LiveDatabase.Locale(row.required("datcollate"), row.required("datctype")),
        row.is("datistemplate") ? LiveDatabase.Template.TEMPLATE : LiveDatabase.Template.DATABASE,
        row.is("datallowconn") ? LiveDatabase.Access.OPEN : LiveDatabase.Access.CLOSED,
        row.number("datconnlimit").orElse(-1));
  }

  private static List<LiveDatabaseRole> roles(ResultSet result) throws SQLException {
    var memberships =
        SurveyQuery.MEMBERSHIPS.rows(result).stream()
            .collect(Collectors.groupingBy(row -> row.name("member")));
    return SurveyQuery.ROLES.rows(result).stream()
        .map(row -> role(row, memberships.getOrDefault(row.name("rolname"), List.of())))
        .toList();
  }

  private static LiveDatabaseRole role(Row row, List<Row> memberships) {
    return new LiveDatabaseRole(
        row.name("rolname"),
        ATTRIBUTES.entrySet().stream()
            .filter(entry -> row.is(entry.getKey()))
            .map(Map.Entry::getValue)
            .toList(),
        row.number("rolconnlimit").orElse(-1),
        row.instant("rolvaliduntil"),
        memberships.stream().map(it -> it.name("role")).toList(),
        memberships.stream()
            .filter(it -> it.is("admin_option"))
            .map(it -> it.name("role"))
            .toList());
  }

  private static WalDirectory walDirectory(
      Connection connection, Reading<SortedMap<String, String>> settings) throws SQLException {
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
      var schemas = new TreeMap<String, DatabaseContents.Schema>();
      SurveyQuery.SCHEMAS
          .rows(result)
          .forEach(
              row ->
                  schemas.put(
                      row.name("nspname"),
                      new DatabaseContents.Schema(
                          row.name("owner"), row.text("extname").map(ObjectName::of))));
      var extensions = new TreeMap<String, DatabaseContents.Extension>();
      for (var row : SurveyQuery.EXTENSIONS.rows(result)) {
        extensions.put(
            row.name("extname"),
            new DatabaseContents.Extension(row.name("nspname"), row.required("extversion")));
      }
      return new DatabaseContents(schemas, extensions);
    }
  }
}
