package io.pgtopo.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;

/** A cluster of running instances. One thread at a time may use a cluster and its instances. */
public final class LabCluster {
  private final Site site;
  private final String name;
  private final List<InstancePlan> declared;
  private final Optional<LabInstance> source;
  private final List<LabInstance> instances;

  LabCluster(
      Site site,
      String name,
      List<InstancePlan> declared,
      Optional<LabInstance> source,
      List<LabInstance> instances) {
    this.site = site;
    this.name = name;
    this.declared = List.copyOf(declared);
    this.source = source;
    this.instances = new ArrayList<>(instances);
  }

  /** The cluster's name, which is also its cluster_name. */
  public String name() {
    return name;
  }

  /** All instances, in the order of their declaration; those added later at the end. */
  public List<LabInstance> instances() {
    return List.copyOf(instances);
  }

  public LabInstance instance(int seq) {
    return instances.stream()
        .filter(instance -> instance.seq() == seq)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(name + " has no instance " + seq));
  }

  /**
   * Adds a replica that is not in {@link Lab#inventory}: a copy of a running instance, which it
   * follows.
   */
  public LabInstance addUndeclared(int seq, LabInstance upstream) {
    if (instances.stream().anyMatch(instance -> instance.seq() == seq)) {
      throw new IllegalArgumentException(name + " has an instance " + seq + " already");
    }
    var plan = new InstancePlan(seq, InstancePlan.DeclaredRole.REPLICA);
    var added = new LabInstance(site, name, plan);
    LabInstance.copy(upstream, List.of(added));
    added.beginAsStandbyOf(upstream);
    added.start();
    added.awaitStreaming();
    instances.add(added);
    return added;
  }

  /** The declared upstream of an instance. */
  Optional<LabInstance> declaredUpstream(LabInstance instance) {
    var plan = instance.plan();
    if (plan.role() == InstancePlan.DeclaredRole.PRIMARY) {
      return source;
    }
    return Optional.of(instance(plan.upstream().orElseGet(() -> primary().seq())));
  }

  /** This cluster's part of a Pigsty inventory: a group below {@code children}. */
  String inventory() {
    var text = new StringBuilder("    %s:\n      hosts:\n".formatted(name));
    for (var plan : declared) {
      text.append("        %s: %s\n".formatted(instance(plan.seq()).host(), host(plan)));
    }
    return text.append("      vars: { pg_cluster: %s, pg_port: %d }\n".formatted(name, port()))
        .toString();
  }

  private String host(InstancePlan plan) {
    var facts = new StringJoiner(", ", "{ ", " }");
    facts.add("pg_seq: " + plan.seq());
    facts.add("pg_role: " + plan.role().label());
    var isPrimary = plan.role() == InstancePlan.DeclaredRole.PRIMARY;
    if (isPrimary || plan.upstream().isPresent()) {
      declaredUpstream(instance(plan.seq()))
          .ifPresent(upstream -> facts.add("pg_upstream: " + upstream.host()));
    }
    plan.applyDelay()
        .ifPresent(delay -> facts.add("pg_delay: " + ServerParameters.interval(delay)));
    return facts.toString();
  }

  private int port() {
    return site.addresses().port();
  }

  private InstancePlan primary() {
    return declared.stream()
        .filter(plan -> plan.role() == InstancePlan.DeclaredRole.PRIMARY)
        .findFirst()
        .orElseThrow();
  }

  /** Waits until every replica has replayed all WAL of its upstream. */
  public void awaitReplay() {
    for (var instance : instances()) {
      if (instance.isRunning()) {
        Await.until(
            instance + " has no replica that lags",
            () ->
                instance
                    .value(
                        "SELECT count(*) FROM pg_stat_replication WHERE replay_lsn IS DISTINCT FROM"
                            + " CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()"
                            + " ELSE pg_current_wal_lsn() END")
                    .filter("0"::equals)
                    .isPresent());
      }
    }
  }
}
