package io.pgtopo.agent.words;

import io.pgtopo.agent.failover.Concern;
import io.pgtopo.agent.observation.CommitOverride;
import io.pgtopo.agent.observation.ReplicationSlot;
import io.pgtopo.agent.observation.SynchronousStandbys;
import io.pgtopo.agent.topology.AddressBook;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.topology.LogicalLink;
import io.pgtopo.agent.topology.Streaming;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.Printable;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a failover depends on, in English: one sentence for each concern. */
final class ConcernText {
  private static final String UNKNOWN_ROLE = "servers of unknown role";

  private final AddressBook names;
  private final DriftText drifts;

  ConcernText(AddressBook names, DriftText drifts) {
    this.names = names;
    this.drifts = drifts;
  }

  String of(Concern concern) {
    return switch (concern) {
      case Concern.OfCluster it -> ofCluster(it);
      case Concern.OfCandidate it -> ofCandidate(it);
      case Concern.OfOthers it -> ofOthers(it);
    };
  }

  private String ofCluster(Concern.OfCluster concern) {
    return switch (concern) {
      case Concern.SeveralPrimaries(var primaries) ->
          "%s accept writes: promote nothing before it is settled which of them stays"
              .formatted(primaries.stream().map(this::name).collect(Collectors.joining(" and ")));
      case Concern.NoPrimarySeen(var cluster) ->
          "no server of %s is seen that accepts writes, so what it wrote last is unknown; see pgtopo diff %s"
              .formatted(cluster.name(), cluster.name());
      case Concern.FollowsOutside(var cluster, var upstream) ->
          "%s is a standby cluster%s: it has no primary of its own to replace"
              .formatted(
                  cluster.name(),
                  upstream.map(it -> " that follows " + names.nameOf(it)).orElse(""));
      case Concern.ForeignPrimary(var primary) ->
          "%s accepts writes, and is no member, nor does a member stream from it"
              .formatted(name(primary));
      case Concern.UnseenMembers(var members) ->
          "%s: not seen. %s may be a second primary, or have WAL that no other has"
              .formatted(members(members), members.size() == 1 ? "It" : "Each");
      case Concern.NoCandidate(var cluster) ->
          "no member of %s is there that could be promoted".formatted(cluster.name());
      case Concern.NotPromotable(var member, var live, var primary) ->
          live.isEmpty()
              ? "whether %s could be promoted is unknown: it is not seen".formatted(member.name())
              : live.get().endpoint().equals(primary.endpoint())
                  ? "%s is the primary".formatted(member.name())
                  : "%s is no replica of %s".formatted(member.name(), name(primary));
      case Concern.OpenDrift(var drift) -> drifts.sentence(drift);
      case Concern.NotEvaluated(var missing, var member) ->
          "%s of %s could not be evaluated; see pgtopo diff"
              .formatted(missing.label(), member.name());
      case Concern.OldPositions(var age) ->
          "the servers were polled %d s ago, which is too long to answer from"
              .formatted(age.toSeconds());
      case Concern.FactHidden(var server, var fact) ->
          "%s does not show %s".formatted(name(server), fact);
    };
  }

