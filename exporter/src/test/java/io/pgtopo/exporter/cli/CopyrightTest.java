package io.pgtopo.exporter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The copyright file of the package names the licence of each jar, or the build fails. */
class CopyrightTest {
  private static final Path PACKAGING = Path.of("packaging");

  @TempDir private Path directory;
  private Path jars;

  @BeforeEach
  void prepare() throws IOException {
    jars = Files.createDirectory(directory.resolve("lib"));
  }

  /** Runs the program with an SBOM of one component; its status, and what it prints. */
  private String run(String licences) throws IOException, InterruptedException {
    var bom = directory.resolve("bom.xml");
    Files.writeString(
        bom,
        """
        <bom><components><component>
        <publisher>QOS.ch</publisher><group>org.slf4j</group><name>slf4j-api</name><version>2.0</version>
        <licenses>%s</licenses>
        </component></components></bom>
        """
            .formatted(licences));
    var program =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                PACKAGING.resolve("Copyright.java").toString(),
                bom.toString(),
                jars.toString(),
                PACKAGING.resolve("licences").toString())
            .redirectErrorStream(true)
            .start();
    var out = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return program.waitFor() + "\n" + out;
  }

  private void ship(String jar) throws IOException {
    Files.createFile(jars.resolve(jar));
  }

  @Test
  void a_jar_has_the_licences_of_its_pom_with_their_texts() throws Exception {
    ship("slf4j-api-2.0.jar");

    assertThat(
            run(
                "<license><id>EPL-2.0</id><url>https://epl.example</url></license>"
                    + "<license><id>MIT</id></license>"))
        .startsWith("0\nFormat: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/")
        .contains(
            """
            Files: usr/lib/pgtopo/lib/slf4j-api-2.0.jar
            Copyright: QOS.ch, and the authors of org.slf4j:slf4j-api
            License: EPL-2.0 or MIT
            """)
        .contains("\nLicense: EPL-2.0\n The text is at https://epl.example\n")
        .contains("\nLicense: MIT\n Permission is hereby granted, free of charge, to any person");
  }

  @Test
  void a_jar_without_a_licence_of_known_text_fails() throws Exception {
    ship("slf4j-api-2.0.jar");

    assertThat(run(""))
        .isEqualTo(
            "1\ncopyright: no text in packaging/licences for a licence of slf4j-api-2.0.jar: []\n");
    assertThat(run("<license><name>Own Licence</name></license>"))
        .contains("no text in packaging/licences for a licence of slf4j-api-2.0.jar")
        .contains("Own-Licence");
  }

  @Test
  void jars_other_than_those_of_the_sbom_fail() throws Exception {
    ship("stowaway-1.jar");

    assertThat(run("<license><id>MIT</id></license>"))
        .isEqualTo(
            """
            1
            copyright: the SBOM lists slf4j-api-2.0.jar, which is not in %s
            copyright: the SBOM does not list stowaway-1.jar
            """
                .formatted(jars));
  }
}
