package io.pgtopo.agent.words;

import io.pgtopo.agent.drift.CompetingPrimary;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.Identity;
import io.pgtopo.agent.observation.InstanceFacts;
import io.pgtopo.agent.observation.ReplicationSlot;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.topology.AddressBook;
import io.pgtopo.agent.topology.Detachment;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveUpstream;
import io.pgtopo.agent.topology.ReplicationClient;
import io.pgtopo.agent.topology.ReplicationLink;
import io.pgtopo.agent.topology.ReportedLiveness;
import io.pgtopo.config.model.Endpoint;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Facts in English: the state of a server, the evidence of a link, why it is missing. */
final class FactText {
  private final AddressBook names;

  FactText(AddressBook names) {
    this.names = names;
  }

  Stream<String> liveness(ReportedLiveness reported, Failure failure) {
    var replicas =
        reported.replicas().stream().map(names::nameOf).collect(Collectors.joining(", "));
    return switch (reported.liveness()) {
      case ALIVE ->
          Stream.of(
              reported.replicas().isEmpty()
                  ? failure.kind().isAnswer()
                      ? "alive: the server itself answered with this failure"
                      : "alive: it answered at the address of another instance"
                  : "alive: " + replicas + " received what it sent after this poll began");
      case LOST ->
          Stream.of("lost: every replica that should stream from it has lost it: " + replicas);
      case UNKNOWN ->
          reported.replicas().isEmpty()
              ? Stream.empty()
              : Stream.of(
                  "unknown whether it runs: %s %s not lost it yet"
                      .formatted(replicas, reported.replicas().size() == 1 ? "has" : "have"));
    };
  }

  static String systemId(Identity identity) {
    return identity.systemId().ifSeen().map(Object::toString).orElse("unknown");
  }

  static String duration(Duration duration) {
    return duration.toMillisPart() == 0 ? duration.toSeconds() + " s" : duration.toMillis() + " ms";
  }

  /** A duration that is measured, and not set. */
  static String seconds(Duration duration) {
    return duration.toSeconds() + " s";
  }

  /** Where an instance receives its WAL from. */
  String streams(LiveUpstream upstream) {
    return switch (upstream) {
      case LiveUpstream.Follows(var peer) -> "streams from " + names.nameOf(peer);
      case LiveUpstream.Foreign(var peer, var system) ->
          "tries to stream from %s, which has system identifier %s"
              .formatted(names.nameOf(peer), system);
      case LiveUpstream.NotNeeded notNeeded -> "not streaming";
      case LiveUpstream.Detached detached -> "not streaming; has no walreceiver";
      case LiveUpstream.Hidden hidden -> "unknown";
    };
  }

  /** The state of a server as it reports it. */
  String position(LiveInstance live) {
    return reports(live) + position(live.facts());
  }

  /** The beginning of a sentence that a server reports. */
  String reports(LiveInstance live) {
    return nameAndAddress(live.endpoint()) + " reports: ";
  }

  /** The name of a server. */
  String name(Endpoint server) {
    return names.nameOf(server);
  }

  static String position(InstanceFacts facts) {
    var timeline = "timeline " + facts.timeline().id();
    return switch (facts.state()) {
      case ServerState.InProduction production ->
          "in production at %s on %s%s"
              .formatted(
                  production.written(),
                  timeline,
                  production
                      .promotedAt()
                      .map(lsn -> ", promoted at " + lsn + " since its start")
                      .orElse(""));
      case ServerState.InRecovery recovery ->
          "in recovery at %s on %s"
              .formatted(recovery.replayed().map(Object::toString).orElse("no LSN"), timeline);
    };
  }

  /** The clock of a server, and its offset from the agent's. */
  String clock(LiveInstance live) {
    return "%s%s by its clock, offset from the agent's %s to %s"
        .formatted(
            reports(live),
            live.facts().time().now(),
            duration(live.clock().least()),
            duration(live.clock().most()));
  }

