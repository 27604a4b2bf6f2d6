package io.pgtopo.agent.simulator;

import io.pgtopo.agent.observation.Lsn;
import io.pgtopo.config.model.Endpoint;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The true state of a server, which every change leaves possible. */
final class TrueServer {
  /** How it receives WAL. */
  enum Receiver {
    NONE,
    STREAMING,
    /** At the end of a timeline that its upstream left before. */
    WAITING
  }

  final int number;
  final String cluster;
  final String name;
  final Endpoint endpoint;
  final boolean isDeclaredPrimary;
  final boolean isDeclaredWriter;

  boolean isAlive = true;
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
  Instant connected;

  /** What differs from PostgreSQL's defaults. */
  final Map<String, String> settings = new TreeMap<>();

  /** The replica that its commits wait for, while it is in production. */
  Optional<TrueServer> synchronous = Optional.empty();

  /** How many commits wait at each poll. */
  int waitingCommits;

  /** A slot of a removed replica. */
  Optional<String> leftSlot = Optional.empty();

  /** How far it is beyond its upstream, which only a divergence makes possible. */
  long ahead;

  /** Where its upstream's timeline left its own. */
  long forkedAt;

  TrueServer(
      int number, String cluster, String name, Endpoint endpoint, Place place, Instant started) {
    this.number = number;
    this.cluster = cluster;
    this.name = name;
    this.endpoint = endpoint;
    this.isDeclaredPrimary = place != Place.REPLICA;
    this.isDeclaredWriter = place == Place.PRIMARY;
    this.started = started;
    this.connected = started;
  }

  /** What it is declared to be. */
  enum Place {
    PRIMARY,
    STANDBY_LEADER,
    REPLICA
  }

  void follow(TrueServer server) {
    upstream = Optional.of(server);
    receiver = Receiver.STREAMING;
    connected = connected.plusSeconds(60);
  }

  void loseUpstream() {
    receiver = Receiver.NONE;
  }

  boolean isConnected() {
    return isAlive && receiver != Receiver.NONE;
  }

  void promote() {
    isInProduction = true;
    promotedAt = Optional.of(new Lsn(position));
    timeline++;
    receiver = Receiver.NONE;
    upstream = Optional.empty();
  }
}
