package io.pgtopo.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pgtopo.config.model.Crawl;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Network;
import io.pgtopo.config.model.Secret;
import io.pgtopo.config.reading.InvalidConfigException;
import io.pgtopo.config.reading.Problem;
import io.pgtopo.config.settings.Connection;
import io.pgtopo.config.settings.Connection.SslMode;
import io.pgtopo.config.settings.LogFormat;
import io.pgtopo.config.settings.ServerTrust;
import io.pgtopo.config.settings.ServiceSources;
import io.pgtopo.config.settings.Settings;
import io.pgtopo.config.settings.Tracking;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
  @TempDir Path directory;

  @BeforeEach
  void writeInventory() throws IOException {
    inventory("");
  }

  private void inventory(String variables) throws IOException {
    Files.writeString(
        directory.resolve("pigsty.yml"),
        "all: { hosts: { h: { pg_cluster: c, pg_seq: 1, pg_role: primary } }, vars: { %s } }"
            .formatted(variables));
  }

  private Settings load(String text, Map<String, String> environment) throws IOException {
    var file = Files.writeString(directory.resolve("pgtopo.yml"), "inventory: pigsty.yml\n" + text);
    return Config.load(Optional.of(file), List.of(), environment).settings();
  }

  private List<String> refused(String text, Map<String, String> environment) {
    return catchThrowableOfType(InvalidConfigException.class, () -> load(text, environment))
        .problems()
        .stream()
        .map(problem -> problem.line() + ": " + problem.path() + ": " + problem.message())
        .toList();
  }

  @Test
  void without_a_file_the_defaults_work() {
    var inventories = List.of(directory.resolve("pigsty.yml").toString());

    assertThat(Config.load(Optional.empty(), inventories, Map.of()).settings())
        .isEqualTo(
            new Settings(
                Duration.ofSeconds(5),
                Duration.ofSeconds(2),
                new Tracking(Duration.ofSeconds(15), Duration.ofSeconds(30), Optional.empty()),
                new Crawl(List.of(), 64),
                new Connection("dbuser_monitor", "postgres", Optional.empty(), SslMode.PREFER),
                new Endpoint("127.0.0.1", 8432)));
  }

  @Test
  void every_key_is_read() throws IOException {
    Files.writeString(directory.resolve("secret"), "Sesame\n");

    var settings =
        load(
            """
            interval: 1m30s
            deadline: 500ms
            hysteresis: 0s
            grace: 1m
            state_directory: state
            listen: "[::1]:9000"
            crawl: { enabled: true, networks: [10.1.0.0/16, "fd00::/8"], max_instances: 5 }
            connection: { user: u, database: d, password_file: secret, sslmode: verify-full }
            """,
            Map.of());

    assertThat(settings)
        .isEqualTo(
            new Settings(
                Duration.ofSeconds(90),
                Duration.ofMillis(500),
                new Tracking(
                    Duration.ZERO, Duration.ofMinutes(1), Optional.of(directory.resolve("state"))),
                new Crawl(networks("10.1.0.0/16", "fd00::/8"), 5),
                new Connection("u", "d", Optional.of(new Secret("Sesame")), SslMode.VERIFY_FULL),
                new Endpoint("::1", 9000)));
  }

  @Test
  void the_environment_wins_over_the_file() throws IOException {
    var environment =
        Map.ofEntries(
            Map.entry("PGTOPO_INTERVAL", "7s"),
            Map.entry("PGTOPO_DEADLINE", "3s"),
            Map.entry("PGTOPO_HYSTERESIS", "1h"),
            Map.entry("PGTOPO_GRACE", "0s"),
            Map.entry("PGTOPO_STATE_DIRECTORY", "/var/lib/pgtopo"),
            Map.entry("PGTOPO_LISTEN", "127.0.0.1:8000"),
            Map.entry("PGTOPO_CRAWL_NETWORKS", "10.2.0.0/16,192.168.7.7"),
            Map.entry("PGTOPO_CONNECTION_USER", "eve"),
            Map.entry("PGTOPO_CONNECTION_DATABASE", "other"),
            Map.entry("PGTOPO_CONNECTION_PASSWORD", "Sesame"),
            Map.entry("PGTOPO_CONNECTION_SSLMODE", "require"));

    assertThat(load("interval: 9s\nconnection: { user: u, password: x }\n", environment))
        .isEqualTo(
            new Settings(
                Duration.ofSeconds(7),
                Duration.ofSeconds(3),
                new Tracking(
                    Duration.ofHours(1), Duration.ZERO, Optional.of(Path.of("/var/lib/pgtopo"))),
                new Crawl(networks("10.2.0.0/16", "192.168.7.7/32"), 64),
                new Connection("eve", "other", Optional.of(new Secret("Sesame")), SslMode.REQUIRE),
                new Endpoint("127.0.0.1", 8000)));
  }

  private static List<Network> networks(String... texts) {
    return Stream.of(texts).map(text -> Network.parse(text).orElseThrow()).toList();
  }

  @Test
  void the_log_is_text_unless_the_settings_want_json() throws IOException {
    assertThat(load("", Map.of()).logFormat()).isEqualTo(LogFormat.TEXT);
    assertThat(load("services: { dial: true }\n", Map.of()).services())
        .isEqualTo(
            new ServiceSources(
                ServiceSources.Use.ON,
                Optional.empty(),
                ServiceSources.Use.OFF,
                ServiceSources.Use.OFF,
                ServiceSources.Use.OFF));
    assertThat(load("patroni: { enabled: true }\n", Map.of()).services().managers())
        .isEqualTo(ServiceSources.Use.ON);
    assertThat(load("repmgr: { enabled: true }\n", Map.of()).services().repmgr())
        .isEqualTo(ServiceSources.Use.ON);
    assertThat(
            load("", Map.of("PGTOPO_PG_AUTO_FAILOVER_ENABLED", "true")).services().autoFailover())
        .isEqualTo(ServiceSources.Use.ON);
    assertThat(load("", Map.of()).services()).isEqualTo(ServiceSources.NONE);
    assertThat(load("services: { haproxy: true }\n", Map.of()).services())
        .isEqualTo(
            new ServiceSources(
                ServiceSources.Use.OFF,
                Optional.of(new ServiceSources.Haproxy(9101, Optional.empty())),
                ServiceSources.Use.OFF,
                ServiceSources.Use.OFF,
                ServiceSources.Use.OFF));
    assertThat(
            load(
                    "services: { haproxy: true, haproxy_port: 9, haproxy_user: me, haproxy_password: x }\n",
                    Map.of("PGTOPO_SERVICES_HAPROXY_PATH", "/stats/"))
                .services()
                .balancers())
        .contains(
            new ServiceSources.Haproxy(
                9,
                Optional.of(
                    new ServiceSources.Statistics(
                        "/stats/", new TreeMap<>(Map.of("h", "c-1")), "me", new Secret("x")))));
    assertThat(refused("services: { haproxy_port: 0 }\n", Map.of())).hasSize(1);
    assertThat(refused("services: { dial: yes please }\n", Map.of())).hasSize(1);
    assertThat(load("log_format: json\n", Map.of()).logFormat()).isEqualTo(LogFormat.JSON);
    assertThat(load("log_format: json\n", Map.of("PGTOPO_LOG_FORMAT", "text")).logFormat())
        .isEqualTo(LogFormat.TEXT);
    assertThat(refused("log_format: xml\n", Map.of()))
        .containsExactly("2: log_format: wanted one of text, json. Found: \"xml\"");
  }

  @Test
  void crawling_can_be_turned_off() throws IOException {
    assertThat(load("crawl: { enabled: false, max_instances: 9 }\n", Map.of()).crawl())
        .isEqualTo(Crawl.OFF);
    assertThat(load("", Map.of("PGTOPO_CRAWL_ENABLED", "false")).crawl()).isEqualTo(Crawl.OFF);
  }

  @Test
  void what_is_no_network_and_no_number_of_instances_is_refused() {
    assertThat(
            refused("crawl: { networks: [10.1.0.0/33, pg.example], max_instances: 0 }\n", Map.of()))
        .containsExactly(
            "2: crawl.max_instances: wanted a number from 1 to 10000. Found: 0",
            "2: crawl.networks: wanted networks such as 10.1.0.0/16 or fd00::/8."
                + " Found: \"10.1.0.0/33\"",
            "2: crawl.networks: wanted networks such as 10.1.0.0/16 or fd00::/8."
                + " Found: \"pg.example\"");
    assertThat(refused("crawl: { network: 10.0.0.0/8 }\n", Map.of()))
        .containsExactly(
            "2: crawl.network: wanted a setting. Found: unknown setting crawl.network; did you mean"
                + " crawl.networks?");
  }

  @Test
  void inventories_of_the_caller_win_over_the_environment_and_that_over_the_file()
      throws IOException {
    var file = Files.writeString(directory.resolve("pgtopo.yml"), "inventory: missing.yml");
    var here = directory.resolve("pigsty.yml").toString();

    assertThat(Config.load(Optional.of(file), List.of(here), Map.of()).inventory().clusters())
        .hasSize(1);
    assertThat(
            Config.load(Optional.of(file), List.of(), Map.of("PGTOPO_INVENTORY", here))
                .inventory()
                .clusters())
        .hasSize(1);
  }

  @Test
  void the_password_is_the_first_that_is_given() throws IOException {
    inventory("pg_monitor_password: from-inventory");

    assertThat(password("", Map.of())).contains("from-inventory");
    assertThat(password("", Map.of("PGPASSWORD", "pg"))).contains("pg");
    assertThat(password("", Map.of("PGPASSWORD", "pg", "PGTOPO_PASSWORD", "topo")))
        .contains("topo");
    assertThat(password("connection: { password: file }", Map.of("PGTOPO_PASSWORD", "topo")))
        .contains("file");
  }

  private Optional<String> password(String text, Map<String, String> environment)
      throws IOException {
    return load(text, environment).connection().password().map(Secret::reveal);
  }

  @Test
  void the_inventory_names_the_monitoring_user() throws IOException {
    inventory("pg_monitor_username: watcher, pg_monitor_password: 123456");

    assertThat(load("", Map.of()).connection())
        .isEqualTo(
            new Connection(
                "watcher", "postgres", Optional.of(new Secret("123456")), SslMode.PREFER));
  }

  @Test
  void the_monitoring_password_is_not_sent_for_another_user() throws IOException {
    inventory("pg_monitor_password: from-inventory");

    assertThat(load("connection: { user: other }", Map.of()).connection().password()).isEmpty();
  }

  @Test
  void a_declared_server_may_ask_for_what_require_auth_says_and_another_for_scram()
      throws IOException {
    var server = new Endpoint("10.10.10.11", 5432);
    var other = new Endpoint("10.10.10.99", 5432);
    inventory("pg_port: 5432");
    var given =
        load("connection: { require_auth: '!password, !md5', channel_binding: require }", Map.of())
            .declaring(List.of(server))
            .connection()
            .trust();
    var byDefault = load("", Map.of()).declaring(List.of(server)).connection().trust();
    var libpq = load("", Map.of("PGREQUIREAUTH", "md5", "PGCHANNELBINDING", "disable"));
    var trusting = load("crawl: { require_auth: 'scram-sha-256,password' }", Map.of());

    assertThat(given.requireAuth(server)).contains("!password,!md5");
    assertThat(given.channelBinding()).isEqualTo(ServerTrust.ChannelBinding.REQUIRE);
    assertThat(byDefault.requireAuth(server)).isEmpty();
    assertThat(byDefault.requireAuth(other)).contains("scram-sha-256,none");
    assertThat(libpq.connection().trust().requireAuth()).contains("md5");
    assertThat(libpq.connection().trust().channelBinding())
        .isEqualTo(ServerTrust.ChannelBinding.DISABLE);
    assertThat(trusting.connection().trust().requireAuth(other)).contains("scram-sha-256,password");
  }

  @Test
  void a_method_of_authentication_that_cannot_be_required_is_refused() {
    for (var wrong : List.of("scram", "md5,!none", "md5,md5", "gss", "")) {
      assertThat(refused("connection: { require_auth: '" + wrong + "' }\n", Map.of()))
          .anyMatch(it -> it.contains("connection.require_auth: wanted methods of password, md5"));
    }
  }

  @Test
  void an_encrypted_monitoring_password_is_a_warning_that_says_what_to_set() throws IOException {
    inventory("pg_monitor_password: !vault abc");
    var here = List.of(directory.resolve("pigsty.yml").toString());

    assertThat(Config.load(Optional.empty(), here, Map.of()).warnings())
        .extracting(Problem::message)
        .containsExactly(
            "wanted plain text. Found: a value that only Ansible can read; set"
                + " connection.password_file, otherwise logins fail");
  }

  @Test
  void an_unknown_key_is_refused_with_a_suggestion() {
    assertThat(refused("intervall: 5s\nconnection: { usr: x, colour: y }\n", Map.of()))
        .containsExactly(
            "2: intervall: wanted a setting. Found: unknown setting intervall; did you mean"
                + " interval?",
            "3: connection.colour: wanted a setting. Found: unknown setting connection.colour",
            "3: connection.usr: wanted a setting. Found: unknown setting connection.usr; did you"
                + " mean connection.user?");
  }

  @Test
  void a_misspelt_variable_is_a_warning_and_a_foreign_one_is_not() {
    var environment = Map.of("PGTOPO_INTERVALL", "1s", "PGTOPO_SERVICE_HOST", "10.0.0.1");
    var here = List.of(directory.resolve("pigsty.yml").toString());

    assertThat(Config.load(Optional.empty(), here, environment).warnings())
        .extracting(Problem::toString)
        .containsExactly(
            "environment: PGTOPO_INTERVALL: wanted the variable of a setting. Found: unknown"
                + " variable PGTOPO_INTERVALL, which has no effect; did you mean PGTOPO_INTERVAL?");
  }

  @Test
  void every_wrong_value_is_reported_at_once() {
    var text =
        """
        interval: 5
        deadline: 1ms
        hysteresis: soon
        grace: 2d
        state_directory: [a]
        listen: localhost
        connection: { sslmode: maybe, password: [x], password_file: [y] }
        """;

    assertThat(refused(text, Map.of()))
        .containsExactly(
            "2: interval: wanted a duration such as 5s, 500ms or 2m, from 100ms to 1d. Found: 5",
            "3: deadline: wanted a duration such as 5s, 500ms or 2m, from 100ms to 1d. Found:"
                + " \"1ms\"",
            "4: hysteresis: wanted a duration such as 5s, 500ms or 2m, from 0s to 1d. Found:"
                + " \"soon\"",
            "5: grace: wanted a duration such as 5s, 500ms or 2m, from 0s to 1d. Found: \"2d\"",
            "6: state_directory: wanted a directory. Found: a list",
            "7: listen: wanted an address such as 127.0.0.1:8432. Found: \"localhost\"",
            "8: connection.password: wanted a password. Found: a list",
            "8: connection.password_file: wanted a file. Found: a list",
            "8: connection.sslmode: wanted one of disable, allow, prefer, require, verify-ca,"
                + " verify-full. Found: \"maybe\"");
  }

  @Test
  void settings_that_are_no_map_are_refused() {
    assertThat(refused("- a\n", Map.of())).hasSize(2);
    assertThat(refused("connection: x\n", Map.of()))
        .containsExactly("2: connection: wanted a map of settings. Found: text");
  }

  @Test
  void without_an_inventory_there_is_nothing_to_load() {
    assertThat(
            catchThrowableOfType(
                InvalidConfigException.class,
                () -> Config.load(Optional.empty(), List.of(), Map.of())))
        .hasMessage(
            "inventory: wanted an inventory: --inventory FILE, or the setting inventory. Found:"
                + " none");
  }
}
