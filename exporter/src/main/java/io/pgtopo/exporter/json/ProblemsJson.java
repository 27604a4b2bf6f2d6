package io.pgtopo.exporter.json;

import io.pgtopo.config.reading.Problem;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is wrong or suspicious in a declaration, as JSON. */
public final class ProblemsJson {
  private ProblemsJson() {}

  public static JsonObject render(List<Problem> problems) {
    return new JsonObject()
        .with("errors", Problem.count(problems, Problem.Severity.ERROR))
        .with("warnings", Problem.count(problems, Problem.Severity.WARNING))
        .with("problems", problems.stream().map(ProblemsJson::problem).toList());
  }

  static Map<String, @Nullable Object> problem(Problem problem) {
    return new JsonObject()
        .with("code", problem.code().name().toLowerCase(Locale.ROOT))
        .with("severity", problem.severity().label())
        .with("file", problem.file())
        .with("path", problem.path())
        .with("line", problem.line())
        .with("message", problem.message())
        .fields();
  }
}
