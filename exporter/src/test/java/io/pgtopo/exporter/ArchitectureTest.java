package io.pgtopo.exporter;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

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
          .importPackages("io.pgtopo.exporter");

  @Test
  void main_alone_knows_how_servers_are_looked_at() {
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
        .haveSimpleNameEndingWith("Text")
        .or()
        .haveSimpleNameEndingWith("Json")
        .or()
        .haveSimpleNameEndingWith("Metrics")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.javalin..", "picocli..", "java.net..", "java.nio.file..")
        .check(CODE);
  }

  @Test
  void the_door_knows_nothing_of_postgresql() {
    noClasses()
        .that()
        .resideInAPackage("io.pgtopo.exporter.web")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.pgtopo.exporter", "io.pgtopo.agent..", "io.pgtopo.lab..")
        .check(CODE);
  }

  @Test
  void nothing_that_is_asked_by_http_connects_anywhere() {
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
