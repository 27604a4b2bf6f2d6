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
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** From the one row of {@link PollQuery} to facts. */
record FactsMapping(
    Row row,
    Optional<Row> activity,
    Optional<Row> walReceiver,
    List<Row> walSenders,
    List<Row> slots,
    Map<RefusableFact, String> refused) {
  static final String NEEDS_STATS =
      "hidden without pg_read_all_stats: GRANT pg_monitor TO the monitoring role";
  static final String NEEDS_SETTINGS =
      "hidden without pg_read_all_settings: GRANT pg_monitor TO the monitoring role";
  static final String NEEDS_12 = "recovery.conf cannot be read by SQL before PostgreSQL 12";

  /** A list of hosts, in keywords or in a URI. */
  private static final Pattern HOSTS =
      Pattern.compile("\\bhost(addr)?\\s*=\\s*('[^']*,|[^\\s',]*,)|://[^/?]*,");

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
    var unidentified = refused.get(RefusableFact.SYSTEM_IDENTIFIER);
    if (unidentified != null) {
      throw new SQLException("the system identifier is " + unidentified, "42501");
    }
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
        new ServerTime(moment("now"), moment("configuration_loaded")),
        timeline(),
        row.is("in_recovery") ? inRecovery() : inProduction(survey),
        new ReplicationView(
            unlessRefused(
                RefusableFact.WAL_SENDERS, () -> walSenders.stream().map(this::walSender).toList()),
            unlessRefused(
                RefusableFact.SLOTS, () -> slots.stream().map(FactsMapping::slot).toList())),
        recoverySettings(),
        survey);
  }

  private <T> Reading<T> unlessRefused(RefusableFact fact, Supplier<T> value) {
    var reason = refused.get(fact);
    return reason == null ? Reading.seen(value.get()) : Reading.denied(reason);
  }

  private Identity identity() {
    return new Identity(
        SystemId.parse(row.required("system_identifier")),
        new ServerVersion(row.number("version").orElseThrow()),
        moment("started"),
        row.number("port").orElseThrow(),
        row.text("data_directory")
            .map(Reading::seen)
            .orElseGet(() -> Reading.denied(NEEDS_SETTINGS)),
        row.text("server_host")
            .map(host -> new Endpoint(host, row.number("server_port").orElseThrow())),
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
        activity(
            seen ->
                new ServerState.SyncWaits(
                    seen.number("sync_waits").orElse(0),
                    seen.duration("sync_wait_seconds").orElse(Duration.ZERO))),
        unlessRefused(RefusableFact.ARCHIVER, () -> archiver(survey)));
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

  private ServerState inRecovery() {
    return new ServerState.InRecovery(
        row.lsn("received"),
        row.lsn("replayed"),
        switch (row.required("replay")) {
          case "paused" -> ServerState.Replay.PAUSED;
          case "pause requested" -> ServerState.Replay.PAUSE_REQUESTED;
          default -> ServerState.Replay.RUNNING;
        },
        row.instant("replayed_commit"),
        activity(seen -> seen.text("startup_wait")),
        // A row with a process id and no status is one that the role may not see.
        walReceiver.filter(receiver -> receiver.text("status").isEmpty()).isPresent()
            ? Reading.denied(NEEDS_STATS)
            : unlessRefused(
                RefusableFact.WAL_RECEIVER, () -> walReceiver.map(FactsMapping::receiver)));
  }

  private boolean mayReadStats() {
    return row.is("may_read_stats");
  }

  private <T> Reading<T> activity(Function<Row, T> fact) {
    return mayReadStats()
        ? unlessRefused(RefusableFact.ACTIVITY, () -> fact.apply(activity.orElseThrow()))
        : Reading.denied(NEEDS_STATS);
  }

  private static WalReceiver receiver(Row row) {
    var conninfo = Conninfo.parse(row.required("conninfo"));
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
        sender.required("usename"),
        sender.required("application_name"),
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
    return row.text(host).map(name -> new HostPort(name, row.number(port).orElse(0)));
  }

  private static ReplicationSlot slot(Row row) {
    return new ReplicationSlot(
        row.required("slot_name"),
        row.text("plugin")
            .map(plugin -> new ReplicationSlot.Decoding(plugin, row.required("database"))),
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
                : configuredUpstream(row.required("primary_conninfo")),
            row.text("primary_slot_name"),
            Duration.ofMillis(Long.parseLong(row.required("apply_delay_ms"))),
            row.is("restores")
                ? RecoverySettings.Archive.RESTORES
                : RecoverySettings.Archive.NONE));
  }

  private static Reading<Optional<HostPort>> configuredUpstream(String conninfo) {
    return HOSTS.matcher(conninfo).find()
        ? Reading.denied("primary_conninfo names several hosts, and not which one is in use")
        : Reading.seen(Conninfo.parse(conninfo).address());
  }

  private Instant moment(String column) {
    return row.instant(column).orElseThrow();
  }
}
