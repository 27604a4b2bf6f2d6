package io.pgtopo.exporter.text;

import io.pgtopo.config.model.Printable;
import io.pgtopo.config.reading.Problem;
import io.pgtopo.exporter.text.Style.Tone;
import io.pgtopo.exporter.view.Plural;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What is wrong or suspicious in a declaration, one a line, as compilers print it. */
public final class ProblemsText {
  private ProblemsText() {}

  public static String render(List<Problem> problems, Style style) {
    return problems.stream()
        .map(problem -> line(problem, style) + "\n")
        .collect(Collectors.joining());
  }

  /** As annotations of files. */
  public static String github(List<Problem> problems) {
    return problems.stream().map(ProblemsText::annotation).collect(Collectors.joining());
  }

  public static String count(List<Problem> problems) {
    var errors = Problem.count(problems, Problem.Level.ERROR);
    var warnings = Problem.count(problems, Problem.Level.WARNING);
    return Plural.of(errors, "error") + ", " + Plural.of(warnings, "warning");
  }

  private static String line(Problem problem, Style style) {
    var tone =
        switch (problem.level()) {
          case ERROR -> Tone.WRONG;
          case WARNING -> Tone.UNKNOWN;
        };
    var code = style.paint(Tone.FAINT, "[" + problem.code() + "]");
    return style.paint(tone, problem.level().label())
        + ": "
        + Printable.of(problem.toString())
        + " "
        + code;
  }

  private static String annotation(Problem problem) {
    var level =
        switch (problem.level()) {
          case ERROR -> GithubText.Level.ERROR;
          case WARNING -> GithubText.Level.WARNING;
        };
    var message =
        problem.path().isEmpty() ? problem.message() : problem.path() + ": " + problem.message();
    return GithubText.annotation(
        level,
        List.of(
            Map.entry("file", problem.file()),
            Map.entry("line", problem.line() > 0 ? String.valueOf(problem.line()) : ""),
            Map.entry("title", problem.code().name())),
        message);
  }
}
