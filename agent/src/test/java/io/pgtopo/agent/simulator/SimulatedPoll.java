package io.pgtopo.agent.simulator;

import io.pgtopo.agent.Ordinary;
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
import io.pgtopo.agent.observation.Survey;
import io.pgtopo.agent.observation.SystemId;
import io.pgtopo.agent.observation.Timeline;
import io.pgtopo.agent.observation.WalReceiver;
import io.pgtopo.agent.observation.WalSender;
import io.pgtopo.agent.observation.Window;
import io.pgtopo.agent.topology.UnprovenLink;
import io.pgtopo.config.model.Endpoint;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What the servers of a world say at one moment, as PostgreSQL would. */
final class SimulatedPoll {
  private static final String HIDDEN = "hidden from a plain login";
  private static final Duration READ_AFTER = Duration.ofMillis(10);

  private final TrueWorld world;
  private final boolean isPlainLogin;

  private SimulatedPoll(TrueWorld world, boolean isPlainLogin) {
    this.world = world;
    this.isPlainLogin = isPlainLogin;
  }

  static List<Observation> asMonitor(TrueWorld world) {
    return new SimulatedPoll(world, false).observations();
  }

  static List<Observation> asPlainLogin(TrueWorld world) {
    return new SimulatedPoll(world, true).observations();
  }

  static Observation silence(Observation instead) {
    return new Observation.Unreachable(
        instead.endpoint(), instead.window(), Failure.of(Failure.Kind.TIMEOUT, "no answer"));
  }

  private List<Observation> observations() {
    return world.servers.stream()
        .filter(server -> !server.name.equals("rogue"))
        .map(this::observation)
        .toList();
  }

  private Observation observation(TrueServer server) {
    var answering = server.leadsTo.orElse(server);
    var from = world.now.plusMillis(server.number);
    var window = new Window(from, from.plus(READ_AFTER.multipliedBy(2)));
    if (answering.isRunning()) {
      return new Observation.Reachable(
          server.endpoint, window, facts(answering, from.plus(READ_AFTER)), answering.refusal);
    }
    return new Observation.Unreachable(
        server.endpoint,
        window,
        answering.isAlive
            ? Failure.of(Failure.Kind.HUNG, "no answer to the startup packet")
            : Failure.of(Failure.Kind.REFUSED, "refused"));
  }

  private InstanceFacts facts(TrueServer server, Instant now) {
    return new InstanceFacts(
        new Identity(
            Reading.seen(new SystemId(server.system)),
            new ServerVersion(180_000),
            server.started,
            5432,
            isPlainLogin ? Reading.denied(HIDDEN) : Reading.seen("/pg/data"),
            Optional.of(new Endpoint(server.address, 5432)),
            server.cluster),
        new ServerTime(now.plus(server.clock), server.started, Optional.empty()),
        timeline(server),
        state(server, now),
        new ReplicationView(
            Reading.seen(senders(server)),
            Reading.seen(slots(server)),
            Reading.seen(Sessions.NONE),
            Reading.seen(
                world.subscriptions.stream().flatMap(it -> it.rows(server).stream()).toList())),
        Reading.seen(
            new RecoverySettings(
                isPlainLogin
                    ? Reading.denied(HIDDEN)
                    : Reading.seen(server.upstream.map(upstream -> address(server, upstream))),
                server.slot,
                server.delay,
                RecoverySettings.UpstreamDatabase.NAMED,
                RecoverySettings.Archive.NONE)),
        Reading.seen(survey(server)));
  }

  private Timeline timeline(TrueServer server) {
    if (server.isInProduction) {
      return new Timeline(server.timeline, Timeline.Source.WAL);
    }
    return server.isConnected() && !isPlainLogin
        ? new Timeline(server.timeline, Timeline.Source.WAL_RECEIVER)
        : new Timeline(1, Timeline.Source.CONTROL_FILE);
  }

  private ServerState state(TrueServer server, Instant now) {
    var position = new Lsn(server.position);
    if (server.isInProduction) {
      return new ServerState.InProduction(
          position, server.promotedAt, syncWaits(server, now), ServerState.Archiver.IDLE);
    }
    return new ServerState.InRecovery(
        Optional.of(position),
        Optional.of(new Lsn(server.replayed.orElse(server.position))),
        server.isPaused ? ServerState.Replay.PAUSED : ServerState.Replay.RUNNING,
        Optional.empty(),
        isPlainLogin ? Reading.denied(HIDDEN) : Reading.seen(Optional.empty()),
        !server.isConnected()
            ? Reading.seen(Optional.empty())
            : isPlainLogin
                ? Reading.denied(HIDDEN)
                : Reading.seen(Optional.of(receiver(server, server.upstream.orElseThrow(), now))));
  }

  private static WalReceiver receiver(TrueServer server, TrueServer upstream, Instant now) {
    var isWaiting = server.receiver == TrueServer.Receiver.WAITING;
    return new WalReceiver(
        new Backend(3_000 + server.number, Optional.of(server.connected)),
        isWaiting ? "waiting" : "streaming",
        Optional.of(address(server, upstream)),
        announced(server),
        server.slot,
        new WalReceiver.Progress(
            Optional.of(new Lsn(server.position)),
            Optional.of(new Lsn(isWaiting ? server.forkedAt : sentTo(server, upstream))),
            isWaiting ? Optional.empty() : Optional.of(Duration.between(server.heard, now)),
            isWaiting ? Optional.empty() : Optional.of(server.sent.plus(upstream.clock))));
  }

