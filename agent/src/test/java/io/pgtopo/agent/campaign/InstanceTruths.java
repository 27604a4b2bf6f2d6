package io.pgtopo.agent.campaign;

import io.pgtopo.agent.campaign.Arena.Line;
import io.pgtopo.agent.drift.DriftKind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What is true of the members of a cluster, each for itself. */
final class InstanceTruths extends Measurements {
  private static final Duration LOOP = Duration.ofMinutes(10).plusSeconds(5);

  /** Before it SQL shows neither the delay nor the upstream that a standby is to have. */
  private static final int FIRST_WITH_SETTINGS = 12;

  private final Instant at;
  private final Map<Fact, Standpoint> facts;

  InstanceTruths(
      Instant at, Arena arena, Map<String, Measured> servers, Map<Fact, Standpoint> facts) {
    super(arena, servers);
    this.at = at;
    this.facts = facts;
  }

  void collect() {
    declared.forEach(this::instance);
  }

  private void add(DriftKind kind, String subject, Standpoint standpoint) {
    facts.put(new Fact(kind, subject), standpoint);
  }

  private void instance(Line line) {
    unreachable(line);
    refused(line);
    foreign(line);
    if (answers(line)) {
      detached(line);
      orphaned(line);
      mismatched(line);
      replay(line);
      settings(line);
    } else if (at(line).runs()) {
      List.of(DriftKind.REPLICA_DETACHED, DriftKind.ORPHANED_REPLICA, DriftKind.UPSTREAM_MISMATCH)
          .forEach(kind -> add(kind, line.name(), Truths.OPEN));
    }
    if (arena.isParted()) {
      add(DriftKind.TIMELINE_FORK, line.name(), Truths.OPEN);
      add(DriftKind.DIVERGED, line.name(), Truths.OPEN);
    }
    restarts(line);
  }

  /**
   * What is not staged may be one: the restarts of several incidents count together. It ends half a
   * minute after the last one, at the earliest.
   */
  private void restarts(Line line) {
    var server = staged(line);
    var staged =
        server
            .filter(it -> it.restarts(at.minusSeconds(25)) > 0)
            .flatMap(it -> it.staged(DriftKind.RESTART_LOOP));
    if (staged.isPresent()) {
      add(DriftKind.RESTART_LOOP, line.name(), staged.get());
    } else if (server.filter(it -> it.restarts(at.minus(LOOP)) >= 3).isPresent()) {
      add(DriftKind.RESTART_LOOP, line.name(), Truths.OPEN);
    }
  }

  private void unreachable(Line line) {
    var it = at(line);
    if (!it.runs()) {
      add(DriftKind.INSTANCE_UNREACHABLE, line.name(), Truths.soon("does not run"));
    } else if (it.isStopped()) {
      add(DriftKind.INSTANCE_UNREACHABLE, line.name(), Truths.soon("all processes are stopped"));
    } else if (isCut(line)) {
      add(DriftKind.INSTANCE_UNREACHABLE, line.name(), Truths.soon("is cut off"));
    } else if (it.status().equals("standby")) {
      add(DriftKind.INSTANCE_UNREACHABLE, line.name(), Truths.soon("accepts no connection yet"));
    } else if (!it.isReady() || it.isPostmasterStopped()) {
      add(DriftKind.INSTANCE_UNREACHABLE, line.name(), Truths.OPEN);
    }
  }

  private void refused(Line line) {
    var it = at(line);
    var staged = staged(line).flatMap(server -> server.staged(DriftKind.CONNECTIONS_REFUSED));
    if (!it.runs() || it.isStopped() || isCut(line)) {
      return;
    }
    if (it.isPostmasterStopped() && it.isReady()) {
      add(
          DriftKind.CONNECTIONS_REFUSED,
          line.name(),
          Truths.yes("the postmaster is stopped", Truths.NEXT_ATTEMPT));
    } else if (staged.isPresent()) {
      add(DriftKind.CONNECTIONS_REFUSED, line.name(), staged.get());
    } else if (!it.isReady()) {
      add(DriftKind.CONNECTIONS_REFUSED, line.name(), Truths.OPEN);
    }
  }

  private void foreign(Line line) {
    var same = declared.stream().filter(it -> at(it).systemId() == at(line).systemId()).count();
    if (same == declared.size()) {
      return;
    }
    var isMinority = 2 * same < declared.size();
    var standpoint =
        isMinority && surelyAnswers(line) && declared.stream().allMatch(this::surelyAnswers)
            ? Truths.soon("another system identifier")
            : Truths.OPEN;
    if (2 * same <= declared.size()) {
      add(DriftKind.FOREIGN_SYSTEM_ID, line.name(), standpoint);
    }
  }

  private void detached(Line line) {
    if (!isReplica(line)) {
      return;
    }
    switch (supply(line)) {
      case FLOWS -> {}
      case CHANGING -> add(DriftKind.REPLICA_DETACHED, line.name(), Truths.OPEN);
      case NO_RECEIVER ->
          add(
              DriftKind.REPLICA_DETACHED,
              line.name(),
              hasDelay(line) ? Truths.OPEN : whereSettingsShow("no walreceiver"));
      case SILENT ->
          add(
              DriftKind.REPLICA_DETACHED,
              line.name(),
              surelyAnswers(line) ? whenSilent("nothing comes through its link") : Truths.OPEN);
    }
  }

