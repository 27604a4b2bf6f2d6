package io.pgtopo.agent.observation;

import java.util.List;
import java.util.Optional;

/**
 * The replication clients and slots of a server, as it reports them.
 *
 * @param walSenders in order of their process ids
 * @param slots in order of their names
 */
public record ReplicationView(List<WalSender> walSenders, List<ReplicationSlot> slots) {

  public ReplicationView {
    walSenders = List.copyOf(walSenders);
    slots = List.copyOf(slots);
  }

  /** The slot that a walsender uses. */
  public Optional<ReplicationSlot> slotOf(WalSender sender) {
    return slots.stream()
        .filter(slot -> slot.activePid().filter(pid -> pid == sender.backend().pid()).isPresent())
        .findFirst();
  }
}
