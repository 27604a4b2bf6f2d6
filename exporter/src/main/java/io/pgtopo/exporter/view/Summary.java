package io.pgtopo.exporter.view;

import java.util.List;
import java.util.Locale;

/** How many clusters and instances were looked at, and what came of it. */
public record Summary(
    int clusters, int instances, int reachable, int drifts, int unverifiable, int quiet) {

  /** What may be claimed of all of them together. */
  public enum Verdict {
    /** All was judged, and all is as declared. */
    AGREEMENT,
    /** At least one difference is proved. */
    DRIFT,
    /** No difference is proved, nor is there agreement: something could not be judged. */
    UNKNOWN;

    /** Lower case, stable. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public static Summary of(List<ClusterView> views) {
    return new Summary(
        views.size(),
        views.stream().mapToInt(view -> view.members().size()).sum(),
        views.stream().mapToInt(ClusterView::reachable).sum(),
        views.stream().mapToInt(view -> view.drifts().size()).sum(),
        views.stream().mapToInt(view -> view.unverifiable().size()).sum(),
        views.stream().mapToInt(view -> view.quiet().size()).sum());
  }

  /** Silence is no drift of its own: where nobody answered, nothing is known. */
  public Verdict verdict() {
    if (reachable == 0) {
      return Verdict.UNKNOWN;
    }
    if (drifts > 0) {
      return Verdict.DRIFT;
    }
    return unverifiable > 0 ? Verdict.UNKNOWN : Verdict.AGREEMENT;
  }

  @Override
  public String toString() {
    return count(clusters, "cluster")
        + ", "
        + count(instances, "instance")
        + ", "
        + count(drifts, "drift")
        + ", "
        + unverifiable
        + " unverifiable"
        + (quiet > 0 ? ", " + quiet + " ignored or suspended" : "");
  }

  /** A number with its noun. */
  public static String count(int number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }
}
