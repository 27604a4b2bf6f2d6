package io.pgtopo.exporter.json;

import io.pgtopo.config.reading.Problem;
import io.pgtopo.exporter.view.Version;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is wrong or suspicious in a declaration, as SARIF 2.1.0, which code hosts import. */
public final class SarifJson {
  private SarifJson() {}

  public static JsonObject render(List<Problem> problems) {
    var rules =
        problems.stream()
            .map(problem -> problem.code().name())
            .distinct()
            .sorted()
            .map(code -> new JsonObject().with("id", code).fields())
            .toList();
    var driver =
        new JsonObject()
            .with("name", "pgtopo")
            .with("version", Version.current())
            .with("rules", rules)
            .fields();
    var run =
        new JsonObject()
            .with("tool", new JsonObject().with("driver", driver).fields())
            .with("columnKind", "utf16CodeUnits")
            .with("results", problems.stream().map(SarifJson::result).toList())
            .fields();
    return new JsonObject()
        .with("$schema", "https://json.schemastore.org/sarif-2.1.0.json")
        .with("version", "2.1.0")
        .with("runs", List.of(run));
  }

  private static Map<String, @Nullable Object> result(Problem problem) {
    var text =
        problem.path().isEmpty() ? problem.message() : problem.path() + ": " + problem.message();
    return new JsonObject()
        .with("ruleId", problem.code().name())
        .with("level", problem.severity().label())
        .with("message", new JsonObject().with("text", text).fields())
        .with(
            "locations",
            List.of(new JsonObject().with("physicalLocation", location(problem)).fields()))
        .fields();
  }

  private static Map<String, @Nullable Object> location(Problem problem) {
    var artifact = new JsonObject().with("uri", uri(problem.file())).fields();
    var location = new JsonObject().with("artifactLocation", artifact);
    if (problem.line() > 0) {
      location.with("region", new JsonObject().with("startLine", problem.line()).fields());
    }
    return location.fields();
  }

  /** A relative file stays relative: it is meant from the root of the checkout. */
  private static String uri(String file) {
    var escaped = new StringBuilder();
    for (var octet : file.getBytes(java.nio.charset.StandardCharsets.UTF_8)) {
      var character = (char) (octet & 0xff);
      if (character < 128
          && (Character.isLetterOrDigit(character) || "/.-_~".indexOf(character) >= 0)) {
        escaped.append(character);
      } else {
        escaped.append("%%%02X".formatted((int) character));
      }
    }
    return file.startsWith("/") ? "file://" + escaped : escaped.toString();
  }
}