  private List<WalSender> senders(TrueServer server) {
    return Stream.concat(
            world.below(server).stream().map(below -> sender(server, below)),
            Stream.concat(
                server.oldSenders.stream().map(this::oldSender),
                world.subscriptions.stream()
                    .flatMap(it -> it.senders(server))
                    .map(row -> isPlainLogin ? hidden(row) : row)))
        .sorted(Comparator.comparingInt(row -> row.backend().pid()))
        .toList();
  }

  private static WalSender hidden(WalSender row) {
    return new WalSender(
        row.backend(), row.user(), row.applicationName(), Optional.empty(), Reading.denied(HIDDEN));
  }

  private WalSender oldSender(TrueServer.OldSender old) {
    return row(
        old.pid(),
        old.since(),
        old.standby(),
        "streaming",
        "async",
        old.position(),
        old.position(),
        old.replied());
  }

  private WalSender sender(TrueServer server, TrueServer below) {
    return row(
        below.walSenderPid(),
        below.served,
        below,
        below.receiver == TrueServer.Receiver.WAITING ? "startup" : "streaming",
        isSynchronous(below, server) ? "sync" : "async",
        sentTo(below, server),
        below.position,
        below.replied);
  }

  private WalSender row(
      int pid,
      Instant since,
      TrueServer standby,
      String state,
      String syncState,
      long sent,
      long position,
      Instant replied) {
    var flushed = Optional.of(new Lsn(position));
    return new WalSender(
        new Backend(pid, Optional.of(since)),
        "replicator",
        announced(standby),
        Optional.empty(),
        isPlainLogin
            ? Reading.denied(HIDDEN)
            : Reading.seen(
                new WalSender.Stream(
                    Optional.of(new HostPort(standby.address, 40_000)),
                    state,
                    syncState,
                    new WalSender.Progress(Optional.of(new Lsn(sent)), flushed, flushed, flushed),
                    Optional.of(replied.plus(standby.clock)))));
  }

  /**
   * No server sends more than it has; what a standby has from its upstream was sent to it. A
   * walsender that is stopped sends nothing; one whose walreceiver is stopped goes on for a while.
   */
  private static long sentTo(TrueServer below, TrueServer upstream) {
    var isBuffered =
        below.receiver == TrueServer.Receiver.FROZEN && below.sender == TrueServer.Sender.RUNNING;
    return below.ahead > 0 || isBuffered
        ? upstream.position
        : below.isStreaming() ? Math.max(below.position, upstream.position) : below.position;
  }

  private List<ReplicationSlot> slots(TrueServer server) {
    var slots = new ArrayList<ReplicationSlot>();
    slots.add(slot(UnprovenLink.slotNameOf(server.name), server, Optional.empty()));
    server.leftSlot.ifPresent(name -> slots.add(slot(name, server, Optional.empty())));
    for (var below : world.below(server)) {
      below.slot.ifPresent(
          name -> slots.add(slot(name, server, Optional.of(below.walSenderPid()))));
    }
    for (var old : server.oldSenders) {
      old.standby()
          .slot
          .filter(name -> !old.standby().isConnected())
          .ifPresent(name -> slots.add(slot(name, server, Optional.of(old.pid()))));
    }
    world.subscriptions.ifPresent(it -> it.slots(server).forEach(slots::add));
    return slots;
  }

  private static ReplicationSlot slot(String name, TrueServer server, Optional<Integer> pid) {
    return new ReplicationSlot(
        name,
        Optional.empty(),
        ReplicationSlot.Lifetime.PERSISTENT,
        pid,
        retention(server),
        ReplicationSlot.Failover.NONE);
  }

  /** Of a slot that holds nothing back. */
  static ReplicationSlot.Retention retention(TrueServer server) {
    return new ReplicationSlot.Retention(
        Optional.of(new Lsn(server.position)),
        Optional.of("reserved"),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private Reading<ServerState.SyncWaits> syncWaits(TrueServer server, Instant now) {
    return isPlainLogin
        ? Reading.denied(HIDDEN)
        : Reading.seen(
            server.waitingCommits == 0
                ? ServerState.SyncWaits.NONE
                : new ServerState.SyncWaits(
                    server.waitingCommits, Duration.between(server.waitingSince, now)));
  }

  private static boolean isSynchronous(TrueServer below, TrueServer upstream) {
    return upstream.isInProduction && upstream.synchronous.equals(Optional.of(below));
  }

  private static Survey survey(TrueServer server) {
    var settings = new TreeMap<>(Ordinary.SURVEY.settings().ifSeen().orElseThrow());
    settings.putAll(server.settings);
    server.synchronous.ifPresent(
        it -> settings.put("synchronous_standby_names", "FIRST 1 (\"" + it.name + "\")"));
    return new Survey(
        Ordinary.SURVEY.readAt(),
        Ordinary.SURVEY.login(),
        settings,
        Ordinary.SURVEY.databases().ifSeen().orElseThrow(),
        Ordinary.SURVEY.roles().ifSeen().orElseThrow(),
        Ordinary.SURVEY.wal());
  }

  private static HostPort address(TrueServer standby, TrueServer upstream) {
    return new HostPort(standby.dials.orElse(upstream.endpoint.host()), upstream.endpoint.port());
  }

  /** One in three announces no more than its cluster. */
  private static String announced(TrueServer server) {
    return server.number % 3 == 0 ? server.cluster : server.name;
  }
}
