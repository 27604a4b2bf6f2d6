package io.pgtopo.lab;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/** The configuration of one instance, set by its methods before the cluster starts. */
public final class InstancePlan {
  /** Roles as Pigsty declares them. */
  enum DeclaredRole {
    PRIMARY,
    REPLICA,
    OFFLINE;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final int seq;
  private DeclaredRole role;
  private OptionalInt upstream = OptionalInt.empty();
  private Optional<Duration> delay = Optional.empty();
  private Optional<String> applicationName = Optional.empty();
  private boolean hasSlot;
  private boolean hasSocket;
  private List<String> words = List.of();
  private ServerParameters settings = ServerParameters.NONE;

  InstancePlan(int seq, DeclaredRole role) {
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
    hasSlot = true;
    return this;
  }

  /** Sets another application_name than its own name. */
  public InstancePlan applicationName(String name) {
    applicationName = Optional.of(name);
    return this;
  }

  public InstancePlan set(String name, String value) {
    settings = settings.with(name, value);
    return this;
  }

  /** Listens on a Unix-domain socket too; see {@link LabInstance#socketDirectory}. */
  public InstancePlan socket() {
    hasSocket = true;
    return this;
  }

  /** Starts its server by another program, such as {@code env} with what changes its clock. */
  public InstancePlan startedBy(String... command) {
    words = List.of(command);
    return this;
  }

  /** Is declared with {@code pg_role: offline}: a replica kept for other work. */
  public InstancePlan offline() {
    role = DeclaredRole.OFFLINE;
    return this;
  }

  int seq() {
    return seq;
  }

  DeclaredRole role() {
    return role;
  }

  OptionalInt upstream() {
    return upstream;
  }

  Optional<Duration> applyDelay() {
    return delay;
  }

  boolean hasSlot() {
    return hasSlot;
  }

  List<String> startedBy() {
    return words;
  }

  boolean hasSocket() {
    return hasSocket;
  }

  String applicationNameOr(String instance) {
    return applicationName.orElse(instance);
  }

  /** The parameters of this plan, including the delay. */
  ServerParameters settings() {
    return delay
        .map(
            applied ->
                settings.with("recovery_min_apply_delay", ServerParameters.interval(applied)))
        .orElse(settings);
  }
}
