package io.pgtopo.agent.observation;

import java.util.List;
import java.util.Optional;

/**
 * The replication clients and slots of a server, as it reports them, its other sessions, and the
 * subscriptions that it runs.
 *
 * @param senders in order of their process ids; denied if {@code pg_stat_replication} is refused
 * @param slotRows in order of their names; denied if {@code pg_replication_slots} is refused
 * @param sessions denied without {@code pg_read_all_stats}
 * @param subscriptions in order of their databases and names; none on a standby, which runs none
 */
public record ReplicationView(
    Reading<List<WalSender>> senders,
    Reading<List<ReplicationSlot>> slotRows,
    Reading<Sessions> sessions,
    Reading<List<Subscription>> subscriptions) {

  /** What a server shows that runs no subscription. */
  public ReplicationView(
      Reading<List<WalSender>> senders,
      Reading<List<ReplicationSlot>> slotRows,
      Reading<Sessions> sessions) {
    this(senders, slotRows, sessions, Reading.seen(List.of()));
  }

  /** What a server shows that refuses no view and that nobody else uses. */
  public ReplicationView(List<WalSender> walSenders, List<ReplicationSlot> slots) {
    this(
        Reading.seen(List.copyOf(walSenders)),
        Reading.seen(List.copyOf(slots)),
        Reading.seen(Sessions.NONE));
  }

  /** The same with the subscriptions that the server runs. */
  ReplicationView with(Reading<List<Subscription>> others) {
    return new ReplicationView(senders, slotRows, sessions, others);
  }

  /** The walsenders that are visible: what is not among them may still exist. */
  public List<WalSender> walSenders() {
    return senders.ifSeen().orElse(List.of());
  }

  /** The slots that are visible: what is not among them may still exist. */
  public List<ReplicationSlot> slots() {
    return slotRows.ifSeen().orElse(List.of());
  }

  /** Whether every walsender is visible, with all of its row. */
  public boolean showsWalSenders() {
    return senders instanceof Reading.Seen
        && walSenders().stream().allMatch(row -> row.stream() instanceof Reading.Seen);
  }

  /** The slot that a walsender uses. */
  public Optional<ReplicationSlot> slotOf(WalSender sender) {
    return slots().stream()
        .filter(slot -> slot.activePid().filter(pid -> pid == sender.backend().pid()).isPresent())
        .findFirst();
  }
}
