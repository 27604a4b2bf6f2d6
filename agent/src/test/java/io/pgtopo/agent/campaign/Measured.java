package io.pgtopo.agent.campaign;

import java.util.List;
import java.util.Optional;

/**
 * What one server is at one moment, as its files and its processes show it: no SQL is needed, so a
 * server that hangs is measured too.
 *
 * @param systemId as pg_control has it
 * @param status line 8 of postmaster.pid: starting, ready, standby, stopping; empty if not running
 * @param isStopped whether all of its processes are stopped (SIGSTOP)
 * @param startedAt start of the postmaster in clock ticks since boot; 0 if not running
 */
record Measured(
    long systemId,
    Role role,
    String status,
    boolean isStopped,
    boolean isPostmasterStopped,
    boolean isStartupStopped,
    Optional<Receiver> receiver,
    List<Sender> senders,
    long startedAt,
    long checkpointerPid) {

  /** By the state in pg_control: in production, in archive recovery, or neither. */
  enum Role {
    PRIMARY,
    REPLICA,
    NEITHER
  }

  /**
   * A walreceiver process.
   *
   * @param upstream the other end of its TCP connection, as host:port; empty if it has none
   * @param localPort its own end's port
   */
  record Receiver(
      long pid, boolean isStopped, boolean isStreaming, Optional<String> upstream, int localPort) {}

  /** A walsender process, by the client's port, which its title has. */
  record Sender(long pid, boolean isStopped, int clientPort) {}

  Measured {
    senders = List.copyOf(senders);
  }

  /** Whether the postmaster runs. */
  boolean runs() {
    return startedAt != 0;
  }

  /** Whether it runs in production; while it starts, pg_control has what it was before. */
  boolean leads() {
    return runs() && role == Role.PRIMARY && !status.equals("starting");
  }

  /** Whether it runs, and takes connections unless its processes are stopped. */
  boolean isReady() {
    return runs() && status.equals("ready");
  }

  /** The walsender that serves a walreceiver. */
  Optional<Sender> senderTo(Receiver receiver) {
    return senders.stream()
        .filter(sender -> sender.clientPort() == receiver.localPort())
        .findFirst();
  }
}
