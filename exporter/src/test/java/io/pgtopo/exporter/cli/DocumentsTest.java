package io.pgtopo.exporter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.observation.RefusableFact;
import io.pgtopo.exporter.testing.RealServers;
import io.pgtopo.exporter.testing.Shell;
import io.pgtopo.exporter.testing.Site;
import io.pgtopo.exporter.testing.Stories;
import io.pgtopo.exporter.testing.World;
import io.pgtopo.exporter.view.Runbook;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
  void the_check_command_of_icinga_states_a_result() throws IOException {
    var command = matches("command = \\[ (.*) \\]$", read(ROOT.resolve("docs/integrations.md")));
    var words = matches("\"(.*?)\"", command.findFirst().orElseThrow()).skip(1).toList();
    try (var site = new Site()) {
      site.show(World.lasting(Stories.promotedByHand()), Duration.ZERO);
      var shell = new Shell();

      var status =
          shell.run(
              words.stream()
                  .map(word -> word.replace("http://127.0.0.1:8432", site.url()))
                  .map(word -> word.replace("$pgtopo_cluster$", "pg-test"))
                  .toArray(String[]::new));

      assertThat(shell.out()).startsWith("PGTOPO CRITICAL - 1 cluster");
      assertThat(status).isEqualTo(2);
    }
  }

  @Test
  void each_promise_of_security_has_a_test_that_exists() throws IOException {
    var page = read(ROOT.resolve("docs/security.md"));
    var table = page.substring(page.indexOf("## The tests that attack it"));
    var tests = matches("`(\\w+(?:Test|IT))`", table).toList();
    var sources = new ArrayList<String>();
    for (var module : List.of("config", "agent", "exporter")) {
      try (var files = Files.walk(ROOT.resolve(module).resolve("src/test/java"))) {
        files.map(file -> file.getFileName().toString()).forEach(sources::add);
      }
    }

    assertThat(matches("^\\| ([^-].*) \\|$", table))
        .hasSizeGreaterThan(15)
        .allMatch(row -> row.startsWith("promise") || row.matches(".* \\| `.*"));
    assertThat(sources).containsAll(tests.stream().map(test -> test + ".java").toList());
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
