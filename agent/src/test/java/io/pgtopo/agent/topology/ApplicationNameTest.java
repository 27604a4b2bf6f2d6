package io.pgtopo.agent.topology;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ApplicationNameTest {
  @Test
  void a_name_is_shown_in_ascii_and_not_longer_than_an_identifier() {
    assertThat(ApplicationName.isShownAs("pg test 2", "pg test 2")).isTrue();
    assertThat(ApplicationName.isShownAs("gr??e", "gr\u00f6e")).isTrue();
    assertThat(ApplicationName.isShownAs("gr\\xc3\\xb6e", "gr\u00f6e")).isTrue();
    assertThat(ApplicationName.isShownAs("x".repeat(63), "x".repeat(80))).isTrue();
  }

  @Test
  void another_name_is_not_shown_so() {
    assertThat(ApplicationName.isShownAs("gr?e", "gr\u00f6e")).isFalse();
    assertThat(ApplicationName.isShownAs("pg-test-2", "pg-test-20")).isFalse();
    assertThat(ApplicationName.isShownAs("", "pg-test-2")).isFalse();
  }
}
