package io.pgtopo.agent.simulator;

import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.observation.Backend;
import io.pgtopo.agent.observation.HostPort;
import io.pgtopo.agent.observation.Lsn;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.ReplicationSlot;
import io.pgtopo.agent.observation.Subscription;
import io.pgtopo.agent.observation.WalSender;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/**
 * The true state of a subscription. Whoever is in production in the cluster of its subscriber runs
 * it, since a replica has it too once it is promoted; but its slot serves one.
 */
final class TrueSubscription {
  /** What happens to it, with what is to be reported then. */
  enum Fate {
    GOES_ON(Optional.empty()),
    /** Its worker starts anew in every poll, as after a short break of its network. */
    RECONNECTS(Optional.empty()),
    DISABLED(Optional.empty()),
    /** Its worker ends, and cannot start again. */
    STOPPED(Optional.of(DriftKind.SUBSCRIPTION_DOWN)),
    /** The process of its walsender is stopped. */
    SILENT(Optional.of(DriftKind.SUBSCRIPTION_DOWN)),
    /** Its worker fails at a change, again and again. */
    FAILS(Optional.of(DriftKind.SUBSCRIPTION_FAILING)),
    UNCOPIED(Optional.of(DriftKind.SUBSCRIPTION_INCOMPLETE)),
    /** It receives from another server, which has a slot of the same name. */
    MOVED(Optional.of(DriftKind.PUBLISHER_CHANGED));

    final Optional<DriftKind> kind;

    Fate(Optional<DriftKind> kind) {
      this.kind = kind;
    }
  }

  /** One process of a connection, since when by the true time. */
  private record ConnectionEnd(TrueServer subscriber, int pid, Instant since) {
    Backend shownBy(TrueServer server) {
      return new Backend(pid, Optional.of(since.plus(server.clock)));
    }
  }

  private static final String DATABASE = "app";
  private static final long DATABASE_ID = 16_384;
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  /** Half of the time-out, and a margin. */
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(40);

  private final int number;
  private final String name;
  private final String cluster;
  private final long system;
  private TrueServer publisher;
  private Optional<TrueServer> leftPublisher = Optional.empty();

  /** Which server received from that one: what another one runs was not seen to receive from it. */
  private Optional<TrueServer> movedAt = Optional.empty();

  private Optional<ConnectionEnd> sender = Optional.empty();
  private Optional<ConnectionEnd> worker = Optional.empty();
  private Instant heard;
  private int connections;
  private long errors;
  private Fate fate = Fate.GOES_ON;

  TrueSubscription(
      int number, String name, TrueServer publisher, TrueServer subscriber, Instant since) {
    this.number = number;
    this.name = name;
    this.publisher = publisher;
    this.cluster = subscriber.cluster;
    this.system = subscriber.system;
    this.heard = since;
    connect(subscriber, since);
  }

  void strike(Fate what, Optional<TrueServer> other) {
    fate = what;
    if (what == Fate.MOVED && other.filter(it -> !it.equals(publisher)).isPresent()) {
      leftPublisher = Optional.of(publisher);
      movedAt = worker.map(ConnectionEnd::subscriber);
      publisher = other.get();
      disconnect();
    }
  }

  private void connect(TrueServer subscriber, Instant now) {
    connections++;
    var pid = 20_000 + 1_000 * number + connections;
    sender = Optional.of(new ConnectionEnd(subscriber, pid, now));
    worker = Optional.of(new ConnectionEnd(subscriber, pid + 500, now.plusMillis(5)));
    heard = now;
  }

  private void disconnect() {
    sender = Optional.empty();
    worker = Optional.empty();
  }

  /** Time has gone by. */
  void pass(TrueWorld world, Random random) {
    var now = world.now;
    switch (fate) {
      case RECONNECTS, STOPPED, DISABLED -> disconnect();
      case FAILS -> {
        disconnect();
        errors++;
      }
      case GOES_ON, SILENT, UNCOPIED, MOVED -> {}
    }
    if (!isUp(publisher) || worker.filter(it -> !isUp(it.subscriber)).isPresent()) {
      disconnect();
    }
    if (worker.filter(this::isHeard).isPresent()) {
      heard = latest(heard, now.minusSeconds(random.nextInt(10)));
    } else if (heard.plus(TIMEOUT).isBefore(now)) {
      worker = Optional.empty();
      // One that is stopped does not end, and holds the slot.
      sender = sender.filter(it -> fate == Fate.SILENT);
    }
    if (sender.isEmpty() && isServed() && !(fate == Fate.FAILS && random.nextBoolean())) {
      runners(world)
          .filter(TrueServer::isRunning)
          .findFirst()
          .ifPresent(subscriber -> connect(subscriber, now.minusMillis(500)));
    }
  }

  private static boolean isUp(TrueServer server) {
    return server.isAlive && server.isInProduction;
  }

  private boolean isHeard(ConnectionEnd process) {
    return fate != Fate.SILENT && publisher.isRunning() && process.subscriber.isRunning();
  }

