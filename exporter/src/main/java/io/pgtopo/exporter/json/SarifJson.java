package io.pgtopo.exporter.json;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.pgtopo.config.reading.Problem;
import io.pgtopo.exporter.view.Version;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** What is wrong or suspicious in a declaration, as SARIF 2.1.0, which code hosts import. */
public record SarifJson(@JsonProperty("$schema") String schema, String version, List<Run> runs) {

  private record Run(Tool tool, String columnKind, List<Result> results) {}

  private record Tool(Driver driver) {}

  private record Driver(String name, String version, List<ReportingDescriptor> rules) {}

  private record ReportingDescriptor(String id) {}

  private record Result(String ruleId, String level, Message message, List<Location> locations) {
    static Result of(Problem problem) {
      var text =
          problem.path().isEmpty() ? problem.message() : problem.path() + ": " + problem.message();
      var region =
          problem.line() > 0 ? Optional.of(new Region(problem.line())) : Optional.<Region>empty();
      var place = new PhysicalLocation(new ArtifactLocation(uri(problem.file())), region);
      return new Result(
          problem.code().name(),
          problem.level().label(),
          new Message(text),
          List.of(new Location(place)));
    }
  }

  private record Message(String text) {}

  private record Location(PhysicalLocation physicalLocation) {}

  private record PhysicalLocation(
      ArtifactLocation artifactLocation,
      @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Region> region) {}

  private record ArtifactLocation(String uri) {}

  private record Region(int startLine) {}

  public static SarifJson of(List<Problem> problems) {
    var rules =
        problems.stream()
            .map(it -> it.code().name())
            .distinct()
            .sorted()
            .map(ReportingDescriptor::new)
            .toList();
    return new SarifJson(
        "https://json.schemastore.org/sarif-2.1.0.json",
        "2.1.0",
        List.of(
            new Run(
                new Tool(new Driver("pgtopo", Version.current(), rules)),
                "utf16CodeUnits",
                problems.stream().map(Result::of).toList())));
  }

  /** A relative file stays relative: it is meant from the root of the checkout. */
  private static String uri(String file) {
    var escaped = new StringBuilder();
    for (var octet : file.getBytes(StandardCharsets.UTF_8)) {
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
