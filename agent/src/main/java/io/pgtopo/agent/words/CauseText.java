package io.pgtopo.agent.words;

import io.pgtopo.agent.drift.Reason;
import io.pgtopo.agent.judge.Cause;

/** The causes of a verdict in English. */
public final class CauseText {
  private CauseText() {}

  /** Which members, and how many; empty where the code says all. */
  public static String detail(Cause cause) {
    return switch (cause) {
      case Cause.AgentIsolated(var silent, var nodes) ->
          "%d of all %d nodes are silent".formatted(silent, nodes);
      case Cause.SplitBrain(var relation, var primaries) -> primaries + " primaries";
      case Cause.NoPrimary() -> "";
      case Cause.PrimaryAbsent(var instance, var liveness, var answering, var others) ->
          others == 0
              ? instance + ", without a replica"
              : "%s; %d of %d others answer".formatted(instance, answering, others);
      case Cause.PrimaryUnknown(var reason) -> unseen(reason);
      case Cause.SyncBlocked(var subject) -> subject.toString();
      case Cause.AllDetached(var replicas) -> replicas + " of them";
      case Cause.IntermediatesDead(var instances) -> String.join(", ", instances);
      case Cause.PartialView(var answering, var members) ->
          "%d of %d answered".formatted(answering, members);
    };
  }

  /** Without that no primary was seen, which the code says. */
  private static String unseen(Reason reason) {
    return switch (reason) {
      case Reason.NoMemberAnswered() -> "no member answered";
      case Reason.MembersSilent(var members, var answers) -> ReasonText.unseen(members, answers);
      case Reason.MembersHidden(var members) ->
          String.join(", ", members) + " not seen as a server of its own";
      default -> "";
    };
  }
}
