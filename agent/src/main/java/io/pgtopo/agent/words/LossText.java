package io.pgtopo.agent.words;

import io.pgtopo.agent.failover.LossEffect;
import io.pgtopo.agent.failover.Readiness;
import io.pgtopo.agent.topology.AddressBook;
import io.pgtopo.config.model.Instance;
import java.util.stream.Collectors;

/** What the loss of a node costs, in English. */
final class LossText {
  private final AddressBook names;
  private final ConcernText concerns;

  LossText(AddressBook names, ConcernText concerns) {
    this.names = names;
    this.concerns = concerns;
  }

  String of(LossEffect effect) {
    return switch (effect) {
      case LossEffect.LosesWriter(var readiness) -> writer(readiness);
      case LossEffect.BlocksCommits(var standbys, var present, var waived) ->
          "commits%s would wait for %d synchronous standby%s, of which %d would be left"
              .formatted(
                  waived.map(ConcernText::exception).orElse(""),
                  standbys.needed(),
                  standbys.needed() == 1 ? "" : "s",
                  present);
      case LossEffect.EmptiesService(var service) ->
          "service %s would lead to no server".formatted(service.name());
      case LossEffect.LeavesNoCandidate none -> "no member would be left that could take over";
      case LossEffect.Detaches(var members) ->
          "%s would lose the upstream"
              .formatted(members.stream().map(Instance::name).collect(Collectors.joining(", ")));
      case LossEffect.EndsSlot(var standby, var slot, var link) ->
          "%s ends with %s: no other server has it"
              .formatted(concerns.slot(slot, link), standby.name());
      case LossEffect.UnknownEffect(var why) -> "unknown: " + concerns.of(why.concern());
    };
  }

  private String writer(Readiness readiness) {
    if (readiness.candidates().isEmpty()) {
      return "no server would accept writes, and no member could take over";
    }
    var best = readiness.candidates().getFirst();
    var who =
        readiness.isSafeForMostAdvanced()
            ? "the standby with the most WAL"
            : names.nameOf(best.live().endpoint());
    return "no server would accept writes until %s is promoted, which is %s"
        .formatted(
            who,
            switch (readiness.failover()) {
              case YES -> "safe";
              case NO -> "not safe";
              case UNKNOWN -> "not known to be safe";
            });
  }
}
