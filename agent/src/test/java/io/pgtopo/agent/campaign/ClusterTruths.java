package io.pgtopo.agent.campaign;

import io.pgtopo.agent.campaign.Arena.Line;
import io.pgtopo.agent.drift.DriftKind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** What is true of a cluster as a whole. */
final class ClusterTruths extends Measurements {
  private final Map<Fact, Standpoint> facts;

  ClusterTruths(Arena arena, Map<String, Measured> servers, Map<Fact, Standpoint> facts) {
    super(arena, servers);
    this.facts = facts;
  }

  void collect() {
    roles();
    cluster();
  }

  private void add(DriftKind kind, String subject, Standpoint standpoint) {
    facts.put(new Fact(kind, subject), standpoint);
  }

  private void roles() {
    var oneOrigin = hasOneOrigin();
    var primary = declared.stream().filter(Line::isPrimary).findFirst().orElseThrow();
    var leaders = declared.stream().filter(this::leads).toList();
    var isSwapped =
        oneOrigin
            && answers(primary)
            && isReplica(primary)
            && leaders.size() == 1
            && answers(leaders.getFirst());
    if (isSwapped) {
      add(DriftKind.ROLE_SWAPPED, arena.name(), Truths.soon(leaders.getFirst().name() + " leads"));
      return;
    }
    if (!oneOrigin && isReplica(primary)) {
      add(DriftKind.ROLE_SWAPPED, arena.name(), Truths.OPEN);
    }
    Predicate<Line> differs = it -> it.isPrimary() ? isReplica(it) : leads(it);
    declared.stream()
        .filter(differs)
        .forEach(
            it ->
                add(
                    DriftKind.ROLE_MISMATCH,
                    it.name(),
                    oneOrigin && surelyAnswers(it)
                        ? Truths.soon("has another role")
                        : Truths.OPEN));
  }

  private void cluster() {
    var leaders = declared.stream().filter(this::leads).toList();
    var own = leaders.stream().filter(it -> at(it).systemId() == arena.systemId()).toList();
    // Two that were initialised anew from one copy are primaries of one cluster, too.
    if (own.size() <= 1
        && leaders.stream().map(it -> at(it).systemId()).distinct().count() < leaders.size()) {
      add(DriftKind.MULTIPLE_PRIMARIES, arena.name(), Truths.OPEN);
    }
    if (own.size() > 1) {
      var isSeen = hasOneOrigin() && own.stream().filter(this::surelyAnswers).count() > 1;
      add(
          DriftKind.MULTIPLE_PRIMARIES,
          arena.name(),
          isSeen ? Truths.soon(names(leaders) + " lead") : Truths.OPEN);
    }
    if (leaders.size() > own.size()) {
      add(DriftKind.NO_PRIMARY, arena.name(), Truths.OPEN);
      add(DriftKind.NO_STANDBY, arena.name(), Truths.OPEN);
    }
    if (leaders.isEmpty()) {
      var isSeen = declared.stream().allMatch(it -> surelyAnswers(it) && isReplica(it));
      add(DriftKind.NO_PRIMARY, arena.name(), isSeen ? Truths.soon("none leads") : Truths.OPEN);
    }
    noStandby();
    synchronousStandbys();
    isolated();
    if (!strangers().isEmpty()) {
      undeclared();
    }
  }

  private boolean hasOneOrigin() {
    return declared.stream().allMatch(it -> at(it).systemId() == arena.systemId());
  }

  private static String names(List<Line> lines) {
    return String.join(", ", lines.stream().map(Line::name).toList());
  }

  private void undeclared() {
    for (var stranger : strangers()) {
      var it = at(stranger.address());
      var from = it.receiver().flatMap(Measured.Receiver::upstream);
      var isSeen =
          declared.stream()
              .filter(line -> from.equals(Optional.of(line.address())))
              .anyMatch(this::surelyAnswers);
      add(
          DriftKind.UNDECLARED_INSTANCE,
          arena.name(),
          isSeen
                  && !it.isStopped()
                  && it.receiver().filter(Measured.Receiver::isStreaming).isPresent()
              ? Truths.soon(stranger + " streams")
              : Truths.OPEN);
    }
  }

  private void noStandby() {
    var replicas = declared.stream().filter(it -> !it.isPrimary()).toList();
    var leader = leader();
    if (declared.size() == 1) {
      return;
    }
    var others = declared.stream().filter(it -> !Optional.of(it).equals(leader)).toList();
    if (leader.isEmpty() || replicas.isEmpty() || !hasOneOrigin()) {
      add(DriftKind.NO_STANDBY, arena.name(), Truths.OPEN);
      return;
    }
    var reached =
        others.stream()
            .anyMatch(
                it -> isReplica(it) && leads(chain(it).getLast()) && supply(it) == Supply.FLOWS);
    var isFedOtherwise =
        strangers().stream().anyMatch(it -> at(it.address()).receiver().isPresent());
    if (reached) {
      return;
    }
    var isPlain =
        !isFedOtherwise
            && surelyAnswers(leader.get())
            && others.stream()
                .allMatch(
                    it -> !at(it).runs() || (supply(it) == Supply.NO_RECEIVER && answers(it)));
    var hasDelay = others.stream().anyMatch(this::hasDelay);
    add(
        DriftKind.NO_STANDBY,
        arena.name(),
        isPlain && !hasDelay ? Truths.soon("no standby streams") : Truths.OPEN);
  }

  private void synchronousStandbys() {
    var leader = leader();
    if (arena.traits.synchronous() == 0) {
      return;
    }
    if (leader.isEmpty()) {
      add(DriftKind.SYNC_STANDBY_MISSING, arena.name(), Truths.OPEN);
      add(DriftKind.COMMITS_BLOCKED, arena.name(), Truths.OPEN);
      return;
    }
    if (!leader.get().name().equals(arena.servers.getFirst().name())) {
      return;
    }
    var streaming =
        declared.stream()
            .filter(it -> supply(it) == Supply.FLOWS && upstream(it).equals(leader))
            .count();
    var silent = declared.stream().filter(it -> supply(it) == Supply.SILENT).count();
    var isMissing = streaming < arena.traits.synchronous();
    var waits = staged(leader.get()).map(StagedServer::commitWaits).orElse(Duration.ZERO);
    var isBlocked = isMissing && waits.compareTo(Duration.ofMillis(1500)) > 0;
    var isSure = surelyAnswers(leader.get());
    if (isBlocked) {
      add(
          DriftKind.COMMITS_BLOCKED,
          arena.name(),
          isSure && silent == 0 ? Truths.soon("commits wait") : Truths.OPEN);
      add(DriftKind.SYNC_STANDBY_MISSING, arena.name(), Truths.OPEN);
    } else if (isMissing || waits.compareTo(Duration.ofMillis(500)) > 0) {
      add(DriftKind.COMMITS_BLOCKED, arena.name(), Truths.OPEN);
      add(
          DriftKind.SYNC_STANDBY_MISSING,
          arena.name(),
          isMissing && isSure && silent == 0 && !arena.traits.writes()
              ? Truths.soon("too few stream")
              : Truths.OPEN);
    }
  }

  private void isolated() {
    var silent = declared.stream().filter(it -> !answers(it)).count();
    if (2 * silent > declared.size()) {
      add(DriftKind.AGENT_ISOLATED, arena.name(), Truths.OPEN);
    }
  }
}
