package io.pgtopo.exporter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/architecture.md describes the packages and types of the code. */
class ArchitectureDocumentTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  private final String document = Files.readString(ROOT.resolve("docs/architecture.md"));

  ArchitectureDocumentTest() throws IOException {}

  private static Stream<MatchResult> matches(String pattern, String text) {
    return Pattern.compile(pattern, Pattern.MULTILINE).matcher(text).results();
  }

  private static Set<Path> sources(String folder) throws IOException {
    var sources = new TreeSet<Path>();
    for (var module : matches("<module>(.*)</module>", read("pom.xml")).toList()) {
      var root = ROOT.resolve(module.group(1)).resolve(folder);
      if (Files.exists(root)) {
        try (var files = Files.walk(root)) {
          files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
        }
      }
    }
    return sources;
  }

  private static String read(String file) throws IOException {
    return Files.readString(ROOT.resolve(file));
  }

  @Test
  void every_package_with_code_has_one_row_and_no_other_has() throws IOException {
    var packages =
        sources("src/main/java").stream()
            .filter(file -> !file.endsWith("package-info.java"))
            .map(file -> folderOf(file).toString().replace('/', '.'))
            .map(name -> name.replaceFirst(".*\\.io\\.pgtopo\\.", ""))
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(named("^\\| `([a-z.]+)` \\| .* \\| .* \\|$"))
        .containsExactlyInAnyOrderElementsOf(packages);
  }

  @Test
  void every_type_and_file_that_it_names_exists() throws IOException {
    var types = new TreeSet<String>();
    var files = new TreeSet<String>();
    for (var folder : Set.of("src/main/java", "src/test/java")) {
      for (var file : sources(folder)) {
        files.add(folderOf(file).getFileName() + "/" + file.getFileName());
        matches("(?:class|record|interface|enum) ([A-Z]\\w+)", Files.readString(file))
            .forEach(type -> types.add(type.group(1)));
      }
    }

    assertThat(named("`(\\w+/\\w+\\.java)`").filter(file -> !files.contains(file)))
        .as("files that do not exist")
        .isEmpty();
    assertThat(
            Stream.concat(
                    named("`([A-Z][a-z]\\w+)(?:\\.\\w+)?`"), named("`\\w+\\.([A-Z][a-z]\\w+)`"))
                .filter(type -> !types.contains(type)))
        .as("types that do not exist")
        .isEmpty();
  }

  private Stream<String> named(String pattern) {
    return matches(pattern, document).map(name -> name.group(1));
  }

  private static Path folderOf(Path file) {
    return Objects.requireNonNull(file.getParent());
  }
}
