package io.pgtopo.agent.words;

import io.pgtopo.agent.drift.MemberDrift;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.topology.AddressBook;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.InstanceRole;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What is wrong with the server behind a declared address, in English. */
final class MemberText {
  private final AddressBook names;
  private final FactText facts;

  MemberText(AddressBook names, FactText facts) {
    this.names = names;
    this.facts = facts;
  }

  Wording of(MemberDrift drift) {
    return switch (drift) {
      case MemberDrift.ForeignSystemId foreign ->
          new Wording(
              "system identifier " + foreign.expected(),
              "system identifier " + foreign.live().proven(),
              List.of(
                  facts.position(foreign.live()),
                  "%d of its cluster have system identifier %s, it has %s"
                      .formatted(foreign.agreeing(), foreign.expected(), foreign.live().proven())));
      case MemberDrift.RestartLoop loop ->
          new Wording(
              "keeps running",
              "restarted %d times within 10 minutes"
                  .formatted(loop.crashes() + loop.starts() + loop.failedStarts()),
              Stream.of(
                      times(loop.crashes(), "crash recoveries, while the postmaster went on"),
                      times(loop.starts(), "starts of the server"),
                      times(
                          loop.failedStarts(),
                          "starts that ended before a connection was accepted"))
                  .flatMap(Optional::stream)
                  .toList());
      case MemberDrift.InstanceUnreachable silent ->
          new Wording(
              declaredRole(silent.instance()),
              "no answer: " + silent.failure().kind().label(),
              Stream.concat(
                      Stream.of(failure(silent)),
                      facts.liveness(silent.reported(), silent.failure()))
                  .toList());
      case MemberDrift.ConnectionsRefused refused ->
          new Wording(
              "accepts connections",
              "existing sessions work, new connections are refused: " + why(refused.failure()),
              List.of(
                  facts.position(refused.live()),
                  "a new connection to %s failed: %s"
                      .formatted(refused.instance().endpoint(), refused.failure().message())));
      case MemberDrift.DuplicateInstance duplicate ->
          new Wording(
              "a server of its own",
              "the server of " + names.nameOf(duplicate.server()),
              List.of(identity(duplicate)));
      case MemberDrift.SharedAddress shared ->
          new Wording(
              "a server of its own",
              "different servers at different times",
              List.of(
                  "polls of %s reached different servers: it is a load balancer or a virtual address, and proves nothing about this member"
                      .formatted(shared.instance().endpoint())));
      case MemberDrift.AddressMismatch mismatch ->
          new Wording(
              "on node " + mismatch.live().endpoint().host(),
              "on node " + mismatch.answeredFrom().host(),
              List.of(
                  facts.reports(mismatch.live())
                      + "it listens on %s, the address of another declared node"
                          .formatted(mismatch.answeredFrom())));
      case MemberDrift.RoleMismatch mismatch ->
          new Wording(
              declaredRole(mismatch.instance()),
              mismatch.live().role().label(),
              List.of(facts.position(mismatch.live())));
    };
  }

  /** Most failures name the address themselves. */
  private static String failure(MemberDrift.InstanceUnreachable silent) {
    var message = silent.failure().message();
    var address = silent.instance().endpoint().toString();
    return message.contains(address) ? message : address + ": " + message;
  }

  private static String why(Failure failure) {
    if (failure.isCannotConnectNow()) {
      return "shutting down";
    }
    return switch (failure.kind()) {
      case TIMEOUT, HUNG -> "no answer";
      default -> failure.kind().label().replace('_', ' ');
    };
  }

  static String declaredRole(Instance instance) {
    if (instance.isStandbyLeader()) {
      return "leader of a standby cluster";
    }
    return instance.role().map(InstanceRole::label).orElse("present");
  }

  private String identity(MemberDrift.DuplicateInstance duplicate) {
    var identity = duplicate.live().facts().identity();
    var sentence =
        switch (duplicate.proof()) {
          case BOTH_ANSWERED -> "%s and %s are answered by one server";
          case ITS_OWN_ADDRESS_IS_SILENT ->
              "%s is answered by the server of %s, whose own address does not answer";
        };
    return (sentence + ": system identifier %s, started %s, port %d%s")
        .formatted(
            facts.nameAndAddress(duplicate.instance().endpoint()),
            facts.nameAndAddress(duplicate.server()),
            FactText.systemId(identity),
            identity.startedAt(),
            identity.port(),
            identity.dataDirectory().ifSeen().map(path -> ", " + path).orElse(""));
  }

  private static Optional<String> times(int times, String event) {
    return times == 0 ? Optional.empty() : Optional.of(event + ": " + times);
  }
}