  String relation(CompetingPrimary rivalry) {
    var rival = names.nameOf(rivalry.rival().endpoint());
    var newest = names.nameOf(rivalry.newest().endpoint());
    var timeline = rivalry.newest().facts().timeline().id();
    return switch (rivalry.relation()) {
      case ZOMBIE ->
          "zombie: %s wrote nothing past the point where timeline %d of %s began"
              .formatted(rival, timeline, newest);
      case UNDETERMINED ->
          "undetermined: unknown where timeline %d of %s left that of %s"
              .formatted(timeline, newest, rival);
      case TWIN -> "twins: %s and %s are on the same timeline".formatted(rival, newest);
      case DIVERGED ->
          "diverged: %s wrote %d bytes past the point where timeline %d of %s began"
              .formatted(rival, rivalry.bytesBeyond(), timeline, newest);
    };
  }

  /** How many standbys each of some primaries sends WAL to, as its walsenders show. */
  String followers(List<LiveInstance> primaries) {
    return primaries.stream()
        .map(primary -> "%s from %s".formatted(standbys(primary), names.nameOf(primary.endpoint())))
        .collect(Collectors.joining(", ", "standbys streaming: ", ""));
  }

  /** A hidden walsender may serve a standby. */
  private static String standbys(LiveInstance primary) {
    var kinds =
        ReplicationClient.of(primary.facts().replication()).stream()
            .map(ReplicationClient::kind)
            .toList();
    return kinds.contains(ReplicationClient.Kind.UNKNOWN)
        ? "an unknown number"
        : String.valueOf(Collections.frequency(kinds, ReplicationClient.Kind.STANDBY));
  }

  /** Which ends report a link. */
  String link(ReplicationLink link) {
    return link(link, "hides its end");
  }

  /**
   * The same.
   *
   * @param other why the other end does not report it
   */
  String link(ReplicationLink link, String other) {
    var upstream = names.nameOf(link.upstream());
    var downstream = names.nameOf(link.downstream());
    return switch (link.grade()) {
      case BOTH_ENDS ->
          "reported by both ends: walsender %s of %s, walreceiver %s of %s"
              .formatted(senderPid(link), upstream, receiverPid(link), downstream);
      case DOWNSTREAM_ONLY ->
          "reported by %s (walreceiver %s); %s does not confirm it"
              .formatted(downstream, receiverPid(link), upstream);
      case UPSTREAM_ONLY ->
          "reported by %s (walsender %s); the other end %s"
              .formatted(upstream, senderPid(link), other);
    };
  }

  private static String senderPid(ReplicationLink link) {
    return link.sender().map(row -> String.valueOf(row.backend().pid())).orElse("");
  }

  private static String receiverPid(ReplicationLink link) {
    return link.receiver().map(row -> String.valueOf(row.backend().pid())).orElse("");
  }

  /** That a replica is not streaming. */
  String detached(Detachment why) {
    return switch (why) {
      case Detachment.Silent(var upstream, var silence) ->
          "not streaming; silent for at least " + seconds(silence.lasting());
      case Detachment.Undelivered undelivered -> "not streaming; no WAL arrives";
      case Detachment.NoWalSender none -> "not streaming; has no walsender";
      case Detachment.StandsStill still -> "not streaming; its link stands still";
      default -> "not streaming; has no walreceiver";
    };
  }

