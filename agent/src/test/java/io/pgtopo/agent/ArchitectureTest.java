package io.pgtopo.agent;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
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
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * What the packages of the core may use besides each other; ArchitectureTest of the exporter has
 * the rest.
 */
class ArchitectureTest {
  private static final JavaClasses CODE =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.pgtopo");

  private static final String[] PURE = {
    "io.pgtopo.agent.observation",
    "io.pgtopo.agent.topology",
    "io.pgtopo.agent.crawl",
    "io.pgtopo.agent.drift",
    "io.pgtopo.agent.compare",
    "io.pgtopo.agent.track",
    "io.pgtopo.agent.judge",
    "io.pgtopo.agent.service",
    "io.pgtopo.agent.advice",
    "io.pgtopo.agent.failover",
    "io.pgtopo.agent.words",
    "io.pgtopo.agent.history"
  };

  @Test
  void no_room_holds_more_than_45_files() {
    var files =
        CODE.stream()
            .filter(type -> type.isTopLevelClass())
            .collect(Collectors.groupingBy(JavaClass::getPackageName, Collectors.counting()));

    assertThat(files.values()).allMatch(count -> count <= 45);
  }

  @Test
  void the_core_uses_only_the_language_its_collections_and_its_times() {
    classes()
        .that()
        .resideInAnyPackage(PURE)
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(PURE)
                .or(resideInAnyPackage("io.pgtopo.config.model"))
                .or(
                    resideInAnyPackage(
                        "java.lang",
                        "java.lang.invoke",
                        "java.lang.runtime",
                        "java.nio.charset",
                        "java.util",
                        "java.util.function",
                        "java.util.regex",
                        "java.util.stream",
                        "java.time",
                        "org.jspecify.annotations")))
        .check(CODE);
  }

  @Test
  void the_model_does_no_io() {
    noClasses()
        .that()
        .resideInAPackage("io.pgtopo.config.model")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.io..", "java.nio..", "java.net.http..", "org.yaml..")
        .check(CODE);
  }

  @Test
  void only_the_postgres_package_speaks_to_databases() {
    noClasses()
        .that(resideOutsideOfPackages("io.pgtopo.agent.postgres", "io.pgtopo.lab"))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.sql", "javax.sql", "com.zaxxer..", "org.postgresql..")
        .check(CODE);
  }

  @Test
  void only_the_state_package_of_the_agent_knows_files_and_json() {
    noClasses()
        .that()
        .resideInAnyPackage("io.pgtopo.agent..")
        .and()
        .resideOutsideOfPackages(
            "io.pgtopo.agent.state",
            "io.pgtopo.agent.postgres",
            "io.pgtopo.agent.fetch",
            "io.pgtopo.agent.patroni")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "com.fasterxml..", "java.nio.file..", "java.io..", "io.pgtopo.agent.state")
        .check(CODE);
  }

  @Test
  void no_packages_depend_on_each_other_in_a_circle() {
    slices().matching("io.pgtopo.(**)").should().beFreeOfCycles().check(CODE);
  }

  @Test
  void no_class_of_the_agent_reads_a_clock_that_was_not_given() {
    noClasses()
        .that()
        .resideInAnyPackage("io.pgtopo.agent..", "io.pgtopo.config..")
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
}
