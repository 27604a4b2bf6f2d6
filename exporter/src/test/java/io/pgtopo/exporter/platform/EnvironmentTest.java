package io.pgtopo.exporter.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class EnvironmentTest {

  @Test
  void a_password_with_an_umlaut_is_read_as_utf_8_whatever_the_locale() {
    var bytes = "LC_ALL=C\0PGPASSWORD=Müller=1€\0=x\0broken\0".getBytes(StandardCharsets.UTF_8);

    assertThat(Environment.parse(bytes))
        .containsOnlyKeys("LC_ALL", "PGPASSWORD")
        .containsEntry("PGPASSWORD", "Müller=1€");
  }

  @Test
  void the_variables_are_those_of_the_process() {
    assertThat(Environment.ofProcess()).containsEntry("PATH", System.getenv("PATH"));
  }
}
