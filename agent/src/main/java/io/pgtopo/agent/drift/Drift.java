package io.pgtopo.agent.drift;

import io.pgtopo.agent.service.OtherSources;
import io.pgtopo.agent.topology.Peer;
import io.pgtopo.agent.topology.ReplicationLink;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.config.model.Endpoint;
import java.util.List;
import java.util.Optional;

/**
 * One difference between what is declared and what is live, as facts; {@code agent.words} has the
 * English.
 */
public sealed interface Drift
    permits ClusterDrift,
        MemberDrift,
        ReplicationDrift,
        ServerDrift,
        SlotDrift,
        SubscriptionDrift,
        ObjectDrift,
        ServiceDrift,
        ManagerDrift,
        Drift.UndeclaredInstance,
        Drift.Unverifiable {

  /** Its kind. */
  DriftKind kind();

  /** What it is about. */
  Subject subject();

  /** How bad it is, unless a policy says otherwise. */
  default Severity severity() {
    return kind().severity();
  }

  /**
   * The endpoints whose silence leaves it open whether the drift still exists, besides that of the
   * instance that it is about.
   */
  default List<Endpoint> sources() {
    return List.of();
  }

  /** Whether a switchover, a failover or a restart that is going on may look so. */
  default boolean isLikeASwitchover() {
    return topic().isLikeASwitchover();
  }

  /**
   * Whether a cycle that does not find it shows that it is gone. What was proven and only cannot be
   * proven again stays open.
   */
  default boolean isRepaired(Topology now, OtherSources others) {
    return true;
  }

  /** The kind in question: of something unverifiable, the kind that could not be verified. */
  default DriftKind topic() {
    return kind();
  }

  /** What makes it the same drift in the next cycle, though its facts have moved on. */
  default Key key() {
    return new Key(kind(), subject(), Optional.empty());
  }

  /**
   * The identity of a drift over time.
   *
   * @param about for something unverifiable, the kind that could not be verified
   */
  record Key(DriftKind kind, Subject subject, Optional<DriftKind> about)
      implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      var byKind = kind.compareTo(other.kind);
      if (byKind != 0) {
        return byKind;
      }
      var bySubject = subject.compareTo(other.subject);
      return bySubject != 0
          ? bySubject
          : about.map(DriftKind::ordinal).orElse(-1)
              - other.about.map(DriftKind::ordinal).orElse(-1);
    }
  }

  /** {@link DriftKind#UNDECLARED_INSTANCE}. */
  record UndeclaredInstance(UndeclaredServer found) implements Drift {

    @Override
    public DriftKind kind() {
      return DriftKind.UNDECLARED_INSTANCE;
    }

    @Override
    public Subject subject() {
      return new Subject(
          found.cluster(), Optional.of(found.name()), Optional.empty(), Optional.empty());
    }

    @Override
    public List<Endpoint> sources() {
      var source = found.link().map(ReplicationLink::upstream).orElse(found.peer());
      return source instanceof Peer.Known(var endpoint) ? List.of(endpoint) : List.of();
    }
  }

  /** {@link DriftKind#UNVERIFIABLE}: the kind that could not be verified, and why not. */
  record Unverifiable(DriftKind about, Subject subject, Reason reason) implements Drift {

    @Override
    public DriftKind kind() {
      return DriftKind.UNVERIFIABLE;
    }

    @Override
    public DriftKind topic() {
      return about;
    }

    @Override
    public Key key() {
      return new Key(kind(), subject, Optional.of(about));
    }
  }
}
