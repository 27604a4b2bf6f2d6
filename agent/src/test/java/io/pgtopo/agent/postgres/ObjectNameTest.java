package io.pgtopo.agent.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ObjectNameTest {
  @Test
  void a_name_in_utf_8_is_itself() {
    assertThat(ObjectName.of("app")).isEqualTo("app");
    assertThat(ObjectName.of("caf\\303\\251")).isEqualTo("caf\u00e9");
    assertThat(ObjectName.of("a\\\\b")).isEqualTo("a\\b");
  }

  @Test
  void names_of_another_encoding_stay_different() {
    assertThat(ObjectName.of("caf\\351")).isEqualTo("caf\\xE9");
    assertThat(ObjectName.of("caf\\350")).isEqualTo("caf\\xE8");
    assertThat(ObjectName.of("\\303\\251\\351")).isEqualTo("\\xC3\\xA9\\xE9");
  }
}