  private String ofCandidate(Concern.OfCandidate concern) {
    return switch (concern) {
      case Concern.KeptFromLeading(var member, var intent) ->
          "%s is not to lead: it is %s"
              .formatted(
                  member.name(),
                  switch (intent) {
                    case OFFLINE -> "declared offline";
                    case DELAYED -> "a delayed standby";
                    case EXCLUDED -> "excluded in Patroni (tag nofailover or failover_priority 0)";
                  });
      case Concern.NotStreaming(var candidate, var streaming) ->
          streaming == Streaming.NO
              ? "%s does not stream".formatted(name(candidate))
              : "whether %s streams is not proven by both ends".formatted(name(candidate));
      case Concern.BehindMember(var candidate, var upstream) ->
          "%s streams from %s, which may have more WAL: promote that one, or wait until %s has all of it"
              .formatted(name(candidate), names.nameOf(upstream), name(candidate));
      case Concern.Asynchronous(var primary, var candidate) ->
          "acknowledged commits may be lost: %s does not wait for %s (asynchronous)"
              .formatted(name(primary), name(candidate));
      case Concern.AllowedLoss(var candidate, var lost, var allowed, var isPatroni) ->
          lost.most() <= allowed
              ? "it lacks at most %d bytes of WAL; pg_rpo allows to lose %d"
                  .formatted(lost.most(), allowed)
              : "it lacks %d to %d bytes of WAL, and pg_rpo allows to lose %d%s"
                  .formatted(
                      lost.least(),
                      lost.most(),
                      allowed,
                      isPatroni && lost.least() > allowed
                          ? ": Patroni does not promote it by itself then (maximum_lag_on_failover), unless that WAL is newer than its last loop"
                          : "");
      case Concern.QuorumOfOthers(var primary, var standbys, var listed, var hasEarlier) ->
          hasEarlier
              ? "commits wait for %d of %d standbys, so another one may have the last of them: only the one with the most WAL has all"
                  .formatted(standbys.needed(), listed)
              : "commits wait for %d of %d standbys, and this one may lack what was acknowledged before: its positions do not prove it"
                  .formatted(standbys.needed(), listed);
      case Concern.RecentlySynchronous(var primary, var candidate) ->
          "%s is synchronous, but may lack commits that were acknowledged before it became so: its positions do not prove it"
              .formatted(name(candidate));
      case Concern.CommitsDoNotWait(var primary, var value) ->
          "acknowledged commits may be lost: synchronous_commit of %s is %s"
              .formatted(name(primary), value);
      case Concern.SomeCommitsDoNotWait(var primary, var overrides) ->
          "acknowledged commits may be lost: synchronous_commit is %s"
              .formatted(
                  overrides.stream().map(ConcernText::override).collect(Collectors.joining(", ")));
      case Concern.StopsAtTarget(var candidate, var setting, var target) ->
          "recovery of %s ends at a target (%s = %s), and not at the end of the WAL"
              .formatted(name(candidate), setting, target);
      case Concern.ReadOnlyAfterwards(var candidate) ->
          "new sessions of %s would be read-only (default_transaction_read_only)"
              .formatted(name(candidate));
      case Concern.OlderMinor(var candidate, var has, var primary) ->
          "%s runs %s, older than %s of the primary".formatted(name(candidate), has, primary);
    };
  }

