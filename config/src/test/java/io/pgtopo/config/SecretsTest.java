package io.pgtopo.config;

import static io.pgtopo.config.Fixtures.file;
import static io.pgtopo.config.Fixtures.load;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pgtopo.config.model.Secret;
import io.pgtopo.config.reading.InvalidConfigException;
import io.pgtopo.config.reading.Problem;
import io.pgtopo.config.settings.Connection;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretsTest {
  private static final String CANARY = "Canary";

  @Test
  void no_text_of_what_is_loaded_holds_a_password() {
    var config = load("canary.yml");

    assertThat(config.toString()).doesNotContain(CANARY).doesNotContain("1877154");
    assertThat(config.warnings()).isNotEmpty();
    assertThat(String.join("\n", config.warnings().stream().map(Problem::toString).toList()))
        .doesNotContain(CANARY);
    assertThat(config.settings().connection().password()).contains(new Secret("Canary-19"));
  }

  @Test
  void no_error_holds_a_password() {
    var refused =
        catchThrowableOfType(
            InvalidConfigException.class,
            () -> Config.load(Optional.empty(), List.of(file("canary-errors.yml")), Map.of()));
    var trace = new StringWriter();
    refused.printStackTrace(new PrintWriter(trace));

    assertThat(refused.problems()).hasSizeGreaterThan(8);
    assertThat(trace.toString()).doesNotContain(CANARY);
  }

  @Test
  void no_error_of_the_settings_holds_a_password(@TempDir Path directory) throws IOException {
    var settings =
        Files.writeString(
            directory.resolve("pgtopo.yml"),
            "connection: { password: { a: Canary-1 }, pasword: Canary-2, password_file: Canary"
                + " }\n");
    var refused =
        catchThrowableOfType(
            InvalidConfigException.class,
            () ->
                Config.load(
                    Optional.of(settings), List.of(), Map.of("PGTOPO_PASSWORT", "Canary-3")));

    assertThat(refused.getMessage()).doesNotContain("Canary-");
  }

  @Test
  void a_secret_prints_as_three_stars() {
    assertThat(
            new Connection("u", "d", Optional.of(new Secret("x")), Connection.SslMode.PREFER)
                .toString())
        .startsWith(
            "Connection[user=u, database=d, password=Optional[***], trust=ServerTrust[sslMode=PREFER");
  }
}
