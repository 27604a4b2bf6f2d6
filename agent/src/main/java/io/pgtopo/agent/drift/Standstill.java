package io.pgtopo.agent.drift;

import io.pgtopo.agent.observation.Lsn;
import java.util.Arrays;
import java.util.Optional;

/** Why a standby does not replay WAL. */
public sealed interface Standstill {

  /**
   * Replay is paused.
   *
   * @param target the setting by which recovery ends where replay goes on, as {@code
   *     recovery_target_name}; empty if none is set or shown
   */
  record Paused(Optional<String> target) implements Standstill {}

  /**
   * It waits for what a session of the standby uses.
   *
   * @param arrived how far its walreceiver has written WAL
   */
  record InConflict(Lsn arrived, Conflict conflict) implements Standstill {}

  /**
   * Nothing that it reports explains it.
   *
   * @param waitEvent {@code wait_event} of the startup process; empty if it waits for nothing, or
   *     that is hidden
   */
  record Unexplained(Lsn arrived, Optional<String> waitEvent) implements Standstill {}

  /** The recovery conflicts, by {@code wait_event} of the startup process, 13+. */
  enum Conflict {
    SNAPSHOT("RecoveryConflictSnapshot"),
    TABLESPACE("RecoveryConflictTablespace"),
    BUFFER("BufferPin"),
    /** Of the type {@code Lock}: an exclusive lock of the primary. */
    RELATION("relation"),
    OBJECT("object");

    private final String event;

    Conflict(String event) {
      this.event = event;
    }

    /** As {@code pg_stat_activity} shows it. */
    public String event() {
      return event;
    }

    /** The conflict that a wait event shows, if it shows one. */
    public static Optional<Conflict> of(String event) {
      return Arrays.stream(values()).filter(it -> it.event.equals(event)).findFirst();
    }
  }
}
