package io.pgtopo.agent.drift;

import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.Identity;
import io.pgtopo.agent.topology.Peer;
import io.pgtopo.config.model.Endpoint;
import java.time.Duration;
import java.util.List;

/** Why something could not be verified. Names are those of declared instances, in order. */
public sealed interface Reason {

  /** A member was not polled. */
  record NotPolled() implements Reason {}

  /** This agent itself is why nothing is known of these members. */
  record AgentFailed(List<String> members, Failure failure) implements Reason {}

  /** A member did not answer, and the agent's own network is the likely cause. */
  record AgentCutOff(Failure failure) implements Reason {}

  /** No member answered. */
  record NoMemberAnswered() implements Reason {}

  /** The members have several system identifiers, none of them more often than another. */
  record NoMajority() implements Reason {}

  /**
   * No primary was seen, and some members gave no facts.
   *
   * @param members that did not answer
   * @param answers of the others that run, each with its name
   */
  record MembersSilent(List<String> members, List<String> answers) implements Reason {}

  /** No primary was seen, and the address of these members led to no server of their own. */
  record MembersHidden(List<String> members) implements Reason {}

  /** No primary was seen that it could be compared with. */
  record NoPrimarySeen() implements Reason {}

  /** Several primaries were seen, and what is true of one may not be of the other. */
  record SeveralPrimaries(List<Endpoint> primaries) implements Reason {}

  /** It is on another timeline than the primary, or has replayed nothing. */
  record OtherTimeline(Endpoint primary) implements Reason {}

  /** A replica is ahead of what its upstream sent, but only the replica shows it. */
  record AheadUnconfirmed(long bytes, Peer upstream) implements Reason {}

  /** A replica is ahead of what a standby sent, which may receive and replay that WAL later. */
  record AheadOfStandby(long bytes, Peer upstream) implements Reason {}

  /**
   * It had WAL of its own before the agent was restarted, and nothing shows that it is repaired.
   */
  record HadOwnWal() implements Reason {}

  /** A replica streams from what may be another address of its declared upstream. */
  record MaybeSameServer(Peer upstream, Endpoint expected) implements Reason {}

  /** It has no walreceiver, and may recover from an archive: it has a restore_command. */
  record MayRestore() implements Reason {}

  /** It has no walreceiver, which is normal up to its delay after a start. */
  record MayDelay(Duration delay) implements Reason {}

  /** Its WAL comes through a standby that is itself not verified. */
  record Upstream(Endpoint head, Reason reason) implements Reason {}

  /** It seems to be in a replication loop, but not both ends of each link report it. */
  record LoopUnconfirmed() implements Reason {}

  /** Its WAL comes through what seems to be a loop. */
  record BelowLoop(Endpoint head) implements Reason {}

  /** No instance that answered uses a slot, but these may. */
  record SlotMayBeUsed(List<String> instances) implements Reason {}

  /** An undeclared server may be one of these instances: nothing that they report excludes it. */
  record MayBeDeclared(List<String> instances) implements Reason {}

  /** Nothing answered at a VIP. */
  record VipSilent(Endpoint vip, Failure failure) implements Reason {}

  /** What answered at a VIP may be one of these members, which were not seen. */
  record VipMayBeMember(Endpoint vip, Identity found, List<String> members) implements Reason {}

  /**
   * It is hidden from the agent.
   *
   * @param text of the server or the driver, with the GRANT that would show it
   */
  record Hidden(What what, String text) implements Reason {

    /** What is hidden. */
    public enum What {
      /** The text says it. */
      FACT,
      SYSTEM_IDENTIFIER,
      CLIENT,
      RECOVERY_SETTINGS,
      CATALOGS,
      DATABASE_CONTENTS
    }
  }

  /** The settings of a server are hidden from the agent. */
  record SettingsHidden(Endpoint server, String text) implements Reason {}
}
