package io.pgtopo.agent.drift;

import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.Labelled;
import java.util.Comparator;
import java.util.Optional;

/**
 * What a drift is about: a cluster, an instance of it, or something that either of them holds.
 *
 * @param instance its name; for an undeclared one how its upstream sees it; empty for the cluster
 * @param node the host of a declared instance
 * @param part what of the instance, or of the cluster, it is about; empty for the whole of it
 */
public record Subject(
    String cluster, Optional<String> instance, Optional<String> node, Optional<Part> part)
    implements Comparable<Subject> {
  private static final Comparator<Subject> ORDER =
      Comparator.comparing(Subject::cluster)
          .thenComparing(subject -> subject.instance.orElse(""))
          .thenComparing(subject -> subject.node.orElse(""))
          .thenComparing(subject -> subject.part.map(Part::toString).orElse(""));

  /** A database, role, slot, service or subscription, by its name. */
  public record Part(Type type, String name) {

    /** What a part is. */
    public enum Type implements Labelled {
      DATABASE,
      ROLE,
      SLOT,
      SERVICE,
      SUBSCRIPTION
    }

    @Override
    public String toString() {
      return type.label() + " " + name;
    }
  }

  /** The cluster itself. */
  public static Subject of(Cluster cluster) {
    return new Subject(cluster.name(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** A declared instance. */
  public static Subject of(Instance instance) {
    return new Subject(
        instance.cluster(),
        Optional.of(instance.name()),
        Optional.of(instance.endpoint().host()),
        Optional.empty());
  }

  /** The instance, or the cluster, that this one is or is a part of. */
  public Subject whole() {
    return new Subject(cluster, instance, node, Optional.empty());
  }

  /** The cluster that this one belongs to. */
  public Subject wholeCluster() {
    return new Subject(cluster, Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** A part of this one. */
  public Subject part(Part.Type type, String name) {
    return new Subject(cluster, instance, node, Optional.of(new Part(type, name)));
  }

  @Override
  public int compareTo(Subject other) {
    return ORDER.compare(this, other);
  }

  /** The instance's name, or the cluster's if it is about the cluster, and the part. */
  @Override
  public String toString() {
    var whole = instance.orElse(cluster);
    return part.map(it -> whole + " " + it).orElse(whole);
  }
}