  String reason(Detachment why) {
    return switch (why) {
      case Detachment.NoUpstreamConfigured none -> "its primary_conninfo is empty";
      case Detachment.UpstreamUnreachable(var upstream, var failure) ->
          failure.isAnswer()
              ? "its upstream %s answers the agent: %s"
                  .formatted(nameAndAddress(upstream), failure.label())
              : "its upstream %s did not answer the agent either: %s"
                  .formatted(nameAndAddress(upstream), failure.label());
      case Detachment.OtherSystemIdentifier(var upstream, var theirs) ->
          "its primary_conninfo leads to %s, which has system identifier %s"
              .formatted(nameAndAddress(upstream), theirs);
      case Detachment.OlderTimeline(var upstream, var theirs, var own) ->
          "it is on timeline %d, and its primary_conninfo leads to %s, which is on timeline %d"
              .formatted(own, nameAndAddress(upstream), theirs);
      case Detachment.AheadOfUpstream(var upstream, var own, var theirs) ->
          "it has replayed up to %s, which %s, written up to %s, does not have: an upstream sends nothing to a server that is ahead of it"
              .formatted(own, nameAndAddress(upstream), theirs);
      case Detachment.SlotMissing(var upstream, var slot) ->
          "it uses slot %s, which %s does not have".formatted(slot, nameAndAddress(upstream));
      case Detachment.SlotLost(var upstream, var slot, var invalidation) ->
          invalidation.equals(Optional.of(ReplicationSlot.IDLE))
              ? "its slot %s at %s is invalidated (idle_timeout): it needs a new one, and its WAL may still be there"
                  .formatted(slot, nameAndAddress(upstream))
              : "its slot %s at %s has lost WAL that it needs"
                  .formatted(slot, nameAndAddress(upstream));
      case Detachment.WalRemoved(var upstream, var needed, var oldest, var holder) ->
          "it needs WAL from %s on, and the oldest WAL on %s begins at %s%s"
              .formatted(
                  needed,
                  nameAndAddress(upstream),
                  oldest,
                  holder
                      .map(it -> "; " + nameAndAddress(it) + " had it when it was read last")
                      .orElse(": it must be rebuilt"));
      case Detachment.NoFreeWalSender(var upstream, var max) when max == 0 ->
          "%s allows no walsender (max_wal_senders is 0)".formatted(nameAndAddress(upstream));
      case Detachment.NoFreeWalSender(var upstream, var max) ->
          "all %d walsenders of %s are taken (max_wal_senders)"
              .formatted(max, nameAndAddress(upstream));
      case Detachment.SlotHeld(var upstream, var slot, var pid) ->
          "its slot %s at %s is still held by its own earlier connection (walsender %d), until wal_sender_timeout ends that or pg_terminate_backend(%d) there"
              .formatted(slot, nameAndAddress(upstream), pid, pid);
      case Detachment.SlotBusy(var upstream, var slot, var user) ->
          "its slot %s at %s is used by %s"
              .formatted(slot, nameAndAddress(upstream), names.nameOf(user));
      case Detachment.Unexplained(var upstream) ->
          "%s reports no obstacle; check its login, pg_hba.conf, the network, whether its WAL is still there, and whether the replica has WAL of its own"
              .formatted(nameAndAddress(upstream));
      case Detachment.Silent(var upstream, var silence) ->
          "the connection to %s is open, and the last message on it is at least %s old; it is never older than %s while both ends run"
              .formatted(
                  names.nameOf(upstream), seconds(silence.lasting()), duration(silence.usual()));
      case Detachment.Undelivered it -> undelivered(it);
      case Detachment.NoWalSender(var upstream, var receiver) ->
          "its walreceiver %d is %s, and %s has no walsender for it: the connection is gone, or the walreceiver is frozen"
              .formatted(receiver.backend().pid(), receiver.statusText(), nameAndAddress(upstream));
      case Detachment.StandsStill(var link) ->
          Stream.of(
                  link.sender()
                      .flatMap(row -> row.stream().ifSeen())
                      .map(
                          row ->
                              "the walsender of %s is in state %s"
                                  .formatted(names.nameOf(link.upstream()), row.stateText())),
                  link.receiver().map(row -> "its walreceiver is " + row.statusText()))
              .flatMap(Optional::stream)
              .collect(Collectors.joining(", ", "", ", and no WAL moves; its log has the reason"));
      case Detachment.NotPolled(var upstream) ->
          "its primary_conninfo names %s, which leads to no known server".formatted(upstream);
      case Detachment.ArchiveStalled(var replayed, var archived) ->
          "it has replayed up to %s and stands still; its primary has archived WAL from %s on, which its restore_command does not bring"
              .formatted(replayed, archived);
      case Detachment.Unknown(var reason) -> "unknown why: " + reason;
    };
  }

  String nameAndAddress(Endpoint endpoint) {
    var name = Optional.ofNullable(names.names().get(endpoint));
    return name.map(known -> known + " (" + endpoint + ")").orElseGet(endpoint::toString);
  }

  private String undelivered(Detachment.Undelivered it) {
    return "%s has WAL for it up to %s; it has received up to %s, and no more for at least %s"
            .formatted(
                names.nameOf(it.upstream()), it.available(), it.received(), seconds(it.lasting()))
        + switch (it.receivers()) {
          case RUN -> "";
          case END ->
              "; its walreceiver connects and ends again and again: its log has the reason, such as a full disk";
        };
  }
}
