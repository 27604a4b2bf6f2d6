package io.pgtopo.exporter;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Who may depend on whom; docs/architecture.md says why. */
class ArchitectureTest {
  private static final JavaClasses ALL =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.pgtopo");

  private static final JavaClasses CODE = ALL.that(resideInAnyPackage("io.pgtopo.exporter.."));

  /** Each package, and what it may use: the tables of docs/architecture.md. */
  private static Map<String, List<String>> rooms() throws IOException {
    var rows =
        Pattern.compile("^\\| `([a-z.]+)` \\| .* \\| (.*) \\|$", Pattern.MULTILINE)
            .matcher(Files.readString(Path.of("../docs/architecture.md")));
    return rows.results()
        .collect(
            Collectors.toMap(
                row -> row.group(1), row -> List.of(row.group(2).strip().split("[ ,`]+"))));
  }

  @Test
  void each_package_uses_only_those_that_the_document_says() throws IOException {
    var rooms = rooms();
    var packages = ALL.stream().map(JavaClass::getPackageName).distinct().sorted().toList();
    assertThat(packages).hasSizeGreaterThan(30);
    for (var name : packages) {
      var room = name.substring("io.pgtopo.".length());
      assertThat(rooms).containsKey(room);
      // Those of the exporter may use the core besides; other rules limit that.
      var rest = room.startsWith("exporter.") ? "io.pgtopo.exporter.." : "io.pgtopo..";
      var used =
          rooms.keySet().stream()
              .filter(it -> it.equals(room) || isAmong(rooms.getOrDefault(room, List.of()), it))
              .map(it -> "io.pgtopo." + it)
              .toArray(String[]::new);
      if (!room.equals("exporter")) {
        classes()
            .that()
            .resideInAPackage(name)
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage(used).or(resideOutsideOfPackage(rest)))
            .check(ALL);
      }
    }
  }

  private static boolean isAmong(List<String> names, String room) {
    return names.contains(room.substring(room.lastIndexOf('.') + 1));
  }

  @Test
  void a_name_of_a_type_has_one_meaning_in_all_modules() {
    var names = new TreeSet<String>();

    var again =
        ALL.stream()
            .filter(JavaClass::isTopLevelClass)
            .map(JavaClass::getSimpleName)
            .filter(name -> !name.equals("package-info") && !names.add(name));
    assertThat(again).isEmpty();

    var nested = ALL.stream().filter(type -> !type.isTopLevelClass()).map(JavaClass::getSimpleName);
    assertThat(nested).isNotEmpty().doesNotContainAnyElementsOf(names);
  }

  @Test
  void no_room_holds_more_than_45_files() {
    var files =
        CODE.stream()
            .filter(type -> type.isTopLevelClass())
            .collect(Collectors.groupingBy(JavaClass::getPackageName, Collectors.counting()));

    assertThat(files.values()).allMatch(count -> count <= 45);
  }

  @Test
  void renderers_never_see_the_program_that_serves_or_requests_their_output() {
    slices().matching("io.pgtopo.exporter.(*)..").should().beFreeOfCycles().check(CODE);
  }

  @Test
  void the_root_package_alone_knows_how_servers_and_other_sources_are_read() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.pgtopo.exporter")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.pgtopo.agent.postgres..",
            "io.pgtopo.agent.fetch..",
            "io.pgtopo.agent.haproxy..",
            "io.pgtopo.agent.patroni..")
        .check(CODE);
  }

  @Test
  void main_alone_reads_the_clock() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName(Main.class.getName())
        .should()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(Clock.class, "systemUTC")
        .orShould()
        .callMethod(InstantSource.class, "system")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .check(CODE);
  }

  @Test
  void what_is_rendered_knows_neither_http_nor_a_terminal() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "io.pgtopo.exporter.view",
            "io.pgtopo.exporter.text",
            "io.pgtopo.exporter.json",
            "io.pgtopo.exporter.metrics")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.javalin..", "picocli..", "java.net..", "java.nio.file..")
        .check(CODE);
  }

  @Test
  void the_web_server_knows_nothing_of_postgresql() {
    noClasses()
        .that()
        .resideInAPackage("io.pgtopo.exporter.web")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.pgtopo.agent..", "io.pgtopo.lab..")
        .check(CODE);
  }

  @Test
  void nothing_that_answers_http_connects_anywhere() {
    noClasses()
        .that()
        .resideInAnyPackage("io.pgtopo.exporter..")
        .and()
        // Methods that it must have name the type; a server calls none of them.
        .doNotHaveSimpleName("ClientTrust")
        .and()
        // The command line's, for --agent.
        .doNotHaveSimpleName("AgentClient")
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.net.Socket")
        .orShould()
        .dependOnClassesThat()
        .resideInAPackage("java.net.http..")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.net.URL")
        .check(CODE);
  }
}
