package io.pgtopo.exporter.view;

import io.pgtopo.config.reading.Problem;
import java.util.List;
import java.util.Locale;

/** What is wrong or suspicious in a declaration. */
public record ProblemsReport(int errors, int warnings, List<ProblemEntry> problems) {

  /** One of them. */
  public record ProblemEntry(
      @OneOf(Problem.Code.class) String code,
      @OneOf(Problem.Level.class) String severity,
      String file,
      String path,
      int line,
      String message) {

    static ProblemEntry of(Problem problem) {
      return new ProblemEntry(
          problem.code().name().toLowerCase(Locale.ROOT),
          problem.level().label(),
          problem.file(),
          problem.path(),
          problem.line(),
          problem.message());
    }

    /** {@code file:line: path: message}, as compilers print it. */
    @Override
    public String toString() {
      return (line > 0 ? file + ":" + line : file)
          + (path.isEmpty() ? ": " : ": " + path + ": ")
          + message;
    }
  }

  public static ProblemsReport of(List<Problem> problems) {
    return new ProblemsReport(
        Problem.count(problems, Problem.Level.ERROR),
        Problem.count(problems, Problem.Level.WARNING),
        problems.stream().map(ProblemEntry::of).toList());
  }
}