  /** Whether its publisher accepts a worker, if it wants to have one. */
  private boolean isServed() {
    return publisher.isRunning()
        && publisher.isInProduction
        && publisher.refusal.isEmpty()
        && fate != Fate.STOPPED
        && fate != Fate.DISABLED;
  }

  private static Instant latest(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  /** Those that have it, and are in production. */
  private Stream<TrueServer> runners(TrueWorld world) {
    return world.of(cluster).stream().filter(this::isRunBy);
  }

  private boolean isRunBy(TrueServer server) {
    return isUp(server) && server.cluster.equals(cluster) && server.system == system;
  }

  Stream<WalSender> senderAt(TrueServer server) {
    return sender.filter(it -> server.equals(publisher)).stream()
        .map(
            it ->
                new WalSender(
                    it.shownBy(server),
                    "replicator",
                    name,
                    Optional.of(DATABASE_ID),
                    Reading.seen(stream(it, server))));
  }

  private WalSender.Stream stream(ConnectionEnd process, TrueServer server) {
    var position = Optional.of(new Lsn(server.position));
    return new WalSender.Stream(
        Optional.of(new HostPort(process.subscriber.address, 50_000)),
        "streaming",
        "async",
        new WalSender.Progress(position, position, position, position),
        Optional.of(heard.plus(process.subscriber.clock)));
  }

  Stream<ReplicationSlot> slotAt(TrueServer server) {
    var isPublisher = server.equals(publisher);
    return isPublisher || leftPublisher.filter(server::equals).isPresent()
        ? Stream.of(
            new ReplicationSlot(
                name,
                Optional.of(
                    new ReplicationSlot.Decoding(
                        "pgoutput", DATABASE, Optional.of(new Lsn(server.position)))),
                ReplicationSlot.Lifetime.PERSISTENT,
                isPublisher ? sender.map(ConnectionEnd::pid) : Optional.empty(),
                SimulatedPoll.retention(server),
                ReplicationSlot.Failover.NONE))
        : Stream.empty();
  }

  Stream<Subscription> rowAt(TrueServer server, Instant now) {
    return isRunBy(server)
        ? Stream.of(
            new Subscription(
                name,
                DATABASE,
                fate == Fate.DISABLED ? Subscription.Mode.DISABLED : Subscription.Mode.ENABLED,
                Optional.of(name),
                new Subscription.Workers(
                    workerAt(server).map(it -> it.shownBy(server)),
                    workerAt(server).map(it -> Duration.between(heard, now)),
                    0),
                Optional.of(new Subscription.Errors(errors, 0, 0, Optional.empty())),
                Reading.seen(
                    fate == Fate.UNCOPIED
                        ? new Subscription.Tables(1, List.of("public.orders"))
                        : Subscription.Tables.COPIED)))
        : Stream.empty();
  }

  private Optional<ConnectionEnd> workerAt(TrueServer server) {
    return worker.filter(it -> it.subscriber.equals(server));
  }

  /** What is true of it at a server, as the kinds that would be right. */
  Stream<DriftKind> wrongAt(TrueServer server, Instant now) {
    if (!isRunBy(server) || fate == Fate.DISABLED) {
      return Stream.empty();
    }
    var isApplied =
        workerAt(server).filter(it -> !heard.plus(LONGEST_SILENCE).isBefore(now)).isPresent();
    return Stream.concat(
        isApplied ? Stream.empty() : Stream.of(DriftKind.SUBSCRIPTION_DOWN),
        switch (fate) {
          case FAILS, UNCOPIED -> fate.kind.stream();
          case MOVED ->
              leftPublisher
                  .filter(it -> it.system != publisher.system)
                  .flatMap(it -> fate.kind)
                  .stream();
          case GOES_ON, RECONNECTS, DISABLED, STOPPED, SILENT -> Stream.empty();
        });
  }

  /** Whether a poll must have found this, of all that is true: the worst says the rest. */
  boolean isFound(DriftKind kind, TrueServer server) {
    return switch (fate) {
      case FAILS -> kind == DriftKind.SUBSCRIPTION_FAILING;
      case MOVED ->
          kind != DriftKind.PUBLISHER_CHANGED
              || (workerAt(server).isPresent() && movedAt.equals(Optional.of(server)));
      case UNCOPIED -> kind == DriftKind.SUBSCRIPTION_DOWN || workerAt(server).isPresent();
      case GOES_ON, RECONNECTS, DISABLED, STOPPED, SILENT -> true;
    };
  }

  /** What it is called as a part of a server that runs it. */
  String subject(String instance) {
    return "%s subscription %s.%s".formatted(instance, DATABASE, name);
  }

  /** Whether it connects these two, or did at the poll before. */
  boolean joins(String slot, TrueServer from, TrueServer to) {
    return name.equals(slot)
        && (from.equals(publisher) || leftPublisher.filter(from::equals).isPresent())
        && isRunBy(to);
  }

  /** The ends of a connection that is in use. */
  Optional<Stream<TrueServer>> ends() {
    return worker.filter(it -> sender.isPresent()).map(it -> Stream.of(publisher, it.subscriber));
  }
}
