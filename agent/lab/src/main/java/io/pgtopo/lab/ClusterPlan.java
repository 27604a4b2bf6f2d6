package io.pgtopo.lab;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The configuration of a cluster before {@link #start}. */
public final class ClusterPlan {
  private final Lab lab;
  private final String name;
  private final List<InstancePlan> instances = new ArrayList<>();
  private Optional<LabInstance> source = Optional.empty();

  ClusterPlan(Lab lab, String name) {
    this.lab = lab;
    this.name = name;
  }

  /** The primary; of a standby cluster, its leader. */
  public ClusterPlan primary(int seq) {
    return primary(seq, plan -> {});
  }

  public ClusterPlan primary(int seq, Consumer<InstancePlan> more) {
    return add(new InstancePlan(seq, InstancePlan.DeclaredRole.PRIMARY), more);
  }

  /** A replica of the primary. */
  public ClusterPlan replica(int seq) {
    return replica(seq, plan -> {});
  }

  public ClusterPlan replica(int seq, Consumer<InstancePlan> more) {
    return add(new InstancePlan(seq, InstancePlan.DeclaredRole.REPLICA), more);
  }

  /** Makes this a standby cluster: its primary follows a running instance of another cluster. */
  public ClusterPlan standbyOf(LabInstance instance) {
    source = Optional.of(instance);
    return this;
  }

  /** Makes and starts all instances; returns when every standby streams. */
  public LabCluster start() {
    check();
    long begin = System.nanoTime();
    var members = instances.stream().map(plan -> new LabInstance(lab.site(), name, plan)).toList();
    var cluster = new LabCluster(lab.site(), name, instances, source, members);
    source.ifPresentOrElse(
        instance -> LabInstance.copy(instance, members), () -> fillFromTemplate(members));
    Parallel.forEach(
        members,
        member -> {
          cluster.declaredUpstream(member).ifPresent(member::beginAsStandbyOf);
          member.start();
        });
    Parallel.forEach(members, LabInstance::createSlot);
    Parallel.forEach(
        members.stream().filter(LabInstance::isFollowing).toList(), LabInstance::awaitStreaming);
    lab.add(cluster);
    lab.site()
        .progress()
        .accept(
            "%s: %d instances run and stream after %.1f s"
                .formatted(name, members.size(), (System.nanoTime() - begin) / 1e9));
    return cluster;
  }

  private static void fillFromTemplate(List<LabInstance> members) {
    var identifier = SystemIdentifier.create(Instant.now());
    Parallel.forEach(members, member -> member.fillFromTemplate(identifier));
  }

  private ClusterPlan add(InstancePlan plan, Consumer<InstancePlan> more) {
    more.accept(plan);
    instances.add(plan);
    return this;
  }

  private void check() {
    long primaries =
        instances.stream().filter(plan -> plan.role() == InstancePlan.DeclaredRole.PRIMARY).count();
    if (primaries != 1) {
      throw new IllegalArgumentException(name + " needs one primary. Found: " + primaries);
    }
    var seqs = new HashSet<Integer>();
    for (var plan : instances) {
      if (!seqs.add(plan.seq())) {
        throw new IllegalArgumentException(name + " has two instances " + plan.seq());
      }
    }
    instances.forEach(this::checkPathToPrimary);
  }

  private void checkPathToPrimary(InstancePlan start) {
    var passed = new HashSet<Integer>();
    var next = start.upstream();
    while (next.isPresent()) {
      var seq = next.getAsInt();
      if (!passed.add(seq) || seq == start.seq()) {
        throw new IllegalArgumentException(name + "-" + start.seq() + " follows itself");
      }
      next =
          instances.stream()
              .filter(plan -> plan.seq() == seq)
              .findFirst()
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(name + " has no instance " + seq + " to follow"))
              .upstream();
    }
  }
}
