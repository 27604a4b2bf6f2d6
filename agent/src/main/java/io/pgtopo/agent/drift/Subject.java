package io.pgtopo.agent.drift;

import io.pgtopo.config.Cluster;
import io.pgtopo.config.Instance;
import java.util.Comparator;
import java.util.Optional;

/**
 * What a drift is about: a cluster, or an instance of it.
 *
 * @param instance its name; for an undeclared one how its upstream sees it; empty for the cluster
 * @param node the host of a declared instance
 */
public record Subject(String cluster, Optional<String> instance, Optional<String> node)
    implements Comparable<Subject> {
  private static final Comparator<Subject> ORDER =
      Comparator.comparing(Subject::cluster)
          .thenComparing(subject -> subject.instance.orElse(""))
          .thenComparing(subject -> subject.node.orElse(""));

  static Subject of(Cluster cluster) {
    return new Subject(cluster.name(), Optional.empty(), Optional.empty());
  }

  static Subject of(Instance instance) {
    return new Subject(
        instance.cluster(), Optional.of(instance.name()), Optional.of(instance.endpoint().host()));
  }

  @Override
  public int compareTo(Subject other) {
    return ORDER.compare(this, other);
  }

  /** The instance's name, or the cluster's if it is about the cluster. */
  @Override
  public String toString() {
    return instance.orElse(cluster);
  }
}
