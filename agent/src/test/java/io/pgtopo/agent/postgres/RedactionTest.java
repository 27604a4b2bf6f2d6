package io.pgtopo.agent.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;

class RedactionTest {
  private static final String PASSWORD = "Canary 47'1\\1/ü";
  private static final Redaction REDACTION = new Redaction(List.of(PASSWORD, "abc"));

  @Test
  void a_password_in_any_form_is_hidden() {
    var encoded = URLEncoder.encode(PASSWORD, StandardCharsets.UTF_8);
    for (var form :
        List.of(
            PASSWORD,
            encoded,
            encoded.toLowerCase(java.util.Locale.ROOT).replace("canary", "Canary"),
            encoded.replace("+", "%20"),
            PASSWORD.replace("'", "''"),
            PASSWORD.replace("\\", "\\\\").replace("'", "\\'"),
            PASSWORD.replace(" ", "   "))) {
      assertThat(REDACTION.of("no \"" + form + "\" here, " + form))
          .isEqualTo("no \"***\" here, ***");
    }
  }

  @Test
  void other_text_stays_and_so_does_a_word_too_short_for_a_secret() {
    assertThat(REDACTION.of("Canary 47 abc $1")).isEqualTo("Canary 47 abc $1");
    assertThat(new Redaction(List.of()).of("anything")).isEqualTo("anything");
  }

  @Test
  void a_failure_is_clean_only_if_its_causes_are() {
    var failed = new SQLException("failed", new IllegalStateException("said " + PASSWORD));

    assertThat(REDACTION.isClean(failed)).isFalse();
    assertThat(REDACTION.isClean(new SQLException("failed"))).isTrue();
  }
}
