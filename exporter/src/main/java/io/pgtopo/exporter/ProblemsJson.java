package io.pgtopo.exporter;

import io.pgtopo.config.Problem;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is wrong or suspicious in a declaration, as JSON. */
final class ProblemsJson {
  private ProblemsJson() {}

  static JsonObject render(List<Problem> problems) {
    return new JsonObject()
        .with("errors", ProblemsText.number(problems, Problem.Severity.ERROR))
        .with("warnings", ProblemsText.number(problems, Problem.Severity.WARNING))
        .with("problems", problems.stream().map(ProblemsJson::problem).toList());
  }

  static Map<String, @Nullable Object> problem(Problem problem) {
    return new JsonObject()
        .with("code", problem.code().name().toLowerCase(Locale.ROOT))
        .with("severity", ProblemsText.severity(problem))
        .with("file", problem.file())
        .with("path", problem.path())
        .with("line", problem.line())
        .with("message", problem.message())
        .fields();
  }
}
