package io.pgtopo.agent.failover;

import io.pgtopo.agent.advice.Advice;
import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.observation.HaManager;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.RecoverySettings;
import io.pgtopo.agent.observation.Survey;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.Peer;
import io.pgtopo.agent.topology.Positions;
import io.pgtopo.agent.topology.ReplicationLink;
import io.pgtopo.agent.topology.Streaming;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.InstanceRole;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What keeps one replica from leading, whoever follows it. */
record CandidateRules(Scene scene, Instance member, LiveInstance server) {
  /** With any of these it is not promoted; without having evaluated them, nothing is known. */
  private static final List<DriftKind> DECISIVE =
      List.of(
          DriftKind.DIVERGED,
          DriftKind.TIMELINE_FORK,
          DriftKind.FOREIGN_SYSTEM_ID,
          DriftKind.REPLICA_DETACHED,
          DriftKind.ORPHANED_REPLICA,
          DriftKind.REPLAY_PAUSED,
          DriftKind.PARAMETERS_TOO_LOW);

  /** With any of these neither, though they are not always evaluated. */
  private static final List<DriftKind> HARMFUL =
      List.of(
          DriftKind.REPLICATION_LOOP,
          DriftKind.RESTART_LOOP,
          DriftKind.CONNECTIONS_REFUSED,
          DriftKind.REPLICATION_LAG,
          DriftKind.TIMELINE_BEHIND);

  private static final int FIRST_WITH_RECOVERY_SETTINGS = 12;

  Candidate judge() {
    var link = scene.live().linkTo(server);
    var lost = LostWal.of(scene.primary(), server, link, scene.live());
    var findings = new ArrayList<Finding>();
    findings.addAll(intent());
    findings.addAll(drifts());
    findings.addAll(streaming(link));
    if (lost.isEmpty()) {
      findings.add(
          Scene.hidden(
              Safety.UNKNOWN, Safety.YES, server, "a position on the timeline of the primary"));
    }
    var commits = SynchronyRules.check(scene, server, link, lost);
    commits.ifPresent(findings::add);
    if (commits.filter(it -> it.failover() == Safety.NO).isEmpty()) {
      SynchronyRules.overrides(scene.primary()).ifPresent(findings::add);
    }
    if (commits.isPresent()) {
      lost.flatMap(this::allowed).ifPresent(findings::add);
    }
    findings.addAll(targets());
    findings.addAll(settings());
    findings.addAll(new SlotRules(scene, server).check());
    findings.addAll(new FollowerRules(scene, member, server).check());
    findings.addAll(ServiceRules.check(scene, member));
    var toReplay = toReplay();
    return new Candidate(
        member,
        server,
        lost,
        toReplay,
        toReplay.flatMap(bytes -> scene.written().rates().toReplay(server, bytes)),
        findings);
  }

  /**
   * Whether it lacks more than {@code pg_rpo} allows; nothing where that is not declared. WAL that
   * no commit has waited for is no loss.
   */
  private Optional<Finding> allowed(LostWal lost) {
    return scene
        .situation()
        .cluster()
        .traits()
        .allowedLoss()
        .filter(allowed -> lost.most() > 0)
        .map(
            allowed ->
                Finding.failover(
                    lost.least() > allowed ? Safety.NO : Safety.YES,
                    new Concern.AllowedLoss(server, lost, allowed, isPatroni())));
  }

  private boolean isPatroni() {
    return scene
        .situation()
        .manager()
        .map(Advice.Manager::product)
        .map(it -> it == HaManager.PATRONI)
        .orElseGet(() -> scene.situation().cluster().traits().manager().isPresent());
  }

  /**
   * What it received in the same poll; nothing, where the next thing to replay is to be received.
   */
  private Optional<Long> toReplay() {
    return Positions.end(server.facts().state())
        .flatMap(
            end ->
                Positions.replayed(server).map(replayed -> Math.max(0, end.bytesAfter(replayed))));
  }

  private List<Finding> intent() {
    if (member.role().equals(Optional.of(InstanceRole.OFFLINE))) {
      return keeps(Concern.Intent.OFFLINE);
    }
    if (scene.managers().excluding(scene.situation().cluster(), member).isPresent()) {
      return keeps(Concern.Intent.EXCLUDED);
    }
    var isDeclaredDelayed =
        member.role().equals(Optional.of(InstanceRole.DELAYED)) || member.delay().isPositive();
    return switch (server.facts().recovery()) {
      case Reading.Seen<RecoverySettings>(var settings)
          when isDeclaredDelayed || settings.applyDelay().isPositive() ->
          keeps(Concern.Intent.DELAYED);
      case Reading.Seen<RecoverySettings> other -> List.of();
      case Reading.Denied<RecoverySettings> denied when isDeclaredDelayed ->
          keeps(Concern.Intent.DELAYED);
      case Reading.Denied<RecoverySettings> denied ->
          Scene.unknown(server, "recovery_min_apply_delay");
    };
  }

