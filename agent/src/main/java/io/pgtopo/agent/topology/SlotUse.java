package io.pgtopo.agent.topology;

import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.observation.WalReceiver;
import io.pgtopo.config.model.Inventory;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;

/** The names of slots that some instance uses, would use, or bears itself. */
public final class SlotUse {
  private final Set<String> names = new HashSet<>();

  private SlotUse() {}

  /** Of all clusters: a standby cluster uses a slot of the one that it follows. */
  public static SlotUse of(Inventory declared, Topology live) {
    var use = new SlotUse();
    Stream.concat(declared.instances(), declared.elsewhere().stream())
        .forEach(it -> use.names.add(UnprovenLink.slotNameOf(it.name())));
    live.instances().values().forEach(use::note);
    return use;
  }

  private void note(LiveInstance found) {
    if (found.facts().state() instanceof ServerState.InRecovery recovery) {
      recovery
          .receiver()
          .ifSeen()
          .flatMap(row -> row)
          .flatMap(WalReceiver::slot)
          .ifPresent(names::add);
      found.facts().recovery().ifSeen().flatMap(settings -> settings.slot()).ifPresent(names::add);
    }
  }

  /**
   * Whether an instance reports which slot it uses, or would; before 12 only a walreceiver does.
   */
  public static boolean isReported(LiveInstance found) {
    return !(found.facts().state() instanceof ServerState.InRecovery recovery)
        || found.facts().recovery().ifSeen().isPresent()
        || recovery.receiver().ifSeen().flatMap(row -> row).isPresent();
  }

  /** Whether an instance uses, would use, or bears the name of a slot. */
  public boolean isUsed(String slot) {
    return names.contains(slot);
  }
}
