package io.pgtopo.agent.words;

import io.pgtopo.agent.drift.Reason;
import io.pgtopo.agent.topology.AddressBook;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Why something could not be verified, in English. */
final class ReasonText {
  private final AddressBook names;

  ReasonText(AddressBook names) {
    this.names = names;
  }

  String of(Reason reason) {
    return switch (reason) {
      case Reason.NotPolled() -> "it was not polled";
      case Reason.AgentFailed(var members, var failure) ->
          "nothing is known of %s: %s".formatted(and(members), failure.message());
      case Reason.AgentCutOff(var failure) ->
          failure.message() + "; the agent's own network is the likely cause";
      case Reason.NoMemberAnswered() -> "no member answered";
      case Reason.NoMajority() ->
          "its members have several system identifiers, and none of these is in the majority";
      case Reason.MembersSilent(var members, var answers) ->
          "no primary was seen, and " + unseen(members, answers);
      case Reason.MembersHidden(var members) ->
          "no primary was seen, and %s %s not seen as a server of its own"
              .formatted(and(members), members.size() == 1 ? "was" : "were");
      case Reason.NoPrimarySeen() -> "no primary was seen to compare it with";
      case Reason.SeveralPrimaries(var primaries) ->
          "%s accept writes, and their catalogs may differ"
              .formatted(
                  primaries.stream().map(names::nameOf).collect(Collectors.joining(" and ")));
      case Reason.OtherTimeline(var primary) ->
          "it is on another timeline than %s, or has replayed nothing"
              .formatted(names.nameOf(primary));
      case Reason.AheadUnconfirmed(var bytes, var upstream) ->
          "it is %d bytes ahead of what its upstream sent, but %s does not confirm it"
              .formatted(bytes, names.nameOf(upstream));
      case Reason.AheadOfStandby(var bytes, var upstream) ->
          "it is %d bytes ahead of what its upstream sent, but %s is a standby, and may receive or replay that WAL later"
              .formatted(bytes, names.nameOf(upstream));
      case Reason.HadOwnWal() ->
          "it was so before this agent was restarted, and it does not stream: nothing shows that it was rewound or rebuilt";
      case Reason.MaybeSameServer(var upstream, var expected) ->
          "it streams from %s, which may be another address of %s, its declared upstream"
              .formatted(names.nameOf(upstream), names.nameOf(expected));
      case Reason.MayRestore() ->
          "it has no walreceiver, but a restore_command: it may recover from an archive";
      case Reason.MayDelay(var delay) ->
          "it has no walreceiver, which is normal for up to its delay of %s after a start"
              .formatted(FactText.duration(delay));
      case Reason.Upstream(var head, var why) ->
          "its WAL comes through %s; of that: %s".formatted(names.nameOf(head), of(why));
      case Reason.LoopUnconfirmed() ->
          "it seems to stream from itself in a loop, but not both ends of each link report it";
      case Reason.BelowLoop(var head) ->
          "its WAL comes through what seems to be a loop at " + names.nameOf(head);
      case Reason.SlotMayBeUsed(var instances) ->
          "no instance that answered uses it, but %s may".formatted(or(instances));
      case Reason.MayBeDeclared(var instances) ->
          "it may be "
              + or(instances)
              + ", which is declared, and reports nothing that excludes it";
      case Reason.VipSilent(var vip, var failure) ->
          "no answer at %s: %s".formatted(vip, failure.message());
      case Reason.VipMayBeMember(var vip, var found, var members) ->
          "%s, and may be %s".formatted(ClusterText.identity(vip, found), or(members));
      case Reason.Hidden(var what, var text) ->
          switch (what) {
            case FACT -> text;
            case SYSTEM_IDENTIFIER -> "its system identifier is unknown: " + text;
            case CLIENT ->
                "it may be a backup or an archiver, and no replica: its row is hidden; " + text;
            case RECOVERY_SETTINGS -> "it has no walreceiver; " + text;
            case CATALOGS -> "the catalogs of its primary are unknown: " + text;
            case DATABASE_CONTENTS -> "its schemas and extensions are unknown: " + text;
          };
      case Reason.SettingsHidden(var server, var text) ->
          "the settings of %s are unknown: %s".formatted(names.nameOf(server), text);
    };
  }

  /** Which members gave no facts. */
  static String unseen(List<String> silent, List<String> answers) {
    return Stream.concat(
            Stream.of(and(silent) + " did not answer").filter(text -> !silent.isEmpty()),
            answers.stream())
        .collect(Collectors.joining(", "));
  }

  private static String and(List<String> names) {
    return String.join(", ", names);
  }

  private static String or(List<String> names) {
    return String.join(" or ", names);
  }
}
