package io.pgtopo.agent.topology;

import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Labelled;
import java.util.Comparator;
import java.util.Locale;

/**
 * From where an instance without a link would receive WAL, by its configuration or by an earlier
 * link. No drift is derived from it.
 */
public record UnprovenLink(Peer upstream, Endpoint downstream, Source source)
    implements Comparable<UnprovenLink> {
  private static final Comparator<UnprovenLink> ORDER =
      Comparator.comparing(UnprovenLink::upstream)
          .thenComparing(UnprovenLink::downstream)
          .thenComparing(UnprovenLink::source);

  /** Where it is from. Its label is an API value. */
  public enum Source implements Labelled {
    /** The standby's {@code primary_conninfo} names the upstream: 12+. */
    PRIMARY_CONNINFO(Grade.CONFIGURED),
    /** The upstream has an inactive slot with the name of the instance. */
    SLOT(Grade.CONFIGURED),
    /** There was a link at the last poll in which one of its ends was readable. */
    SEEN_BEFORE(Grade.HISTORICAL);

    private final Grade grade;

    Source(Grade grade) {
      this.grade = grade;
    }
  }

  /** What the source amounts to. Its label is an API value, beside those of a proved link. */
  public enum Grade implements Labelled {
    CONFIGURED,
    HISTORICAL
  }

  /** The name that Patroni gives the slot of an instance: a slot's name has no hyphens. */
  public static String slotNameOf(String instance) {
    return instance.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]", "_");
  }

  /** What its source amounts to. */
  public Grade grade() {
    return source.grade;
  }

  @Override
  public int compareTo(UnprovenLink other) {
    return ORDER.compare(this, other);
  }
}
