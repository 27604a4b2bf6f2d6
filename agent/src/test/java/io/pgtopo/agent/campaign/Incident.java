package io.pgtopo.agent.campaign;

import io.pgtopo.agent.drift.DriftKind;
import java.util.Optional;

/**
 * What may happen to a cluster.
 *
 * @param strike says what it did, or nothing where it cannot happen now
 */
record Incident(String label, Strike strike) {
  /** What it does; empty where it cannot happen now. */
  interface Strike {
    Optional<String> at(Stage stage);
  }

  /** The cluster on which an incident happens. */
  interface Stage {
    Arena arena();

    Optional<StagedServer> any();

    /** A replica that runs. */
    Optional<StagedServer> replica();

    /** The only primary. */
    Optional<StagedServer> leader();

    /** Another running server. */
    Optional<StagedServer> other(StagedServer than);

    Measured measured(StagedServer server);

    boolean isReady(StagedServer server);

    String act(String what, Runnable action);

    void signal(
        StagedServer server,
        String name,
        java.util.function.Predicate<Measuring.ServerProcessEntry> process,
        int most);

    String set(StagedServer server, DriftKind kind, String parameter, String value);

    void setQuietly(StagedServer server, String parameter, String value);

    String failArchiving(StagedServer server);

    String leaveSlot(StagedServer server);

    void dialWrongPort(StagedServer server);

    String fill(StagedServer server);

    String raiseMaxConnections(StagedServer server);

    boolean hasSlot(StagedServer server);

    Optional<String> dropSlot(StagedServer server);

    /** Packets between a replica and its upstream are dropped; the agent reaches both. */
    Optional<String> cutLink(StagedServer server, Firewall.Way way);

    /** Another replica follows one that receives nothing any more, and so is behind it. */
    Optional<String> followLagging(StagedServer lagging);

    Optional<String> initialiseAgain(StagedServer server);

    String restartAgainAndAgain(StagedServer server);

    Optional<String> addStranger(StagedServer upstream);
  }

  /** Long enough that it is to be told, in seconds. */
  int lasts(Arena.Traits traits) {
    return switch (label) {
      case "freeze_walreceiver",
          "freeze_walsender",
          "partition",
          "cut_link",
          "cut_in",
          "cut_out",
          "freeze" ->
          22 + traits.silence() + traits.statusInterval();
      case "freeze_postmaster", "full", "freeze_startup", "stop_smart" -> 27;
      case "restart_loop" -> 14;
      case "end_poll", "end_walreceiver", "restart", "freeze_checkpointer" -> 5;
      default -> 11;
    };
  }
}
