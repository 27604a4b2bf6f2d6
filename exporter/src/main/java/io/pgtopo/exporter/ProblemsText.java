package io.pgtopo.exporter;

import io.pgtopo.config.Problem;
import io.pgtopo.exporter.Style.Tone;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What is wrong or suspicious in a declaration, one a line, as compilers print it. */
final class ProblemsText {
  private ProblemsText() {}

  static String render(List<Problem> problems, Style style) {
    return problems.stream()
        .map(problem -> line(problem, style) + "\n")
        .collect(Collectors.joining());
  }

  /** As annotations of files. */
  static String github(List<Problem> problems) {
    return problems.stream().map(ProblemsText::annotation).collect(Collectors.joining());
  }

  static String severity(Problem problem) {
    return problem.severity().name().toLowerCase(Locale.ROOT);
  }

  static String count(List<Problem> problems) {
    var errors = number(problems, Problem.Severity.ERROR);
    var warnings = number(problems, Problem.Severity.WARNING);
    return Summary.count(errors, "error") + ", " + Summary.count(warnings, "warning");
  }

  static int number(List<Problem> problems, Problem.Severity severity) {
    return (int) problems.stream().filter(problem -> problem.severity() == severity).count();
  }

  private static String line(Problem problem, Style style) {
    var tone =
        switch (problem.severity()) {
          case ERROR -> Tone.WRONG;
          case WARNING -> Tone.UNKNOWN;
        };
    var code = style.paint(Tone.FAINT, "[" + problem.code() + "]");
    return style.paint(tone, severity(problem)) + ": " + problem + " " + code;
  }

  private static String annotation(Problem problem) {
    var level =
        switch (problem.severity()) {
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
