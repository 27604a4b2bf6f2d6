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
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Who may depend on whom; docs/architecture.md says why. */
class ArchitectureTest {
  private static final JavaClasses CODE =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.pgtopo.exporter");

  /** Each room, and the rooms of the exporter that it may use. */
  private static final Map<String, Set<String>> ROOMS =
      Map.ofEntries(
          room("view"),
          room("text", "view"),
          room("json", "view"),
          room("web"),
          room("runtime", "web"),
          room("metrics", "runtime", "view", "web"),
          room("http", "json", "metrics", "runtime", "view", "web"),
          room("platform", "text"),
          room("client", "json", "platform", "view"),
          room("daemon", "http", "metrics", "platform", "runtime", "view", "web"),
          room("discover", "daemon", "platform", "view"),
          room("demo", "daemon", "platform", "text", "view"),
          room("cli", "client", "daemon", "demo", "discover", "json", "platform", "text", "view"));

  private static Map.Entry<String, Set<String>> room(String name, String... uses) {
    return Map.entry(name, Set.of(uses));
  }

  @Test
  void each_room_uses_only_the_rooms_that_it_may() {
    var rooms =
        CODE.stream()
            .map(JavaClass::getPackageName)
            .filter(name -> !name.equals("io.pgtopo.exporter"))
            .collect(Collectors.toCollection(TreeSet::new));
    for (var name : rooms) {
      var room = name.substring("io.pgtopo.exporter.".length());
      assertThat(ROOMS).containsKey(room);
      var allowed =
          Stream.concat(ROOMS.getOrDefault(room, Set.of()).stream(), Stream.of(room))
              .map(it -> "io.pgtopo.exporter." + it)
              .toArray(String[]::new);
      classes()
          .that()
          .resideInAPackage(name)
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(allowed).or(resideOutsideOfPackage("io.pgtopo.exporter..")))
          .check(CODE);
    }
  }

  @Test
  void a_name_of_a_type_has_one_meaning_in_all_modules() {
    var types =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.pgtopo");
    var names = new TreeSet<String>();

    var again =
        types.stream()
            .filter(JavaClass::isTopLevelClass)
            .map(JavaClass::getSimpleName)
            .filter(name -> !name.equals("package-info") && !names.add(name));
    assertThat(again).isEmpty();

    var nested =
        types.stream().filter(type -> !type.isTopLevelClass()).map(JavaClass::getSimpleName);
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
  void main_alone_knows_how_servers_are_polled() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName(Main.class.getName())
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.pgtopo.agent.postgres..")
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