  private List<Finding> keeps(Concern.Intent intent) {
    return List.of(Finding.both(Safety.NO, new Concern.KeptFromLeading(member, intent)));
  }

  private List<Finding> drifts() {
    var subject = Subject.of(member);
    var found = new ArrayList<Finding>();
    Stream.concat(DECISIVE.stream(), HARMFUL.stream())
        .flatMap(kind -> scene.drift(kind, subject).stream())
        .forEach(drift -> found.add(Finding.both(Safety.NO, new Concern.OpenDrift(drift))));
    DECISIVE.stream()
        .filter(kind -> !scene.isEvaluated(kind, subject))
        .filter(kind -> scene.drift(kind, subject).isEmpty())
        .forEach(
            kind ->
                found.add(Finding.both(Safety.UNKNOWN, new Concern.NotEvaluated(kind, member))));
    return found;
  }

  /** A clean shutdown waits for those that stream from the primary itself, and for no other. */
  private List<Finding> streaming(Optional<ReplicationLink> link) {
    if (isDetached()) {
      return List.of();
    }
    var upstream = link.map(ReplicationLink::upstream);
    if (upstream.isEmpty()) {
      return List.of(
          Finding.both(Safety.UNKNOWN, new Concern.NotStreaming(server, Streaming.UNKNOWN)));
    }
    if (!upstream.get().equals(new Peer.Known(scene.primary().endpoint()))) {
      return List.of(
          Finding.both(Safety.UNKNOWN, new Concern.BehindMember(server, upstream.get())));
    }
    return switch (Streaming.of(link.get(), scene.live())) {
      case YES -> List.of();
      case NO -> List.of(Finding.both(Safety.NO, new Concern.NotStreaming(server, Streaming.NO)));
      case UNKNOWN ->
          List.of(
              Finding.both(Safety.UNKNOWN, new Concern.NotStreaming(server, Streaming.UNKNOWN)));
    };
  }

  /** That is a finding of its own, with the reason. */
  private boolean isDetached() {
    return Stream.of(DriftKind.REPLICA_DETACHED, DriftKind.ORPHANED_REPLICA)
        .flatMap(kind -> scene.drift(kind, Subject.of(member)).stream())
        .map(Drift::kind)
        .findFirst()
        .isPresent();
  }

  private List<Finding> targets() {
    if (server.facts().identity().version().major() < FIRST_WITH_RECOVERY_SETTINGS) {
      return Scene.unknown(server, "recovery.conf");
    }
    var found = new ArrayList<Finding>();
    for (var target : Survey.RECOVERY_TARGETS) {
      var value = Scene.setting(server, target);
      if (value.isEmpty()) {
        return Scene.unknown(server, target);
      }
      value
          .filter(it -> !it.isEmpty())
          .ifPresent(
              it ->
                  found.add(
                      Finding.both(Safety.NO, new Concern.StopsAtTarget(server, target, it))));
    }
    return found;
  }

  private List<Finding> settings() {
    return Stream.of(readOnly(), archiving(), commits(), minor()).flatMap(List::stream).toList();
  }

  private List<Finding> readOnly() {
    var name = "default_transaction_read_only";
    return Scene.setting(server, name)
        .map(
            value ->
                value.equals("off")
                    ? List.<Finding>of()
                    : List.of(Finding.both(Safety.NO, new Concern.ReadOnlyAfterwards(server))))
        .orElseGet(() -> Scene.unknown(server, name));
  }

  private List<Finding> archiving() {
    var name = "archive_mode";
    var before = Scene.setting(scene.primary(), name);
    var after = Scene.setting(server, name);
    if (before.isEmpty() || after.isEmpty()) {
      return Scene.unknown(before.isEmpty() ? scene.primary() : server, name);
    }
    return !before.get().equals("off") && after.get().equals("off")
        ? List.of(Finding.both(Safety.NO, new Concern.ArchivesNothing(server, after.get())))
        : List.of();
  }

  /** Whether its own commits would wait for standbys that are not there. */
  private List<Finding> commits() {
    return CommitRules.check(scene, member, server);
  }

  private List<Finding> minor() {
    var has = server.facts().identity().version();
    var primary = scene.primary().facts().identity().version();
    return has.compareTo(primary) < 0
        ? List.of(Finding.note(new Concern.OlderMinor(server, has, primary)))
        : List.of();
  }
}
