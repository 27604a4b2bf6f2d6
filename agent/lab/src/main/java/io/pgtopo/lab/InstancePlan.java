package io.pgtopo.lab;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What one instance shall be; filled in by its methods before the cluster starts, and then read
 * once.
 */
public final class InstancePlan {
  /** Roles as Pigsty declares them. */
  enum Role {
    PRIMARY,
    REPLICA,
    OFFLINE;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  enum Slot {
    NONE,
    OWN
  }

  enum Socket {
    NONE,
    DIRECTORY
  }

  private final int seq;
  private Role role;
  private OptionalInt upstream = OptionalInt.empty();
  private Optional<Duration> delay = Optional.empty();
  private Optional<String> applicationName = Optional.empty();
  private Slot slot = Slot.NONE;
  private Socket socket = Socket.NONE;
  private Settings settings = Settings.NONE;

  InstancePlan(int seq, Role role) {
    if (seq < 0) {
      throw new IllegalArgumentException("An instance's number is 0 or more. Found: " + seq);
    }
    this.seq = seq;
    this.role = role;
  }

  /** Follows another replica instead of the primary: a cascade, declared as {@code pg_upstream}. */
  public InstancePlan follows(int upstreamSeq) {
    upstream = OptionalInt.of(upstreamSeq);
    return this;
  }

  /** Applies WAL this much later, by recovery_min_apply_delay. */
  public InstancePlan delay(Duration applyDelay) {
    delay = Optional.of(applyDelay);
    return this;
  }

  /**
   * Streams through a slot of its own on its upstream, named as Patroni names it: {@code
   * pg_test_3}.
   */
  public InstancePlan slot() {
    slot = Slot.OWN;
    return this;
  }

  /** Announces itself upstream by this name instead of its own. */
  public InstancePlan applicationName(String name) {
    applicationName = Optional.of(name);
    return this;
  }

  /** Sets a configuration parameter. */
  public InstancePlan set(String name, String value) {
    settings = settings.with(name, value);
    return this;
  }

  /** Listens on a Unix-domain socket too; see {@link LabInstance#socketDirectory}. */
  public InstancePlan socket() {
    socket = Socket.DIRECTORY;
    return this;
  }

  /** Is declared with {@code pg_role: offline}: a replica kept for other work. */
  public InstancePlan offline() {
    role = Role.OFFLINE;
    return this;
  }

  int seq() {
    return seq;
  }

  Role role() {
    return role;
  }

  OptionalInt upstream() {
    return upstream;
  }

  Optional<Duration> applyDelay() {
    return delay;
  }

  boolean hasSlot() {
    return slot == Slot.OWN;
  }

  boolean hasSocket() {
    return socket == Socket.DIRECTORY;
  }

  String applicationNameOr(String instance) {
    return applicationName.orElse(instance);
  }

  /** The parameters that this plan sets, the delay among them. */
  Settings settings() {
    return delay
        .map(wanted -> settings.with("recovery_min_apply_delay", Settings.interval(wanted)))
        .orElse(settings);
  }
}
