package io.pgtopo.agent;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

/** Who may depend on whom; docs/architecture.md says why. */
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
    "io.pgtopo.agent.history"
  };

  @Test
  void the_core_uses_only_the_language_its_collections_and_its_times() {
    classes()
        .that()
        .resideInAnyPackage(PURE)
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(
                "io.pgtopo.config",
                "io.pgtopo.agent.observation",
                "io.pgtopo.agent.topology",
                "io.pgtopo.agent.crawl",
                "io.pgtopo.agent.drift",
                "io.pgtopo.agent.history",
                "java.lang",
                "java.lang.invoke",
                "java.lang.runtime",
                "java.util",
                "java.util.function",
                "java.util.regex",
                "java.util.stream",
                "java.time",
                "org.jspecify.annotations"))
        .check(CODE);
  }

  @Test
  void observation_knows_no_topology_and_topology_no_drift() {
    noClasses()
        .that()
        .resideInAPackage("io.pgtopo.agent.observation")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.pgtopo.agent.topology", "io.pgtopo.agent.drift")
        .check(CODE);
    noClasses()
        .that()
        .resideInAPackage("io.pgtopo.agent.topology")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.pgtopo.agent.drift")
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
        .resideOutsideOfPackages("io.pgtopo.agent.state", "io.pgtopo.agent.postgres")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "com.fasterxml..", "java.nio.file..", "java.io..", "io.pgtopo.agent.state")
        .check(CODE);
  }

  @Test
  void the_agent_does_not_know_its_own_sense() {
    noClasses()
        .that()
        .resideInAPackage("io.pgtopo.agent")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.pgtopo.agent.postgres")
        .check(CODE);
  }

  @Test
  void no_packages_depend_on_each_other_in_a_circle() {
    slices().matching("io.pgtopo.(**)").should().beFreeOfCycles().check(CODE);
  }

  @Test
  void nobody_in_the_agent_reads_a_clock_that_was_not_given() {
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
