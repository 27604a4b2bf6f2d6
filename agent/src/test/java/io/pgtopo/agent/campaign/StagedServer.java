package io.pgtopo.agent.campaign;

import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.lab.LabInstance;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server of a campaign, and what the stager did to it that its processes do not show. */
final class StagedServer {
  final LabInstance instance;
  private final Map<DriftKind, Standpoint> facts = new ConcurrentHashMap<>();
  private final Map<String, Standpoint> slots = new ConcurrentHashMap<>();
  private final List<Instant> starts = new CopyOnWriteArrayList<>();
  private volatile String lastStart = "";
  private volatile boolean isCut;
  private volatile Optional<LinkCut> linkCut = Optional.empty();

  /** Another host, and the command that lets packets pass again. */
  record LinkCut(String host, String repair) {}

  /** Since when a commit of the writer waits, in nanoseconds of the JVM's clock; 0 if none does. */
  private volatile long waitingSince;

  StagedServer(LabInstance instance) {
    this.instance = instance;
  }

  String name() {
    return instance.name();
  }

  /** Notes a start of the server, or of all its processes after a crash, as it is measured. */
  void measured(Instant at, Measured now) {
    var start = now.startedAt() + ":" + now.checkpointerPid();
    if (now.checkpointerPid() != 0 && !start.equals(lastStart)) {
      lastStart = start;
      starts.add(at);
    }
  }

  /** How often it has started within a time, the first start of all left out. */
  long restarts(Instant since) {
    return starts.stream().skip(1).filter(it -> it.isAfter(since)).count();
  }

  /** Where it listens, as host:port. */
  String address() {
    return instance.host() + ":" + instance.port();
  }

  /** What is staged is true from the moment at which the action ended. */
  void stage(DriftKind kind, Duration within, Runnable action) {
    facts.put(kind, new Standpoint.Open("being staged"));
    action.run();
    facts.put(kind, new Standpoint.Yes("staged", within));
  }

  void repair(DriftKind kind, Runnable action) {
    if (facts.containsKey(kind)) {
      facts.put(kind, new Standpoint.Open("being repaired"));
      action.run();
      facts.remove(kind);
    }
  }

  boolean isStaged(DriftKind kind) {
    return facts.containsKey(kind);
  }

  Optional<Standpoint> staged(DriftKind kind) {
    return Optional.ofNullable(facts.get(kind));
  }

  void open(DriftKind kind, String why) {
    facts.put(kind, new Standpoint.Open(why));
  }

  void forget(DriftKind kind) {
    facts.remove(kind);
  }

  Map<String, Standpoint> slots() {
    return slots;
  }

  /** Whether no packet passes between it and all others. */
  boolean isCut() {
    return isCut;
  }

  void cut(boolean is) {
    isCut = is;
  }

  /** The host with which it exchanges no packet, and the command that ends that. */
  Optional<LinkCut> linkCut() {
    return linkCut;
  }

  void linkCut(Optional<LinkCut> cut) {
    linkCut = cut;
  }

  void waitsSince(long nanos) {
    waitingSince = nanos;
  }

  Duration commitWaits() {
    var since = waitingSince;
    return since == 0 ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - since);
  }

  @Override
  public String toString() {
    return name();
  }
}
