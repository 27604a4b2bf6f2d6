package io.pgtopo.exporter.testing;

import io.pgtopo.agent.observation.Backend;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.HostPort;
import io.pgtopo.agent.observation.Identity;
import io.pgtopo.agent.observation.InstanceFacts;
import io.pgtopo.agent.observation.Lsn;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.RecoverySettings;
import io.pgtopo.agent.observation.ReplicationSlot;
import io.pgtopo.agent.observation.ReplicationView;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.observation.ServerTime;
import io.pgtopo.agent.observation.ServerVersion;
import io.pgtopo.agent.observation.Sessions;
import io.pgtopo.agent.observation.Subscription;
import io.pgtopo.agent.observation.Survey;
import io.pgtopo.agent.observation.SystemId;
import io.pgtopo.agent.observation.Timeline;
import io.pgtopo.agent.observation.WalDirectory;
import io.pgtopo.agent.observation.WalReceiver;
import io.pgtopo.agent.observation.WalSender;
import io.pgtopo.agent.observation.Window;
import io.pgtopo.agent.topology.Positions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * One server of {@link World}, and what it answers. Each method returns a server that says more.
 */
public record Server(
    int seq,
    ServerState state,
    int timeline,
    List<WalSender> senders,
    List<ReplicationSlot> slots,
    int clients) {

  /** Greater than a signed 64-bit number, as a system identifier may be. */
  private static final SystemId SYSTEM = SystemId.parse("9876543210987654321");

  private static final Instant STARTED = Instant.parse("2026-11-01T00:00:00Z");

  /** When all connections between servers began. */
  static final Instant CONNECTED = STARTED.plusSeconds(60);

  private static final Survey SURVEY =
      new Survey(
          STARTED,
          "dbuser_monitor",
          new TreeMap<>(
              Map.ofEntries(
                  Map.entry("archive_mode", "off"),
                  Map.entry("default_transaction_read_only", "off"),
                  Map.entry("max_connections", "100"),
                  Map.entry("max_locks_per_transaction", "64"),
                  Map.entry("max_prepared_transactions", "0"),
                  Map.entry("max_wal_senders", "10"),
                  Map.entry("max_worker_processes", "8"),
                  Map.entry("recovery_target", ""),
                  Map.entry("recovery_target_lsn", ""),
                  Map.entry("recovery_target_name", ""),
                  Map.entry("recovery_target_time", ""),
                  Map.entry("recovery_target_timeline", "latest"),
                  Map.entry("recovery_target_xid", ""),
                  Map.entry("synchronous_commit", "on"),
                  Map.entry("wal_level", "replica"),
                  Map.entry("wal_log_hints", "on"),
                  Map.entry("synchronous_standby_names", ""),
                  Map.entry("wal_receiver_timeout", "60000"),
                  Map.entry("wal_segment_size", "16777216"))),
          List.of(),
          List.of(),
          Reading.seen(WalDirectory.EMPTY));

  public static Server primary(int seq, String lsn, int timeline) {
    return new Server(
        seq,
        new ServerState.InProduction(
            Lsn.parse(lsn),
            Optional.empty(),
            Reading.seen(ServerState.SyncWaits.NONE),
            ServerState.Archiver.IDLE),
        timeline,
        List.of(),
        List.of(),
        0);
  }

  /** In production since a promotion. */
  public static Server promoted(int seq, String lsn, int timeline, String began) {
    return new Server(
        seq,
        new ServerState.InProduction(
            Lsn.parse(lsn),
            Optional.of(Lsn.parse(began)),
            Reading.seen(ServerState.SyncWaits.NONE),
            ServerState.Archiver.IDLE),
        timeline,
        List.of(),
        List.of(),
        0);
  }

  /** With client sessions. */
  public Server clients(int count) {
    return new Server(seq, state, timeline, senders, slots, count);
  }

  public static Server replica(int seq, String lsn, int timeline) {
    return new Server(
        seq, recovery(lsn, Reading.seen(Optional.empty())), timeline, List.of(), List.of(), 0);
  }

  public static Observation silent(int seq, Failure.Kind kind, String message) {
    return new Observation.Unreachable(
        World.endpoint(seq),
        new Window(World.START, World.START.plusMillis(20)),
        Failure.of(kind, message));
  }

  public Server follows(int upstream) {
    return follows(upstream, Optional.empty());
  }

  /** It has a walreceiver that has received nothing for a while. */
  public Server hearsNothing(int upstream, Duration silentFor) {
    return follows(upstream, Optional.of(silentFor));
  }

  private Server follows(int upstream, Optional<Duration> silentFor) {
    var receiver =
        new WalReceiver(
            backend(seq),
            "streaming",
            Optional.of(new HostPort(World.endpoint(upstream).host(), 5432)),
            name(seq),
            Optional.empty(),
            new WalReceiver.Progress(
                Optional.empty(), Positions.end(state), silentFor, Optional.empty()));
    return with(Reading.seen(Optional.of(receiver)));
  }

  Server hides(String reason) {
    return with(Reading.denied(reason));
  }

  public Server sends(int downstream) {
    return sendsTo(World.endpoint(downstream).host(), name(downstream));
  }

  public Server sendsTo(String address, String applicationName) {
    var lsn = Optional.of(Lsn.parse("0/5000000"));
    return with(
        new WalSender(
            backend(10 * seq + senders.size()),
            "replicator",
            applicationName,
            Optional.empty(),
            Reading.seen(
                new WalSender.Stream(
                    Optional.of(new HostPort(address, 40_000 + senders.size())),
                    "streaming",
                    "async",
                    new WalSender.Progress(lsn, lsn, lsn, lsn),
                    Optional.of(World.START.minusMillis(2500))))));
  }

  Server sendsHidden(String applicationName, String reason) {
    return with(
        new WalSender(
            new Backend(10 * seq + senders.size(), Optional.empty()),
            "replicator",
            applicationName,
            Optional.empty(),
            Reading.denied(reason)));
  }

  /** A logical slot, and its client at an address where no member is. */
  Server publishes(String slot, String confirmed, String applicationName) {
    return publishes(slot, confirmed, "10.10.10.98", applicationName);
  }

  Server publishes(String slot, String confirmed, String address, String applicationName) {
    var client = sendsTo(address, applicationName);
    var pid = client.senders.getLast().backend().pid();
    return client.with(
        new ReplicationSlot(
            slot,
            Optional.of(
                new ReplicationSlot.Decoding(
                    "pgoutput", "shop", Optional.of(Lsn.parse(confirmed)))),
            ReplicationSlot.Lifetime.PERSISTENT,
            Optional.of(pid),
            ReplicationSlot.Retention.UNKNOWN,
            ReplicationSlot.Failover.NONE));
  }

  public Server slot(String name, String restart) {
    return slot(name, ReplicationSlot.Lifetime.PERSISTENT, restart);
  }

  public Server temporarySlot(String name, String restart) {
    return slot(name, ReplicationSlot.Lifetime.TEMPORARY, restart);
  }

  private Server slot(String name, ReplicationSlot.Lifetime lifetime, String restart) {
    var slot =
        new ReplicationSlot(
            name,
            Optional.empty(),
            lifetime,
            Optional.empty(),
            new ReplicationSlot.Retention(
                Optional.of(Lsn.parse(restart)),
                Optional.of("reserved"),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()),
            ReplicationSlot.Failover.NONE);
    return with(slot);
  }

  private Server with(ReplicationSlot slot) {
    var all = Stream.concat(slots.stream(), Stream.of(slot)).toList();
    return new Server(seq, state, timeline, senders, all, clients);
  }

  /** What it answers while it runs subscriptions. */
  public Observation running(Subscription... subscriptions) {
    return seen() instanceof Observation.Reachable(var endpoint, var window, var facts, var refusal)
        ? new Observation.Reachable(
            endpoint, window, facts.running(Reading.seen(List.of(subscriptions))), refusal)
        : seen();
  }

  public Observation seen() {
    var inProduction = state instanceof ServerState.InProduction;
    return new Observation.Reachable(
        World.endpoint(seq),
        new Window(World.START, World.START.plusMillis(4)),
        new InstanceFacts(
            new Identity(
                Reading.seen(SYSTEM),
                new ServerVersion(180_006),
                STARTED.plusSeconds(seq),
                5432,
                Reading.seen("/pg/data"),
                Optional.of(World.endpoint(seq)),
                "pg-test"),
            new ServerTime(World.START, STARTED, Optional.empty()),
            new Timeline(
                timeline, inProduction ? Timeline.Source.WAL : Timeline.Source.WAL_RECEIVER),
            state,
            new ReplicationView(
                Reading.seen(senders),
                Reading.seen(slots),
                Reading.seen(new Sessions(clients, List.of()))),
            Reading.seen(
                new RecoverySettings(
                    Reading.seen(Optional.empty()),
                    Optional.empty(),
                    Duration.ZERO,
                    RecoverySettings.UpstreamDatabase.NAMED,
                    RecoverySettings.Archive.NONE)),
            Reading.seen(SURVEY)));
  }

  private Server with(Reading<Optional<WalReceiver>> receiver) {
    if (!(state instanceof ServerState.InRecovery recovery)) {
      throw new IllegalStateException(name(seq) + " is in production and receives nothing");
    }
    return new Server(
        seq,
        new ServerState.InRecovery(
            recovery.received(),
            recovery.replayed(),
            recovery.replay(),
            recovery.replayedCommit(),
            recovery.startupWait(),
            receiver),
        timeline,
        senders,
        slots,
        clients);
  }

  private Server with(WalSender sender) {
    return new Server(
        seq,
        state,
        timeline,
        Stream.concat(senders.stream(), Stream.of(sender)).toList(),
        slots,
        clients);
  }

  private static ServerState recovery(String lsn, Reading<Optional<WalReceiver>> receiver) {
    var position = Optional.of(Lsn.parse(lsn));
    return new ServerState.InRecovery(
        position,
        position,
        ServerState.Replay.RUNNING,
        Optional.empty(),
        Reading.seen(Optional.empty()),
        receiver);
  }

  private static Backend backend(int pid) {
    return new Backend(1000 + pid, Optional.of(CONNECTED));
  }

  private static String name(int seq) {
    return "pg-test-" + seq;
  }
}
