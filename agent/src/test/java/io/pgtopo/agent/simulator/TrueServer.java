package io.pgtopo.agent.simulator;

import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.Lsn;
import io.pgtopo.config.model.Endpoint;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;

/** The true state of a server, which every change leaves possible. */
final class TrueServer {
  /** How it receives WAL. */
  enum Receiver {
    NONE,
    STREAMING,
    /** At the end of a timeline that its upstream left before. */
    WAITING,
    /** The process is stopped: its row stays as it was. */
    FROZEN
  }

  /** The walsender that serves it. */
  enum Sender {
    RUNNING,
    /** The process is stopped: its row stays as it was. */
    FROZEN,
    /** It has ended, which its walreceiver does not know yet. */
    GONE
  }

  /**
   * What is left of an earlier connection of a standby.
   *
   * @param since when it started, by the clock of its server
   * @param ends when its server will notice, if ever
   */
  record OldSender(
      int pid, TrueServer standby, Instant since, Instant replied, long position, Instant ends) {}

  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  final int number;
  final String cluster;
  final String name;
  final Endpoint endpoint;

  /** Where it runs, which its endpoint may be a name for. */
  final String address;

  final boolean isDeclaredPrimary;
  final boolean isDeclaredWriter;

  boolean isAlive = true;

  /** All of its processes are stopped: nothing that it said before is taken back. */
  boolean isHung;

  boolean isInProduction;
  boolean isPaused;
  boolean mayWrite = true;
  long system;
  int timeline = 1;
  long position = 0x5000000L;
  Instant started;
  Duration delay = Duration.ZERO;
  Optional<Lsn> promotedAt = Optional.empty();
  Optional<TrueServer> upstream = Optional.empty();
  Optional<TrueServer> leadsTo = Optional.empty();
  Optional<String> slot = Optional.empty();
  Receiver receiver = Receiver.NONE;
  Sender sender = Sender.RUNNING;

  /** Nothing passes between it and its upstream, in either direction, and no connection is made. */
  boolean isCutOff;

  /** When its walreceiver started, by its own clock, and its walsender, by that of its upstream. */
  Instant connected;

  Instant served;

  /** The last message of its walsender: when it was sent, and when its walreceiver read it. */
  Instant sent;

  Instant heard;

  /** When it sent the last reply that its walsender has read. */
  Instant replied;

  /** How far its clock is ahead. */
  Duration clock = Duration.ZERO;

  /** A name that it dials, and that only its own name server knows. */
  Optional<String> dials = Optional.empty();

  /** Why it accepts no new connection, though its sessions go on. */
  Optional<Failure> refusal = Optional.empty();

  final List<OldSender> oldSenders = new ArrayList<>();

  /** What differs from PostgreSQL's defaults. */
  final Map<String, String> settings = new TreeMap<>();

  /** The replica that its commits wait for, while it is in production. */
  Optional<TrueServer> synchronous = Optional.empty();

  /** How many commits wait at each poll, and since when. */
  int waitingCommits;

  Instant waitingSince;

  /** A slot of a removed replica. */
  Optional<String> leftSlot = Optional.empty();

  /** Its archiver hangs, while it completes a file of WAL with each interval. */
  boolean fillsFiles;

  /** Where its startup process hangs, if it does. */
  OptionalLong replayed = OptionalLong.empty();

  /** How far it is beyond its upstream, which only a divergence makes possible. */
  long ahead;

  /** Where its upstream's timeline left its own. */
  long forkedAt;

  TrueServer(
      int number,
      String cluster,
      String name,
      Endpoint endpoint,
      String address,
      Place place,
      Instant started) {
    this.number = number;
    this.cluster = cluster;
    this.name = name;
    this.endpoint = endpoint;
    this.address = address;
    this.isDeclaredPrimary = place != Place.REPLICA;
    this.isDeclaredWriter = place == Place.PRIMARY;
    this.started = started;
    this.connected = started;
    this.served = started;
    this.sent = started;
    this.heard = started;
    this.replied = started;
    this.waitingSince = started;
  }

