package io.pgtopo.agent.postgres;

import io.pgtopo.agent.observation.HostPort;
import io.pgtopo.agent.observation.Identity;
import io.pgtopo.agent.observation.InstanceFacts;
import io.pgtopo.agent.observation.Lsn;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.RecoverySettings;
import io.pgtopo.agent.observation.ReplicationSlot;
import io.pgtopo.agent.observation.ReplicationView;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.observation.ServerTime;
import io.pgtopo.agent.observation.ServerVersion;
import io.pgtopo.agent.observation.Survey;
import io.pgtopo.agent.observation.SystemId;
import io.pgtopo.agent.observation.Timeline;
import io.pgtopo.agent.observation.WalReceiver;
import io.pgtopo.agent.observation.WalSender;
import io.pgtopo.config.model.Endpoint;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** From the one row of {@link FastQuery} to facts. */
final class FactsMapping {
  static final String NEEDS_STATS =
      "hidden without pg_read_all_stats: GRANT pg_monitor TO the monitoring role";
  static final String NEEDS_SETTINGS =
      "hidden without pg_read_all_settings: GRANT pg_monitor TO the monitoring role";
  static final String NEEDS_12 = "recovery.conf cannot be read by SQL before PostgreSQL 12";

  /** A list of hosts, in keywords or in a URI. */
  private static final Pattern HOSTS =
      Pattern.compile("\\bhost(addr)?\\s*=\\s*('[^']*,|[^\\s',]*,)|://[^/?]*,");

  private final ResultSet row;
  private final boolean mayReadStats;

  private FactsMapping(ResultSet row) throws SQLException {
    this.row = row;
    this.mayReadStats = row.getBoolean("may_read_stats");
  }

  /**
   * The facts of a look, with the full reading that goes with them.
   *
   * @throws SQLException with the state of a promotion if the row begins with a server in recovery
   *     and goes on with one in production
   */
  static InstanceFacts map(ResultSet row, Reading<Survey> survey) throws SQLException {
    if (row.getBoolean("in_recovery") && row.getString("replay") == null) {
      throw Attempts.promotion();
    }
    return new FactsMapping(row).facts(survey);
  }

  private InstanceFacts facts(Reading<Survey> survey) throws SQLException {
    return new InstanceFacts(
        identity(),
        new ServerTime(moment("now"), moment("configuration_loaded")),
        timeline(),
        row.getBoolean("in_recovery") ? inRecovery() : inProduction(),
        new ReplicationView(walSenders(), slots()),
        recoverySettings(),
        survey);
  }

  private Identity identity() throws SQLException {
    var host = text("server_host");
    return new Identity(
        SystemId.parse(row.getString("system_identifier")),
        new ServerVersion(row.getInt("version")),
        moment("started"),
        row.getInt("port"),
        text("data_directory").map(Reading::seen).orElseGet(() -> Reading.denied(NEEDS_SETTINGS)),
        host.isEmpty()
            ? Optional.empty()
            : Optional.of(new Endpoint(host.get(), row.getInt("server_port"))),
        row.getString("cluster_name"));
  }

  private Timeline timeline() throws SQLException {
    var walFile = text("wal_file");
    if (walFile.isPresent()) {
      return new Timeline(
          Integer.parseUnsignedInt(walFile.get().substring(0, 8), 16), Timeline.Source.WAL);
    }
    var received = receivedTimeline();
    return received.isPresent()
        ? new Timeline(received.get(), Timeline.Source.WAL_RECEIVER)
        : new Timeline(row.getInt("control_timeline"), Timeline.Source.CONTROL_FILE);
  }

  private Optional<Integer> receivedTimeline() throws SQLException {
    return rows("wal_receiver", FastQuery.RECEIVER_COLUMNS)
        .findFirst()
        .flatMap(receiver -> receiver.text("received_tli"))
        .map(Integer::parseInt)
        .filter(id -> id > 0);
  }

  private ServerState inProduction() throws SQLException {
    var promotedAt = text("received").isPresent() ? lsn("replayed") : Optional.<Lsn>empty();
    return new ServerState.InProduction(
        Lsn.parse(row.getString("written")),
        promotedAt,
        activity(FactsMapping::syncWaits),
        new ServerState.Archiver(
            text("last_archived").map(ViewRow::instant),
            text("last_failed").map(ViewRow::instant)));
  }

  private ServerState inRecovery() throws SQLException {
    return new ServerState.InRecovery(
        lsn("received"),
        lsn("replayed"),
        replay(row.getString("replay")),
        text("replayed_commit").map(ViewRow::instant),
        activity(columns -> columns.text("startup_wait")),
        receiver());
  }

  private static ServerState.Replay replay(String state) {
    return switch (state) {
      case "paused" -> ServerState.Replay.PAUSED;
      case "pause requested" -> ServerState.Replay.PAUSE_REQUESTED;
      default -> ServerState.Replay.RUNNING;
    };
  }

  private <T> Reading<T> activity(Function<ViewRow, T> fact) throws SQLException {
    return mayReadStats
        ? Reading.seen(
            fact.apply(rows("activity", FastQuery.ACTIVITY_COLUMNS).findFirst().orElseThrow()))
        : Reading.denied(NEEDS_STATS);
  }

