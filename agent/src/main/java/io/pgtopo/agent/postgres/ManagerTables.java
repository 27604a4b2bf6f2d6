package io.pgtopo.agent.postgres;

import io.pgtopo.agent.observation.AgentClock;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.HaManager;
import io.pgtopo.agent.observation.ManagerReport;
import io.pgtopo.agent.observation.ManagerReport.Flag;
import io.pgtopo.agent.observation.ManagerReport.ManagedServer;
import io.pgtopo.agent.observation.ManagerReport.Word;
import io.pgtopo.agent.observation.Window;
import io.pgtopo.agent.postgres.ShortSession.Outcome;
import io.pgtopo.config.model.Endpoint;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the tables in which HA managers keep what they believe of servers: {@code repmgr.nodes},
 * repmgr 4.0 or newer, and {@code pgautofailover.node} of a monitor, pg_auto_failover 1.4 or newer.
 * They are looked for in the database of the settings, and in the one that the manager itself
 * creates. Neither may be read by every role.
 */
public final class ManagerTables {
  /** More are not in one cluster. */
  private static final int MOST_SERVERS = 500;

  private final ShortSession session;
  private final SessionSettings limits;
  private final String database;
  private final Set<ManagerTable> wanted;
  private final AgentClock clock;

  /**
   * Those of some managers.
   *
   * @param deadline of each of at most three connections; more than a second
   */
  public ManagerTables(
      io.pgtopo.config.settings.Connection settings,
      Set<HaManager> managers,
      Duration deadline,
      AgentClock clock) {
    this.session = new ShortSession(settings, deadline, clock);
    this.limits = new SessionSettings(deadline.multipliedBy(3).dividedBy(4));
    this.database = settings.database();
    this.wanted = EnumSet.noneOf(ManagerTable.class);
    for (var table : ManagerTable.values()) {
      if (managers.contains(table.manager())) {
        wanted.add(table);
      }
    }
    this.clock = clock;
  }

  /** What was found: the words of a manager, or the tables whose own database is there. */
  private record Found(Optional<Told> told, List<ManagerTable> elsewhere) {}

  /** What a manager says. */
  private record Told(Optional<HaManager> manager, Word word) {}

  /** What the table of a server says. Never throws. */
  public ManagerReport read(Endpoint server) {
    var started = clock.instant();
    var told = told(server);
    return new ManagerReport(server, told.manager, Window.since(started, clock), told.word);
  }

  private Told told(Endpoint server) {
    return switch (session.ask(server, database, it -> found(it, wanted))) {
      case Outcome.Failed<Found>(var failure) -> new Told(Optional.empty(), new Word.Mute(failure));
      case Outcome.Answered<Found>(var found) ->
          found
              .told
              .or(() -> elsewhere(server, found.elsewhere))
              .orElseGet(() -> new Told(Optional.empty(), new Word.Absent()));
    };
  }

  private Optional<Told> elsewhere(Endpoint server, List<ManagerTable> tables) {
    return tables.stream()
        .flatMap(
            table ->
                switch (session.ask(server, table.database(), it -> found(it, Set.of(table)))) {
                  case Outcome.Failed<Found>(var failure) ->
                      Optional.of(new Told(Optional.of(table.manager()), new Word.Mute(failure)))
                          .stream();
                  case Outcome.Answered<Found>(var found) -> found.told.stream();
                })
        .findFirst();
  }

  private Found found(Connection connection, Set<ManagerTable> tables) throws SQLException {
    var all = ask(connection, ManagerTable.PRESENCE);
    var row = all.getFirst();
    var elsewhere = new ArrayList<ManagerTable>();
    for (var table : tables) {
      if (row.is(table.present())) {
        return new Found(Optional.of(told(connection, table, row.is("in_recovery"))), List.of());
      }
      if (row.is(table.present() + "_database")) {
        elsewhere.add(table);
      }
    }
    return new Found(Optional.empty(), elsewhere);
  }

  private Told told(Connection connection, ManagerTable table, boolean isCopy) throws SQLException {
    Optional<SQLException> refusal = Optional.empty();
    for (var statement : table.statements()) {
      try {
        return new Told(
            Optional.of(table.manager()), word(table, ask(connection, statement), isCopy));
      } catch (SQLException refused) {
        if (!Dialler.INSUFFICIENT_PRIVILEGE.equals(refused.getSQLState())) {
          throw refused;
        }
        refusal = Optional.of(refused);
      }
    }
    var failure = Failures.of(refusal.orElseThrow());
    return new Told(
        Optional.of(table.manager()),
        new Word.Mute(
            new Failure(
                Failure.Kind.PERMISSION,
                failure.message() + "; " + table.grants(),
                failure.sqlState())));
  }

  private static Word word(ManagerTable table, List<Row> rows, boolean isCopy) {
    if (rows.size() > MOST_SERVERS) {
      return new Word.Mute(
          Failure.of(
              Failure.Kind.TOO_LARGE, "it lists more than %d servers".formatted(MOST_SERVERS)));
    }
    return new Word.Spoken(
        Optional.empty(),
        Optional.empty(),
        isCopy ? EnumSet.of(Flag.COPY) : EnumSet.noneOf(Flag.class),
        rows.stream().map(row -> server(table, row)).toList(),
        Optional.empty(),
        Collections.emptySortedMap());
  }

  private static ManagedServer server(ManagerTable table, Row row) {
    return new ManagedServer(
        row.text("name").map(ManagerTables::shortened),
        shortened(row.required("role")),
        shortened(row.required("state")),
        table
            .address(row)
            .filter(it -> !it.host().isBlank() && it.port() > 0 && it.port() <= 65_535)
            .map(it -> new Endpoint(it.host(), it.port())),
        Optional.empty(),
        row.text("upstream").map(ManagerTables::shortened));
  }

  private static String shortened(String text) {
    return text.length() > 63 ? text.substring(0, 63) : text;
  }

  /** The rows of a statement, one more than there may be at most. */
  private List<Row> ask(Connection connection, String sql) throws SQLException {
    limits.begin(connection);
    try (var statement = connection.createStatement();
        var result = statement.executeQuery(sql + " LIMIT " + (MOST_SERVERS + 1))) {
      var rows = new ArrayList<Row>();
      while (result.next()) {
        rows.add(Row.of(result));
      }
      return rows;
    } finally {
      limits.end(connection);
    }
  }
}