  /** What it is declared to be. */
  enum Place {
    PRIMARY,
    STANDBY_LEADER,
    REPLICA
  }

  void follow(TrueServer server, Instant now) {
    upstream = Optional.of(server);
    receiver = Receiver.STREAMING;
    sender = Sender.RUNNING;
    connected = now.plus(clock).plusMillis(5);
    served = now.plus(server.clock);
    sent = now;
    heard = now;
    replied = now;
  }

  /** Its connection ends, and its upstream does not notice before a time. */
  OldSender leaveSender(Instant ends) {
    var old = new OldSender(walSenderPid(), this, served, replied, position, ends);
    upstream.orElseThrow().oldSenders.add(old);
    loseUpstream();
    return old;
  }

  void restart(Instant now) {
    started = now.plus(clock);
    oldSenders.clear();
  }

  int walSenderPid() {
    return 2_000 + number + (int) (served.getEpochSecond() % 10_000) * 1_000;
  }

  void waitForCommits(int count, Instant now) {
    waitingCommits = count;
    waitingSince = now;
  }

  void loseUpstream() {
    receiver = Receiver.NONE;
  }

  boolean isRunning() {
    return isAlive && !isHung;
  }

  /** Whether it has a walreceiver, of whatever use. */
  boolean isConnected() {
    return isAlive && receiver != Receiver.NONE;
  }

  /** Whether both processes of its connection work, and say so to each other. */
  boolean isStreaming() {
    return isRunning()
        && receiver == Receiver.STREAMING
        && !isCutOff
        && sender == Sender.RUNNING
        && upstream.filter(TrueServer::isRunning).isPresent();
  }

  /** Whether its upstream has the walsender of its connection. */
  boolean isServed() {
    return isConnected() && sender != Sender.GONE;
  }

  /** What time does to its connection. */
  void age(Instant now, Random random) {
    if (!isConnected()) {
      return;
    }
    var reads = isRunning() && receiver != Receiver.FROZEN;
    var sends = upstream.orElseThrow().isRunning() && sender == Sender.RUNNING;
    if (reads && sends && !isCutOff) {
      var ago = Duration.ofSeconds(random.nextInt(10));
      sent = latest(sent, now.minus(ago.multipliedBy(2)));
      heard = latest(heard, sent.plusMillis(1));
      replied = latest(replied, now.minus(ago));
    } else if (reads && heard.plus(TIMEOUT).isBefore(now)) {
      end(now);
    } else if (reads && heard.equals(sent.plusMillis(1)) && random.nextBoolean()) {
      // A busy machine reads late what was sent before.
      heard = now.minusMillis(100);
    } else if (upstream.get().isRunning()
        && !upstream.get().settings.containsKey("wal_sender_timeout")
        && replied.plus(TIMEOUT).isBefore(now)) {
      sender = sender == Sender.RUNNING ? Sender.GONE : sender;
    }
  }

  /** What its upstream had at the last poll has arrived. */
  void catchUp() {
    if (isStreaming() && ahead == 0) {
      upstream
          .filter(server -> server.ahead == 0 && server.timeline == timeline)
          .ifPresent(server -> position = Math.max(position, server.position));
    }
  }

  private static Instant latest(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  /** Its walreceiver gives up and connects again, if it can. */
  private void end(Instant now) {
    var server = upstream.orElseThrow();
    if (sender == Sender.FROZEN) {
      leaveSender(Instant.MAX);
    } else if (isCutOff && sender == Sender.RUNNING) {
      leaveSender(replied.plus(TIMEOUT));
    }
    loseUpstream();
    if (server.isRunning() && !isCutOff) {
      follow(server, now);
    }
  }

  void promote() {
    isInProduction = true;
    promotedAt = Optional.of(new Lsn(position));
    timeline++;
    receiver = Receiver.NONE;
    upstream = Optional.empty();
  }
}