  private void orphaned(Line line) {
    stoppedCircle(line);
    if (!isReplica(line) || !isConnected(line)) {
      return;
    }
    var chain = chain(line);
    var top = chain.getLast();
    var isCircle = isCircle(chain);
    if (isCircle) {
      var loop = new Fact(DriftKind.REPLICATION_LOOP, arena.name());
      facts.merge(
          loop,
          top.equals(line) && isStreaming(chain) ? Truths.soon("a circle") : Truths.OPEN,
          (one, other) -> one instanceof Standpoint.Yes ? one : other);
      add(DriftKind.ORPHANED_REPLICA, line.name(), Truths.OPEN);
    } else if (chain.size() > 1 && isReplica(top)) {
      add(
          DriftKind.ORPHANED_REPLICA,
          line.name(),
          isStreaming(chain.subList(0, chain.size() - 1))
                  && surelyAnswers(top)
                  && supply(top) == Supply.NO_RECEIVER
                  && !hasDelay(top)
              ? whereSettingsShow("its chain ends at " + top.name())
              : Truths.OPEN);
    }
  }

  private static boolean isCircle(List<Line> chain) {
    return chain.stream().filter(chain.getLast()::equals).count() > 1;
  }

  /** Both ends still report a circle of which a process is stopped. */
  private void stoppedCircle(Line line) {
    var path = new ArrayList<Line>(List.of(line));
    var next = upstream(line);
    while (next.isPresent() && isReplica(next.get()) && !path.contains(next.get())) {
      path.add(next.get());
      next = upstream(next.get());
    }
    if (next.filter(path::contains).isPresent()) {
      facts.putIfAbsent(new Fact(DriftKind.REPLICATION_LOOP, arena.name()), Truths.OPEN);
    }
  }

  private boolean isStreaming(List<Line> chain) {
    return chain.stream().allMatch(it -> surelyAnswers(it) && supply(it) == Supply.FLOWS);
  }

  private void mismatched(Line line) {
    var receiver = at(line).receiver();
    if (!isReplica(line) || receiver.isEmpty()) {
      return;
    }
    var expected = line.upstream().map(this::line).or(this::leader);
    var actual = upstream(line);
    if (expected.isEmpty() || actual.isEmpty() || supply(line) != Supply.FLOWS) {
      add(DriftKind.UPSTREAM_MISMATCH, line.name(), Truths.OPEN);
    } else if (!expected.equals(actual)) {
      add(
          DriftKind.UPSTREAM_MISMATCH,
          line.name(),
          surelyAnswers(actual.get()) && surelyAnswers(line)
              ? Truths.soon("streams from " + actual.get().name())
              : Truths.OPEN);
    }
  }

  private void replay(Line line) {
    var paused = staged(line).flatMap(it -> it.staged(DriftKind.REPLAY_PAUSED));
    if (!isReplica(line)) {
      return;
    }
    if (paused.isPresent()) {
      // A pause is only requested until the delay of the next record is over.
      add(DriftKind.REPLAY_PAUSED, line.name(), hasDelay(line) ? Truths.OPEN : paused.get());
    } else if (at(line).isStartupStopped()) {
      add(
          DriftKind.REPLAY_PAUSED,
          line.name(),
          chain(line).size() > 1 && leads(chain(line).getLast()) && !hasDelay(line)
              ? new Standpoint.Yes(
                  "the startup process is stopped", Duration.ofSeconds(22), !areSettingsShown())
              : Truths.OPEN);
    }
  }

  private void settings(Line line) {
    var server = staged(line);
    if (server.isEmpty()) {
      return;
    }
    copy(server.get(), DriftKind.DELAY_MISMATCH, line, isReplica(line));
    if (line.delay().isPresent() && isReplica(line)) {
      // Pigsty applies pg_delay to the leader of a standby cluster only.
      var isShown = areSettingsShown() && surelyAnswers(line);
      add(
          DriftKind.DELAY_MISMATCH,
          line.name(),
          isShown ? Truths.soon("a delay that is not expected") : Truths.OPEN);
    }
    copy(server.get(), DriftKind.PRIMARY_READ_ONLY, line, leads(line));
    copy(server.get(), DriftKind.ARCHIVING_FAILS, line, leads(line));
    copy(server.get(), DriftKind.PARAMETERS_TOO_LOW, line, isReplica(line));
    if (leads(line)) {
      server
          .get()
          .slots()
          .forEach(
              (slot, it) -> {
                add(DriftKind.SLOT_ORPHANED, line.name() + " slot " + slot, it);
                add(DriftKind.SLOT_RETAINS_WAL, line.name() + " slot " + slot, Truths.OPEN);
              });
    }
  }

  private void copy(StagedServer server, DriftKind kind, Line line, boolean applies) {
    server
        .staged(kind)
        .filter(it -> applies)
        .ifPresent(it -> add(kind, line.name(), surelyAnswers(line) ? it : Truths.OPEN));
  }

  private boolean areSettingsShown() {
    return arena.traits.major() >= FIRST_WITH_SETTINGS;
  }

  private Standpoint whereSettingsShow(String cause) {
    return new Standpoint.Yes(cause, Truths.SOON, !areSettingsShown());
  }

  /** When both ends are bound to show that a link is silent, or have given it up. */
  private Standpoint whenSilent(String cause) {
    var traits = arena.traits;
    return Truths.yes(
        cause, Duration.ofSeconds(20 + traits.silence() + Math.max(0, traits.statusInterval())));
  }
}
