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
import io.pgtopo.agent.observation.ServerVersion;
import io.pgtopo.agent.observation.Survey;
import io.pgtopo.agent.observation.SystemId;
import io.pgtopo.agent.observation.Timeline;
import io.pgtopo.agent.observation.WalReceiver;
import io.pgtopo.agent.observation.WalSender;
import io.pgtopo.agent.observation.Window;
import io.pgtopo.agent.topology.UnprovenLink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** What the servers of a world say at one moment, as PostgreSQL would. */
final class SimulatedPoll {
  private static final String HIDDEN = "hidden from a plain login";
  private static final Window WINDOW = new Window(TrueWorld.START, TrueWorld.START);

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
        instead.endpoint(), WINDOW, Failure.of(Failure.Kind.TIMEOUT, "no answer"));
  }

  private List<Observation> observations() {
    return world.servers.stream()
        .filter(server -> !server.name.equals("rogue"))
        .map(this::observation)
        .toList();
  }

  private Observation observation(TrueServer server) {
    var answering = server.leadsTo.orElse(server);
    return answering.isAlive
        ? new Observation.Reachable(server.endpoint, WINDOW, facts(answering))
        : new Observation.Unreachable(
            server.endpoint, WINDOW, Failure.of(Failure.Kind.REFUSED, "refused"));
  }

  private InstanceFacts facts(TrueServer server) {
    return new InstanceFacts(
        new Identity(
            new SystemId(server.system),
            new ServerVersion(180_000),
            server.started,
            5432,
            isPlainLogin ? Reading.denied(HIDDEN) : Reading.seen("/pg/data"),
            Optional.of(server.endpoint),
            server.cluster),
        Ordinary.TIME,
        timeline(server),
        state(server),
        new ReplicationView(
            world.below(server).stream().map(below -> sender(server, below)).toList(),
            slots(server)),
        Reading.seen(
            new RecoverySettings(
                isPlainLogin
                    ? Reading.denied(HIDDEN)
                    : Reading.seen(server.upstream.map(SimulatedPoll::address)),
                server.slot,
                server.delay,
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

  private ServerState state(TrueServer server) {
    var position = new Lsn(server.position);
    if (server.isInProduction) {
      return new ServerState.InProduction(
          position, server.promotedAt, syncWaits(server), ServerState.Archiver.IDLE);
    }
    return new ServerState.InRecovery(
        Optional.of(position),
        Optional.of(position),
        server.isPaused ? ServerState.Replay.PAUSED : ServerState.Replay.RUNNING,
        Optional.empty(),
        isPlainLogin ? Reading.denied(HIDDEN) : Reading.seen(Optional.empty()),
        !server.isConnected()
            ? Reading.seen(Optional.empty())
            : isPlainLogin
                ? Reading.denied(HIDDEN)
                : Reading.seen(Optional.of(receiver(server, server.upstream.orElseThrow()))));
  }

  private static WalReceiver receiver(TrueServer server, TrueServer upstream) {
    var isWaiting = server.receiver == TrueServer.Receiver.WAITING;
    return new WalReceiver(
        new Backend(3_000 + server.number, Optional.of(server.connected.plusMillis(5))),
        isWaiting ? "waiting" : "streaming",
        Optional.of(address(upstream)),
        announced(server),
        Optional.empty(),
        new WalReceiver.Progress(
            Optional.of(new Lsn(server.position)),
            Optional.of(new Lsn(isWaiting ? server.forkedAt : sentTo(server, upstream))),
            Optional.empty(),
            Optional.empty()));
  }

  private WalSender sender(TrueServer server, TrueServer below) {
    var flushed = Optional.of(new Lsn(below.position));
    return new WalSender(
        new Backend(2_000 + below.number, Optional.of(below.connected)),
        "replicator",
        announced(below),
        isPlainLogin
            ? Reading.denied(HIDDEN)
            : Reading.seen(
                new WalSender.Stream(
                    Optional.of(new HostPort(below.endpoint.host(), 40_000)),
                    below.receiver == TrueServer.Receiver.WAITING ? "startup" : "streaming",
                    isSynchronous(below, server) ? "sync" : "async",
                    new WalSender.Progress(
                        Optional.of(new Lsn(sentTo(below, server))), flushed, flushed, flushed),
                    Optional.empty())));
  }

  /** No server sends more than it has; what a standby has from its upstream was sent to it. */
  private static long sentTo(TrueServer below, TrueServer upstream) {
    return below.ahead > 0 ? upstream.position : Math.max(below.position, upstream.position);
  }

  private static List<ReplicationSlot> slots(TrueServer server) {
    var slots = new ArrayList<ReplicationSlot>();
    slots.add(idleSlot(UnprovenLink.slotNameOf(server.name), server));
    server.leftSlot.ifPresent(name -> slots.add(idleSlot(name, server)));
    return slots;
  }

  private static ReplicationSlot idleSlot(String name, TrueServer server) {
    return new ReplicationSlot(
        name,
        Optional.empty(),
        ReplicationSlot.Lifetime.PERSISTENT,
        Optional.empty(),
        new ReplicationSlot.Retention(
            Optional.of(new Lsn(server.position)),
            Optional.of("reserved"),
            Optional.empty(),
            Optional.empty(),
            Optional.empty()),
        ReplicationSlot.Failover.NONE);
  }

  private Reading<ServerState.SyncWaits> syncWaits(TrueServer server) {
    return isPlainLogin
        ? Reading.denied(HIDDEN)
        : Reading.seen(
            new ServerState.SyncWaits(
                server.waitingCommits, Duration.ofSeconds(server.waitingCommits)));
  }

  private static boolean isSynchronous(TrueServer below, TrueServer upstream) {
    return upstream.isInProduction && upstream.synchronous.equals(Optional.of(below));
  }

  private static Survey survey(TrueServer server) {
    var settings = new TreeMap<>(Ordinary.SURVEY.settings());
    settings.putAll(server.settings);
    server.synchronous.ifPresent(
        it -> settings.put("synchronous_standby_names", "FIRST 1 (\"" + it.name + "\")"));
    return new Survey(
        Ordinary.SURVEY.readAt(),
        Ordinary.SURVEY.login(),
        settings,
        Ordinary.SURVEY.databases(),
        Ordinary.SURVEY.roles(),
        Ordinary.SURVEY.wal());
  }

  private static HostPort address(TrueServer server) {
    return new HostPort(server.endpoint.host(), server.endpoint.port());
  }

  /** One in three announces no more than its cluster. */
  private static String announced(TrueServer server) {
    return server.number % 3 == 0 ? server.cluster : server.name;
  }
}
