package io.pgtopo.config.reading;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the word that was meant. A swap of two neighbours counts as one edit. */
public final class Suggestion {
  private static final int LONGEST = 64;
  private static final int MAX_EDITS = 3;

  private Suggestion() {}

  /** {@code ; did you mean X?}; empty if no candidate is close. */
  public static String question(String word, Collection<String> candidates) {
    return of(word, candidates, MAX_EDITS).map(meant -> "; did you mean " + meant + "?").orElse("");
  }

  /** The closest of the candidates within that many edits; ignores case. */
  public static Optional<String> of(String word, Collection<String> candidates, int maxEdits) {
    if (word.length() > LONGEST) {
      return Optional.empty();
    }
    var lower = word.toLowerCase(Locale.ROOT);
    return candidates.stream()
        .filter(candidate -> Math.abs(candidate.length() - lower.length()) <= maxEdits)
        .filter(candidate -> edits(lower, candidate) <= maxEdits)
        .min(
            Comparator.<String>comparingInt(candidate -> edits(lower, candidate))
                .thenComparing(Comparator.naturalOrder()));
  }

  /** Optimal string alignment distance. */
  private static int edits(String a, String b) {
    var rows = new int[a.length() + 1][b.length() + 1];
    for (var i = 0; i <= a.length(); i++) {
      for (var j = 0; j <= b.length(); j++) {
        rows[i][j] = i == 0 || j == 0 ? i + j : cheapest(rows, a, b, i, j);
      }
    }
    return rows[a.length()][b.length()];
  }

  private static int cheapest(int[][] rows, String a, String b, int i, int j) {
    var replaced = rows[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
    var best = Math.min(replaced, Math.min(rows[i - 1][j], rows[i][j - 1]) + 1);
    var isSwap =
        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
    return isSwap ? Math.min(best, rows[i - 2][j - 2] + 1) : best;
  }
}
