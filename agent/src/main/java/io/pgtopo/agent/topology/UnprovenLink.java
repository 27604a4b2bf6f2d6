package io.pgtopo.agent.topology;

import io.pgtopo.config.model.Endpoint;
import java.util.Comparator;
import java.util.Locale;

/**
 * A link that nobody proves as things are: where an instance would receive WAL from, by what is
 * left of evidence. Nothing is judged by it.
 */
public record UnprovenLink(Peer upstream, Endpoint downstream, Source source)
    implements Comparable<UnprovenLink> {
  private static final Comparator<UnprovenLink> ORDER =
      Comparator.comparing(UnprovenLink::upstream)
          .thenComparing(UnprovenLink::downstream)
          .thenComparing(UnprovenLink::source);

  /** What is left of evidence. Its label is an API value. */
  public enum Source {
    /** The standby's {@code primary_conninfo} names the upstream: 12+. */
    PRIMARY_CONNINFO(Grade.CONFIGURED),
    /** The upstream keeps an idle slot that bears the name of the instance. */
    SLOT(Grade.CONFIGURED),
    /** There was a link when both ends, or one, could last be read. */
    SEEN_BEFORE(Grade.HISTORICAL);

    private final Grade grade;

    Source(Grade grade) {
      this.grade = grade;
    }

    /** Lower case, stable. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How faint a link is. Its label is an API value, beside those of a proved link. */
  public enum Grade {
    CONFIGURED,
    HISTORICAL;

    /** Lower case, stable. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How Patroni names the slot of an instance: a slot's name has no hyphens. */
  public static String slotNameOf(String instance) {
    return instance.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]", "_");
  }

  /** How faint it is. */
  public Grade grade() {
    return source.grade;
  }

  @Override
  public int compareTo(UnprovenLink other) {
    return ORDER.compare(this, other);
  }
}
