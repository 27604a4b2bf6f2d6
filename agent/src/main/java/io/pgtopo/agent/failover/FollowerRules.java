package io.pgtopo.agent.failover;

import io.pgtopo.agent.drift.LowParameter;
import io.pgtopo.agent.observation.Lsn;
import io.pgtopo.agent.observation.WalDirectory;
import io.pgtopo.agent.observation.WalFile;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.Peer;
import io.pgtopo.agent.topology.Positions;
import io.pgtopo.agent.topology.ReplicationLink;
import io.pgtopo.config.model.Instance;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Who could not follow a candidate, and what has to be done so that they do. */
record FollowerRules(Scene scene, Instance member, LiveInstance candidate) {

  List<Finding> check() {
    var others = scene.replicas().filter(it -> !it.declared().equals(member)).toList();
    var found = new ArrayList<Finding>();
    for (var other : others) {
      found.addAll(timeline(other));
      found.addAll(removedWal(other));
      slot(other).ifPresent(found::add);
      settings(other.declared(), other.server())
          .map(low -> Finding.both(Safety.NO, low))
          .ifPresent(found::add);
    }
    // It is to follow at once, but not after a failover.
    primaryMember()
        .filter(it -> !scene.scenario().isLost(it))
        .flatMap(it -> settings(it, scene.primary()))
        .map(low -> new Finding(low, Safety.YES, Safety.NO))
        .ifPresent(found::add);
    found.addAll(walSenders(others));
    mayBeAhead(others).ifPresent(found::add);
    byHand(others).ifPresent(found::add);
    rebuild().ifPresent(found::add);
    return found;
  }

  private static List<Finding> timeline(Scene.Member other) {
    var name = "recovery_target_timeline";
    var target = Scene.setting(other.server(), name);
    if (target.isEmpty()) {
      return Scene.unknown(other.server(), name);
    }
    return target.get().equals("latest")
        ? List.of()
        : List.of(
            Finding.both(Safety.NO, new Concern.StaysOnTimeline(other.declared(), target.get())));
  }

  /**
   * A standby keeps the WAL since its last restartpoint, which is not later than what it replayed.
   */
  private List<Finding> removedWal(Scene.Member other) {
    var end = Positions.end(other.server().facts().state());
    var kept = Positions.replayed(candidate);
    if (end.isPresent() && kept.filter(it -> end.get().compareTo(it) >= 0).isPresent()) {
      return List.of();
    }
    if (other.server().facts().restoresFromArchive()) {
      return List.of();
    }
    var directory = candidate.facts().survey().ifSeen().flatMap(it -> it.wal().ifSeen());
    if (end.isEmpty() || directory.isEmpty()) {
      return Scene.unknown(candidate, "pg_ls_waldir()");
    }
    return directory
        .flatMap(WalDirectory::oldest)
        .map(WalFile::start)
        .filter(oldest -> isBefore(end.get(), oldest))
        .map(
            oldest ->
                List.of(
                    Finding.both(
                        Safety.NO, new Concern.NeedsRemovedWal(other.declared(), candidate))))
        .orElse(List.of());
  }

  private static boolean isBefore(Lsn one, Lsn other) {
    return one.compareTo(other) < 0;
  }

  private Optional<Finding> slot(Scene.Member other) {
    return SlotRules.slotOf(other.server())
        .filter(
            name ->
                scene.situation().manager().isEmpty()
                    && candidate.facts().replication().slots().stream()
                        .noneMatch(slot -> slot.name().equals(name)))
        .map(name -> Finding.note(new Concern.SlotToCreate(other.declared(), name)));
  }

  private List<Finding> walSenders(List<Scene.Member> others) {
    var name = "max_wal_senders";
    var max = Scene.number(candidate, name);
    if (max.isEmpty()) {
      return Scene.unknown(candidate, name);
    }
    return max.get() < others.size()
        ? List.of(
            Finding.both(
                Safety.NO, new Concern.TooFewWalSenders(candidate, max.get(), others.size())))
        : List.of();
  }

  /** Those that receive WAL through the candidate have not more than it. */
  private Optional<Finding> mayBeAhead(List<Scene.Member> others) {
    var members =
        others.stream()
            .filter(other -> !upstream(other).equals(Optional.of(peer(candidate))))
            .map(Scene.Member::declared)
            .toList();
    return members.isEmpty()
        ? Optional.empty()
        : Optional.of(Finding.note(new Concern.MayBeAhead(members)));
  }

  private Optional<Concern> settings(Instance follower, LiveInstance server) {
    return Optional.of(LowParameter.of(server, candidate))
        .filter(low -> !low.isEmpty())
        .map(low -> new Concern.SettingsTooLow(follower, candidate, low));
  }

  /** All that stream from the primary: members, other clusters and unknown servers. */
  private Optional<Finding> byHand(List<Scene.Member> others) {
    if (scene.situation().manager().isPresent()) {
      return Optional.empty();
    }
    var primary = peer(scene.primary());
    var followers =
        scene.live().clusterOf(scene.primary()).links().stream()
            .filter(link -> link.upstream().equals(primary))
            .map(ReplicationLink::downstream)
            .filter(peer -> !peer.equals(peer(candidate)))
            .filter(peer -> isThere(peer, others))
            .distinct()
            .sorted()
            .toList();
    return followers.isEmpty()
        ? Optional.empty()
        : Optional.of(Finding.note(new Concern.FollowsByHand(followers)));
  }

  private boolean isThere(Peer peer, List<Scene.Member> others) {
    return peer.ifKnown().filter(it -> scene.scenario().lost().contains(it)).isEmpty()
        || others.stream().anyMatch(other -> peer.equals(peer(other.server())));
  }

  private Optional<Finding> rebuild() {
    var primary = scene.primary();
    return primaryMember().filter(scene.scenario()::isLost).isEmpty()
            && isOff(primary, "wal_log_hints")
            && isOff(primary, "data_checksums")
        ? Optional.of(Finding.note(new Concern.NeedsRebuild(primary)))
        : Optional.empty();
  }

  /** As what the primary is declared; empty if it is another server. */
  private Optional<Instance> primaryMember() {
    return scene.situation().cluster().instances().stream()
        .filter(it -> it.endpoint().equals(scene.primary().endpoint()))
        .findFirst();
  }

  private static boolean isOff(LiveInstance server, String setting) {
    return Scene.setting(server, setting).filter("off"::equals).isPresent();
  }

  private Optional<Peer> upstream(Scene.Member other) {
    return scene.live().linkTo(other.server()).map(ReplicationLink::upstream);
  }

  private static Peer peer(LiveInstance server) {
    return new Peer.Known(server.endpoint());
  }
}
