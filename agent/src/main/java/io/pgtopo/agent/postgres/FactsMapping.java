package io.pgtopo.agent.postgres;

import io.pgtopo.agent.observation.HostPort;
import io.pgtopo.agent.observation.Identity;
import io.pgtopo.agent.observation.InstanceFacts;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.RecoverySettings;
import io.pgtopo.agent.observation.RefusableFact;
import io.pgtopo.agent.observation.ReplicationSlot;
import io.pgtopo.agent.observation.ReplicationView;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.observation.ServerTime;
import io.pgtopo.agent.observation.ServerVersion;
import io.pgtopo.agent.observation.Sessions;
import io.pgtopo.agent.observation.Survey;
import io.pgtopo.agent.observation.SystemId;
import io.pgtopo.agent.observation.Timeline;
import io.pgtopo.agent.observation.WalFile;
import io.pgtopo.agent.observation.WalReceiver;
import io.pgtopo.agent.observation.WalSender;
import io.pgtopo.config.model.Endpoint;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** From the one row of {@link PollQuery} to facts. */
record FactsMapping(
    Row row,
    Optional<Row> activity,
    Optional<Row> walReceiver,
    List<Row> walSenders,
    List<Row> slots,
    Map<RefusableFact, String> refused) {
  /** Before 14 wait events are hidden by it too. */
  private static final String UNTRACKED = "hidden by track_activities = off";

  static final String NEEDS_STATS =
      "hidden without pg_read_all_stats: GRANT pg_monitor TO the monitoring role";
  static final String NEEDS_SETTINGS =
      "hidden without pg_read_all_settings: GRANT pg_monitor TO the monitoring role";
  static final String NEEDS_12 = "recovery.conf cannot be read by SQL before PostgreSQL 12";

  /**
   * The facts of a poll, with the full reading that goes with them.
   *
   * @throws SQLException with the state of a promotion if the row begins with a server in recovery
   *     and continues with one in production
   */
  static InstanceFacts map(
      ResultSet result, Reading<Survey> survey, Map<RefusableFact, String> refused)
      throws SQLException {
    var row = Row.of(result);
    if (row.is("in_recovery") && row.isNull("replay")) {
      throw Retry.promotion();
    }
    return new FactsMapping(
            row,
            PollQuery.ACTIVITY.rows(result).stream().findFirst(),
            PollQuery.RECEIVER.rows(result).stream().findFirst(),
            PollQuery.SENDERS.rows(result),
            PollQuery.SLOTS.rows(result),
            refused)
        .facts(survey);
  }

  private InstanceFacts facts(Reading<Survey> survey) {
    return new InstanceFacts(
        identity(),
        new ServerTime(
            moment("now"),
            moment("configuration_loaded"),
            activity.flatMap(seen -> seen.instant("checkpointer_start"))),
        timeline(),
        row.is("in_recovery") ? inRecovery(survey) : inProduction(survey),
        new ReplicationView(
            rows(RefusableFact.WAL_SENDERS, "walsenders", walSenders, this::walSender),
            rows(RefusableFact.SLOTS, "replication slots", slots, FactsMapping::slot),
            activity(FactsMapping::sessions),
            Reading.denied(Survey.NOT_YET)),
        recoverySettings(),
        survey);
  }

  private <T> Reading<T> unlessRefused(RefusableFact fact, Supplier<T> value) {
    return fact.read(refused, value);
  }

  /** A list that is cut off proves of no row that it is missing, and so is not read at all. */
  private <T> Reading<List<T>> rows(
      RefusableFact fact, String what, List<Row> rows, Function<Row, T> mapping) {
    return rows.size() > PollQuery.MOST_ROWS
        ? Reading.denied(tooMany(rows, what))
        : unlessRefused(fact, () -> rows.stream().map(mapping).toList());
  }

  /** Why a list is not read of which there are too many rows, each with the number of all. */
  static String tooMany(List<Row> rows, String what) {
    return "not read: the server has %s %s, more than %d"
        .formatted(rows.getFirst().required("total"), what, PollQuery.MOST_ROWS);
  }

  private Identity identity() {
    return new Identity(
        unlessRefused(
            RefusableFact.SYSTEM_IDENTIFIER,
            () -> SystemId.parse(row.required("system_identifier"))),
        new ServerVersion(row.number("version").orElseThrow()),
        moment("started"),
        row.port("port").orElseThrow(),
        row.bytes("data_directory")
            .map(Reading::seen)
            .orElseGet(() -> Reading.denied(NEEDS_SETTINGS)),
        row.text("server_host")
            .map(host -> new Endpoint(host, row.port("server_port").orElseThrow())),
        row.required("cluster_name"));
  }

  private Timeline timeline() {
    return row.text("wal_file")
        .map(file -> Integer.parseUnsignedInt(file.substring(0, 8), 16))
        .map(id -> new Timeline(id, Timeline.Source.WAL))
        .or(
            () ->
                walReceiver
                    .flatMap(receiver -> receiver.number("received_tli"))
                    .filter(id -> id > 0)
                    .map(id -> new Timeline(id, Timeline.Source.WAL_RECEIVER)))
        .orElseGet(
            () ->
                Stream.of("checkpoint_timeline", "recovery_timeline")
                    .flatMap(column -> row.number(column).stream())
                    .filter(id -> id > 0)
                    .max(Integer::compare)
                    .map(id -> new Timeline(id, Timeline.Source.CONTROL_FILE))
                    .orElse(Timeline.HIDDEN));
  }

  private ServerState inProduction(Reading<Survey> survey) {
    return new ServerState.InProduction(
        row.lsn("written").orElseThrow(),
        row.lsn("received").flatMap(received -> row.lsn("replayed")),
        waits(
            seen ->
                new ServerState.SyncWaits(
                    seen.number("sync_waits").orElse(0),
                    seen.duration("sync_wait_seconds").orElse(Duration.ZERO)),
            ServerState.SyncWaits.NONE),
        unlessRefused(RefusableFact.ARCHIVER, () -> archiver(survey)),
        row.text("last_commit").filter("off"::equals).isPresent()
            ? Reading.denied(ServerState.InProduction.UNTRACKED)
            : unlessRefused(RefusableFact.LAST_COMMIT, () -> row.instant("last_commit")));
  }

  private static Sessions sessions(Row activity) {
    return new Sessions(
        activity.number("clients").orElse(0),
        activity.text("managers").stream().flatMap(names -> Stream.of(names.split(","))).toList());
  }

  private ServerState.Archiver archiver(Reading<Survey> survey) {
    return new ServerState.Archiver(
        row.instant("last_archived"),
        row.instant("last_failed"),
        row.text("last_archived_wal")
            .filter(name -> name.matches("[0-9A-F]{24}"))
            .flatMap(
                name ->
                    survey
                        .ifSeen()
                        .flatMap(Survey::segmentBytes)
                        .map(bytes -> WalFile.parse(name, bytes))));
  }

  private ServerState inRecovery(Reading<Survey> survey) {
    return new ServerState.InRecovery(
        row.lsn("received"),
        row.lsn("replayed"),
        switch (row.required("replay")) {
          case "paused" -> ServerState.Replay.PAUSED;
          case "pause requested" -> ServerState.Replay.PAUSE_REQUESTED;
          default -> ServerState.Replay.RUNNING;
        },
        row.instant("replayed_commit"),
        waits(seen -> seen.text("startup_wait"), Optional.<String>empty()),
        // A row with a process id and no status is one that the role may not see.
        walReceiver.filter(receiver -> receiver.text("status").isEmpty()).isPresent()
            ? Reading.denied(NEEDS_STATS)
            : unlessRefused(
                RefusableFact.WAL_RECEIVER, () -> walReceiver.map(FactsMapping::receiver)),
        unlessRefused(RefusableFact.ARCHIVER, () -> archiver(survey)));
  }

  private boolean mayReadStats() {
    return row.is("may_read_stats");
  }

  /** What sessions wait for; that none waits is unknown if that is not tracked. */
  private <T> Reading<T> waits(Function<Row, T> fact, T none) {
    var seen = activity(fact);
    return activity.filter(row -> row.is("waits_untracked")).isPresent()
            && seen.ifSeen().filter(it -> !it.equals(none)).isEmpty()
        ? Reading.denied(UNTRACKED)
        : seen;
  }

  private <T> Reading<T> activity(Function<Row, T> fact) {
    return mayReadStats()
        ? unlessRefused(RefusableFact.ACTIVITY, () -> fact.apply(activity.orElseThrow()))
        : Reading.denied(NEEDS_STATS);
  }

  private static WalReceiver receiver(Row row) {
    var conninfo = Conninfo.ofWalReceiver(row.name("conninfo"));
    return new WalReceiver(
        row.backend(),
        row.required("status"),
        address(row, "sender_host", "sender_port").or(conninfo::address),
        conninfo.applicationName(),
        row.text("slot_name"),
        new WalReceiver.Progress(
            row.lsn("flushed_lsn"),
            row.lsn("latest_end_lsn"),
            row.duration("silent_seconds"),
            row.instant("sent_at")));
  }

  private WalSender walSender(Row sender) {
    var hidden = mayReadStats() ? "the walsender is only just starting" : NEEDS_STATS;
    return new WalSender(
        sender.backend(),
        sender.name("usename"),
        sender.required("application_name"),
        sender.oid("datid"),
        sender
            .text("state")
            .map(state -> Reading.seen(stream(sender, state)))
            .orElseGet(() -> Reading.denied(hidden)));
  }

  private static WalSender.Stream stream(Row row, String state) {
    return new WalSender.Stream(
        address(row, "client_addr", "client_port"),
        state,
        row.required("sync_state"),
        new WalSender.Progress(
            row.lsn("sent_lsn"), row.lsn("write_lsn"), row.lsn("flush_lsn"), row.lsn("replay_lsn")),
        row.instant("reply_time"));
  }

  private static Optional<HostPort> address(Row row, String host, String port) {
    return row.bytes(host).map(name -> new HostPort(name, row.port(port).orElse(0)));
  }

  private static ReplicationSlot slot(Row row) {
    return new ReplicationSlot(
        row.required("slot_name"),
        row.text("plugin")
            .map(
                plugin ->
                    new ReplicationSlot.Decoding(
                        plugin, row.name("database"), row.lsn("confirmed_flush_lsn"))),
        row.is("temporary")
            ? ReplicationSlot.Lifetime.TEMPORARY
            : ReplicationSlot.Lifetime.PERSISTENT,
        row.number("active_pid"),
        new ReplicationSlot.Retention(
            row.lsn("restart_lsn"),
            row.text("wal_status"),
            row.text("safe_wal_size").map(Long::parseLong),
            row.text("invalidation"),
            row.duration("inactive_seconds")),
        row.is("synced")
            ? ReplicationSlot.Failover.SYNCED
            : row.is("failover") ? ReplicationSlot.Failover.WANTED : ReplicationSlot.Failover.NONE);
  }

  private Reading<RecoverySettings> recoverySettings() {
    if (row.isNull("apply_delay_ms")) {
      return Reading.denied(NEEDS_12);
    }
    return Reading.seen(
        new RecoverySettings(
            row.isNull("primary_conninfo")
                ? Reading.denied(NEEDS_SETTINGS)
                : Conninfo.upstream(row.name("primary_conninfo")),
            row.text("primary_slot_name"),
            Duration.ofMillis(Long.parseLong(row.required("apply_delay_ms"))),
            upstreamDatabase(),
            row.is("restores")
                ? RecoverySettings.Archive.RESTORES
                : RecoverySettings.Archive.NONE));
  }

  private RecoverySettings.UpstreamDatabase upstreamDatabase() {
    if (row.isNull("primary_conninfo")) {
      return RecoverySettings.UpstreamDatabase.HIDDEN;
    }
    return Conninfo.parse(row.name("primary_conninfo")).namesDatabase()
        ? RecoverySettings.UpstreamDatabase.NAMED
        : RecoverySettings.UpstreamDatabase.UNNAMED;
  }

  private Instant moment(String column) {
    return row.instant(column).orElseThrow();
  }
}
