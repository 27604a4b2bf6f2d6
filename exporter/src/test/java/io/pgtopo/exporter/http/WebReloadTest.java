package io.pgtopo.exporter.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.observation.Probe;
import io.pgtopo.config.Config;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.reading.InvalidConfigException;
import io.pgtopo.exporter.daemon.Daemon;
import io.pgtopo.exporter.platform.CliContext;
import io.pgtopo.exporter.platform.CliContext.OpenProbe;
import io.pgtopo.exporter.platform.Screen;
import io.pgtopo.exporter.testing.Stories;
import io.pgtopo.exporter.testing.Wire;
import io.pgtopo.exporter.text.Style;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A daemon whose web configuration changes while it runs. */
@Timeout(120)
class WebReloadTest {
  private static final Map<Endpoint, Observation> ANSWERS =
      Stories.healthy().stream()
          .collect(Collectors.toMap(Observation::endpoint, Function.identity()));

  @TempDir private Path directory;

  private void write(String name, String text) throws IOException {
    Files.writeString(directory.resolve(name), text);
  }

  private static String users(String password) {
    return "basic_auth_users: { alice: '%s' }%n"
        .formatted(
            OpenBSDBCrypt.generate(
                "2y", password.getBytes(StandardCharsets.UTF_8), new byte[16], 4));
  }

  private Supplier<Config> load() throws IOException {
    write(
        "pigsty.yml",
        "all: { hosts: { 10.10.10.11: { pg_cluster: c, pg_seq: 1, pg_role: primary } } }");
    write(
        "pgtopo.yml",
        "inventory: pigsty.yml\nweb_config: web.yml\ninterval: 100ms\ncrawl: { enabled: false }\n");
    return () -> Config.load(Optional.of(directory.resolve("pgtopo.yml")), List.of(), Map.of());
  }

  private static Daemon start(Supplier<Config> load) {
    Probe probe = endpoint -> ANSWERS.getOrDefault(endpoint, ANSWERS.values().iterator().next());
    return Daemon.start(
        load.get(),
        load,
        new CliContext(
            settings -> new OpenProbe(probe, () -> {}, registry -> {}),
            Clock.systemUTC()::instant,
            Map.of(),
            List.of(),
            Style.PLAIN,
            Screen.NONE),
        0);
  }

  private static String ask(Daemon daemon, String path, String password) throws IOException {
    var login =
        Base64.getEncoder().encodeToString(("alice:" + password).getBytes(StandardCharsets.UTF_8));
    return Wire.ask(
        daemon.port(),
        """
        GET %s HTTP/1.1\r
        Host: localhost\r
        Authorization: Basic %s\r
        Connection: close\r
        \r
        """
            .formatted(path, login));
  }

  private static void await(Daemon daemon, String password, String expected) throws IOException {
    while (!ask(daemon, "/metrics", password).contains(expected)) {
      Thread.onSpinWait();
    }
  }

  @Test
  void a_new_password_is_taken_over_and_a_broken_file_is_not() throws IOException {
    write("web.yml", users("one"));
    try (var daemon = start(load())) {
      assertThat(ask(daemon, "/livez", "one")).startsWith("HTTP/1.1 200");
      assertThat(ask(daemon, "/livez", "two")).startsWith("HTTP/1.1 401");

      write("web.yml", users("two") + "# changed\n");
      await(daemon, "two", "HTTP/1.1 200");
      assertThat(ask(daemon, "/livez", "one")).startsWith("HTTP/1.1 401");

      write("web.yml", "basic_auth_users: { alice: three }\n");
      await(daemon, "two", "pgtopo_config_last_reload_successful 0.0");
      assertThat(ask(daemon, "/readyz?verbose", "two"))
          .contains("web.yml:1: basic_auth_users.alice: wanted a bcrypt hash")
          .doesNotContain("three");

      write("web.yml", "tls_server_config: { cert: nonsense, key: nonsense }\n");
      await(daemon, "two", "pgtopo_config_last_reload_successful 0.0");
      assertThat(ask(daemon, "/livez", "two")).startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void a_file_that_is_emptied_takes_no_login_away() throws IOException {
    write("web.yml", users("one"));
    try (var daemon = start(load())) {
      for (var emptied :
          List.of("", "basic_auth_users: {}\n", "rate_limit: { interval: 1ms, burst: 9 }\n")) {
        write("web.yml", emptied);

        await(daemon, "one", "pgtopo_config_last_reload_successful 0.0");
        assertThat(ask(daemon, "/readyz?verbose", "one"))
            .contains("web_config: basic_auth_users: wanted at least one user, as in use");
        assertThat(ask(daemon, "/livez", "none")).startsWith("HTTP/1.1 401");

        write("web.yml", users("one"));
        await(daemon, "one", "pgtopo_config_last_reload_successful 1.0");
      }
    }
  }

  @Test
  void an_inventory_that_the_parser_fails_at_is_a_failed_reload() throws IOException {
    write("web.yml", users("one"));
    try (var daemon = start(load())) {
      write("pigsty.yml", "all: \"\\x");

      await(daemon, "one", "pgtopo_config_last_reload_successful 0.0");
      assertThat(ask(daemon, "/readyz?verbose", "one")).contains("pigsty.yml: wanted YAML. Found:");
    }
  }

  @Test
  void a_broken_file_refuses_to_start() throws IOException {
    write("web.yml", "tls_server_config: { cert: nonsense, key: nonsense }\n");
    var load = load();

    assertThatThrownBy(() -> start(load).close())
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("web.yml: tls_server_config: wanted certificates and keys");
  }
}
