package io.pgtopo.agent.campaign;

import io.pgtopo.agent.drift.DriftKind;
import java.util.Comparator;

/**
 * Something that may be true of a cluster, an instance or a slot, in the agent's vocabulary. An
 * undeclared server and a loop, which is told of one of its members, are facts of their cluster.
 */
record Fact(DriftKind kind, String subject) implements Comparable<Fact> {
  @Override
  public int compareTo(Fact other) {
    return Comparator.comparing(Fact::kind).thenComparing(Fact::subject).compare(this, other);
  }

  @Override
  public String toString() {
    return kind.label() + " " + subject;
  }
}
