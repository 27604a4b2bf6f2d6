package io.pgtopo.exporter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.observation.RefusableFact;
import io.pgtopo.exporter.testing.RealServers;
import io.pgtopo.exporter.text.Runbook;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the documents promise exists. */
class DocumentsTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  private static String read(Path file) throws IOException {
    return Files.readString(file);
  }

  private static List<Path> documents() throws IOException {
    var documents = new ArrayList<Path>();
    for (var folder : List.of(ROOT, ROOT.resolve("docs"), ROOT.resolve("grafana"))) {
      try (var files = Files.list(folder)) {
        files.filter(file -> file.toString().endsWith(".md")).forEach(documents::add);
      }
    }
    return documents;
  }

  private static Stream<String> matches(String pattern, String text) {
    Function<MatchResult, String> first = match -> match.group(1);
    return Pattern.compile(pattern, Pattern.MULTILINE).matcher(text).results().map(first);
  }

  @Test
  void every_link_between_documents_exists() throws IOException {
    for (var document : documents()) {
      matches("\\]\\(([^)#:]+)[^):]*\\)", read(document))
          .forEach(
              link ->
                  assertThat(document.resolveSibling(link))
                      .as("a link of %s", ROOT.relativize(document))
                      .exists());
    }
  }

  @Test
  void no_line_outside_of_code_and_tables_is_longer_than_160_characters() throws IOException {
    for (var document : documents()) {
      var prose = read(document).replaceAll("(?ms)^ *```.*?^ *```$", "").lines();

      assertThat(prose.filter(line -> !line.startsWith("|") && line.length() > 160))
          .as(ROOT.relativize(document).toString())
          .isEmpty();
    }
  }

  @Test
  void each_fact_that_a_server_may_refuse_is_a_row_with_its_statement() throws IOException {
    var page = read(ROOT.resolve("docs/configuration.md"));
    var rows =
        Stream.of(RefusableFact.values())
            .flatMap(
                fact ->
                    fact.objects().stream()
                        .map(
                            object ->
                                "| %s | %s | `GRANT %s` |"
                                    .formatted(
                                        fact.name().toLowerCase(Locale.ROOT).replace('_', ' '),
                                        fact.lost(),
                                        RefusableFact.privilege(object))));

    assertThat(page.lines()).containsSequence(rows.toList());
  }

  @Test
  void every_command_of_the_documents_exists() throws IOException {
    var commands = Cli.create(RealServers.context()).getSubcommands().keySet();
    for (var document : documents()) {
      matches("\\./pgtopo (\\w+)", read(document))
          .forEach(
              command ->
                  assertThat(commands).as(ROOT.relativize(document).toString()).contains(command));
    }
  }

  @Test
  void every_command_is_in_the_table_of_commands() throws IOException {
    var rows = matches("^\\| `pgtopo (\\w+)", read(ROOT.resolve("docs/cli.md")));

    assertThat(rows)
        .containsExactlyElementsOf(Cli.create(RealServers.context()).getSubcommands().keySet());
  }

  @Test
  void the_readme_lists_every_kind_of_drift_with_its_severity_and_meaning() throws IOException {
    var rows =
        matches(
                "^\\| (`\\w+` \\| (?:critical|warning|info|unknown) \\| .*) \\|$",
                read(ROOT.resolve("README.md")))
            .toList();
    var sections = Runbook.packed().sections();
    var kinds =
        Stream.of(DriftKind.values())
            .map(
                kind ->
                    "`%s` | %s | %s"
                        .formatted(
                            kind.label(),
                            kind.severity().label(),
                            meaning(sections.getOrDefault(kind.label(), ""))))
            .toList();

    assertThat(rows).containsExactlyInAnyOrderElementsOf(kinds);
  }

  /** The first paragraph of a section, {@code *warning*: An instance did not answer.} */
  private static String meaning(String section) {
    return section
        .split("\\R\\R", 2)[0]
        .replaceFirst("^\\*\\w+\\*: ", "")
        .replaceAll("\\R", " ")
        .replaceFirst("\\.$", "");
  }
}