  private static ServerState.SyncWaits syncWaits(ViewRow columns) {
    return new ServerState.SyncWaits(
        columns.number("sync_waits").orElse(0),
        columns.text("sync_wait_seconds").map(ViewRow::sinceThen).orElse(Duration.ZERO));
  }

  /** A row with a process id and no status is one that the role may not see. */
  private Reading<Optional<WalReceiver>> receiver() throws SQLException {
    var found = rows("wal_receiver", FastQuery.RECEIVER_COLUMNS).findFirst();
    if (found.isPresent() && found.get().text("status").isEmpty()) {
      return Reading.denied(NEEDS_STATS);
    }
    return Reading.seen(found.map(FactsMapping::receiver));
  }

  private static WalReceiver receiver(ViewRow columns) {
    var conninfo = Conninfo.parse(columns.text("conninfo").orElse(""));
    var sender =
        columns
            .text("sender_host")
            .map(host -> new HostPort(host, columns.number("sender_port").orElse(0)));
    return new WalReceiver(
        columns.backend(),
        columns.word("status"),
        sender.or(conninfo::address),
        conninfo.announcedName(),
        columns.text("slot_name"),
        new WalReceiver.Progress(
            columns.lsn("flushed_lsn"),
            columns.lsn("latest_end_lsn"),
            columns.text("silent_seconds").map(ViewRow::sinceThen)));
  }

  private List<WalSender> walSenders() throws SQLException {
    return rows("wal_senders", FastQuery.SENDER_COLUMNS).map(this::walSender).toList();
  }

  private WalSender walSender(ViewRow columns) {
    return new WalSender(
        columns.backend(),
        columns.text("usename").orElse(""),
        columns.text("application_name").orElse(""),
        columns
            .text("state")
            .map(state -> Reading.seen(stream(columns, state)))
            .orElseGet(() -> Reading.denied(hiddenSender())));
  }

  private String hiddenSender() {
    return mayReadStats ? "the walsender is only just starting" : NEEDS_STATS;
  }

  private static WalSender.Stream stream(ViewRow columns, String state) {
    return new WalSender.Stream(
        columns
            .text("client_addr")
            .map(host -> new HostPort(host, columns.number("client_port").orElse(0))),
        state,
        columns.word("sync_state"),
        new WalSender.Progress(
            columns.lsn("sent_lsn"),
            columns.lsn("write_lsn"),
            columns.lsn("flush_lsn"),
            columns.lsn("replay_lsn")),
        columns.text("reply_time").map(ViewRow::instant));
  }

  private List<ReplicationSlot> slots() throws SQLException {
    return rows("slots", FastQuery.SLOT_COLUMNS).map(FactsMapping::slot).toList();
  }

  private static ReplicationSlot slot(ViewRow columns) {
    return new ReplicationSlot(
        columns.word("slot_name"),
        columns.word("slot_type").equals("logical")
            ? ReplicationSlot.Type.LOGICAL
            : ReplicationSlot.Type.PHYSICAL,
        columns.is("temporary")
            ? ReplicationSlot.Lifetime.TEMPORARY
            : ReplicationSlot.Lifetime.PERSISTENT,
        columns.number("active_pid"),
        new ReplicationSlot.Retention(
            columns.lsn("restart_lsn"),
            columns.text("wal_status"),
            columns.text("safe_wal_size").map(Long::parseLong),
            columns.text("invalidation"),
            columns.text("inactive_seconds").map(ViewRow::sinceThen)),
        columns.is("synced")
            ? ReplicationSlot.Failover.SYNCED
            : columns.is("failover")
                ? ReplicationSlot.Failover.WANTED
                : ReplicationSlot.Failover.NONE);
  }

  private Reading<RecoverySettings> recoverySettings() throws SQLException {
    var delay = row.getLong("apply_delay_ms");
    if (row.wasNull()) {
      return Reading.denied(NEEDS_12);
    }
    var conninfo = text("primary_conninfo");
    return Reading.seen(
        new RecoverySettings(
            row.getString("primary_conninfo") == null
                ? Reading.denied(NEEDS_SETTINGS)
                : wanted(conninfo),
            text("primary_slot_name"),
            Duration.ofMillis(delay),
            row.getBoolean("restores")
                ? RecoverySettings.Archive.RESTORES
                : RecoverySettings.Archive.NONE));
  }

  /** Of a list of hosts nobody knows which one is tried. */
  private static Reading<Optional<HostPort>> wanted(Optional<String> conninfo) {
    return conninfo.filter(text -> HOSTS.matcher(text).find()).isPresent()
        ? Reading.denied("primary_conninfo names several hosts, and not which one it tries")
        : Reading.seen(conninfo.map(Conninfo::parse).flatMap(Conninfo::address));
  }

  private Optional<String> text(String column) throws SQLException {
    return ViewRow.text(row, column);
  }

  private Optional<Lsn> lsn(String column) throws SQLException {
    return text(column).map(Lsn::parse);
  }

  private Instant moment(String column) throws SQLException {
    return ViewRow.instant(row.getString(column));
  }

  private Stream<ViewRow> rows(String column, List<String> names) throws SQLException {
    return ViewRow.of(row, column, names);
  }
}