  private String ofOthers(Concern.OfOthers concern) {
    return switch (concern) {
      case Concern.ArchivesNothing(var candidate, var mode) ->
          "%s would not archive WAL (archive_mode = %s), as the primary does"
              .formatted(name(candidate), mode);
      case Concern.WalLevelTooLow(var candidate, var needed, var has) ->
          "wal_level of %s is %s, and the slots of the primary need %s"
              .formatted(name(candidate), has, needed);
      case Concern.CommitsWouldWait(var candidate, var standbys, var present, var waived) ->
          "commits of %s%s would wait for %s, of which %d would be there"
              .formatted(
                  name(candidate),
                  waived.map(ConcernText::exception).orElse(""),
                  wanted(standbys),
                  present);
      case Concern.TooFewWalSenders(var candidate, var max, var needed) ->
          "%s has %d walsenders for %d members (max_wal_senders)"
              .formatted(name(candidate), max, needed);
      case Concern.StaysOnTimeline(var member, var target) ->
          "%s could not follow: recovery_target_timeline is %s, and a promotion begins a new one"
              .formatted(member.name(), target);
      case Concern.SettingsTooLow(var member, var candidate, var low) ->
          "%s would replay nothing that %s writes: %s. Raise that first, and restart %s"
              .formatted(
                  member.name(),
                  name(candidate),
                  low.stream()
                      .map(
                          it ->
                              "%s is %d, and %d there"
                                  .formatted(it.name(), it.value(), it.needed()))
                      .collect(Collectors.joining(", ")),
                  member.name());
      case Concern.NeedsRemovedWal(var member, var candidate) ->
          "%s could not follow: it needs WAL that %s has removed"
              .formatted(member.name(), name(candidate));
      case Concern.MayBeAhead(var members) ->
          "after a failover, %s may have WAL that the candidate has not: then pg_rewind or rebuild it before it follows"
              .formatted(members(members));
      case Concern.FollowsByHand(var followers) ->
          "no HA manager is seen: point %s at the new primary by hand"
              .formatted(followers.stream().map(names::nameOf).collect(Collectors.joining(", ")));
      case Concern.SlotToCreate(var member, var slot) ->
          "%s streams through slot %s, which is to be created there".formatted(member.name(), slot);
      case Concern.SlotEnds(var candidate, var slot, var link) ->
          "%s ends with the primary: %s has no copy of it%s"
              .formatted(
                  slot(slot, link),
                  name(candidate),
                  slot.failover() == ReplicationSlot.Failover.WANTED
                      ? " that is synchronized"
                      : "; it is no failover slot");
      case Concern.SlotUnproven(var candidate, var slot, var link) ->
          "%s: %s has one of this name, which is not proven to be its copy"
              .formatted(slot(slot, link), name(candidate));
      case Concern.ClientSlot(var candidate, var slot) ->
          "%s of a client that is no member is not on %s".formatted(slot(slot), name(candidate));
      case Concern.ServiceChanges(var service, var before, var after) ->
          "service %s leads to %s now, and would lead to %s"
              .formatted(
                  service.name(),
                  before.isEmpty() ? UNKNOWN_ROLE : roles(before),
                  after.map(ConcernText::roles).orElse(UNKNOWN_ROLE));
      case Concern.NeedsRebuild(var primary) ->
          "after a failover, %s could not be rewound: wal_log_hints and data checksums are off"
              .formatted(name(primary));
    };
  }

  /** Which commits wait, though those of the server do not. */
  static String exception(String synchronousCommit) {
    return ", of sessions that do not leave synchronous_commit at %s,".formatted(synchronousCommit);
  }

  private static String override(CommitOverride it) {
    var sessions =
        Stream.of(it.role().map("role "::concat), it.database().map("database "::concat))
            .flatMap(Optional::stream)
            .collect(Collectors.joining(" in "));
    return "%s for %s".formatted(it.value(), Printable.of(sessions));
  }

  private static String slot(ReplicationSlot slot) {
    return "%s slot %s"
        .formatted(
            slot.type() == ReplicationSlot.Type.LOGICAL ? "logical" : "physical", slot.name());
  }

  /** A slot, and who would receive nothing any more. */
  String slot(ReplicationSlot slot, Optional<LogicalLink> link) {
    return slot(slot) + client(link);
  }

  /** As far as it is known. */
  private String client(Optional<LogicalLink> link) {
    return link.flatMap(LogicalLink::subscriber)
        .map(
            end ->
                " (subscription %s of %s)"
                    .formatted(end.subscription().name(), names.nameOf(end.at())))
        .or(
            () ->
                link.flatMap(LogicalLink::publisher)
                    .flatMap(LogicalLink.Publisher::client)
                    .map(client -> " (client %s)".formatted(names.nameOf(client))))
        .orElse("");
  }

  private static String wanted(SynchronousStandbys standbys) {
    return "%d of (%s)".formatted(standbys.needed(), String.join(", ", standbys.names()));
  }

  private static String roles(List<LiveRole> roles) {
    return roles.isEmpty()
        ? "no server"
        : roles.stream()
            .map(role -> role == LiveRole.PRIMARY ? "the primary" : "replicas")
            .collect(Collectors.joining(" and "));
  }

  private static String members(List<Instance> members) {
    return members.stream().map(Instance::name).collect(Collectors.joining(", "));
  }

  private String name(LiveInstance server) {
    return name(server.endpoint());
  }

  private String name(Endpoint endpoint) {
    return names.nameOf(endpoint);
  }
}
