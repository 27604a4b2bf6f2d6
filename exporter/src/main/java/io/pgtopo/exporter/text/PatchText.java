package io.pgtopo.exporter.text;

import com.github.difflib.DiffUtils;
import com.github.difflib.UnifiedDiffUtils;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The difference of two texts as {@code patch -p0} and {@code git apply -p0} take it. */
public final class PatchText {
  private static final int CONTEXT = 3;

  /** What no text file holds: it distinguishes a last line that is not ended from one that is. */
  private static final String OPEN_END = "\u0000";

  private PatchText() {}

  /** Empty if they are equal. */
  public static String render(String file, String before, String after) {
    var old = lines(before);
    var patch = DiffUtils.diff(old, lines(after));
    return UnifiedDiffUtils.generateUnifiedDiff(file, file, old, patch, CONTEXT).stream()
        .map(line -> line.replace(OPEN_END, "\n\\ No newline at end of file") + "\n")
        .collect(Collectors.joining());
  }

  private static List<String> lines(String text) {
    var lines = new ArrayList<>(List.of(text.split("\n", -1)));
    var last = lines.removeLast();
    if (!last.isEmpty()) {
      lines.add(last + OPEN_END);
    }
    return lines;
  }
}
