package io.pgtopo.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Secret;
import io.pgtopo.config.reading.InvalidConfigException;
import io.pgtopo.config.settings.Connection;
import io.pgtopo.config.settings.ServerArgument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientEnvironmentTest {
  private static final String INVENTORY =
      """
      all:
        children:
          pg-test:
            hosts: { 10.10.10.11: { pg_seq: 1, pg_role: primary } }
            vars: { pg_cluster: pg-test, pg_monitor_username: of_inventory, pg_monitor_password: x }
      """;

  @TempDir private Path folder = Path.of("");

  private Config load(Map<String, String> environment) throws IOException {
    var inventory = Files.writeString(folder.resolve("pigsty.yml"), INVENTORY);
    return Config.load(Optional.empty(), List.of(inventory.toString()), at(environment));
  }

  /** With a home that holds nothing but what a test puts there. */
  private Map<String, String> at(Map<String, String> environment) {
    var whole = new HashMap<>(environment);
    whole.put("HOME", folder.toString());
    whole.putIfAbsent("PGSYSCONFDIR", folder.toString());
    return whole;
  }

  @Test
  void the_user_of_psql_wins_over_that_of_the_inventory() throws IOException {
    var connection =
        load(Map.of("PGUSER", "ann", "PGDATABASE", "app", "PGSSLMODE", "verify-ca"))
            .settings()
            .connection();

    assertThat(connection.user()).isEqualTo("ann");
    assertThat(connection.database()).isEqualTo("app");
    assertThat(connection.trust().sslMode()).isEqualTo(Connection.SslMode.VERIFY_CA);
    assertThat(connection.password()).as("the password of another user").isEmpty();
  }

  @Test
  void settings_of_its_own_win_over_those_of_psql() throws IOException {
    var connection =
        load(Map.of("PGUSER", "ann", "PGTOPO_CONNECTION_USER", "bob")).settings().connection();

    assertThat(connection.user()).isEqualTo("bob");
  }

  @Test
  void a_service_wins_over_the_variables() throws IOException {
    Files.writeString(
        folder.resolve(".pg_service.conf"),
        """
        # a comment
        [other]
        user=nobody
        [fleet]
        user = carol
        password=Sesame
        sslrootcert=/ca.crt
        """);

    var connection =
        load(Map.of("PGSERVICE", "fleet", "PGUSER", "ann", "PGSSLCERT", "/me.crt"))
            .settings()
            .connection();

    assertThat(connection.user()).isEqualTo("carol");
    assertThat(connection.password()).contains(new Secret("Sesame"));
    assertThat(connection.files().rootCertificate()).contains("/ca.crt");
    assertThat(connection.files().certificate()).contains("/me.crt");
  }

  @Test
  void a_service_that_does_not_exist_is_an_error() {
    assertThatThrownBy(() -> load(Map.of("PGSERVICE", "fleet")))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("environment: PGSERVICE: wanted a service of ")
        .hasMessageContaining("Found: none of that name");
  }

  @Test
  void a_wrong_sslmode_is_refused_by_the_name_of_its_variable() {
    assertThatThrownBy(() -> load(Map.of("PGSSLMODE", "always")))
        .hasMessageContaining("environment: PGSSLMODE: wanted one of disable, allow");
  }

  @Test
  void a_file_of_passwords_that_is_the_users_own_is_used() throws IOException {
    var file = passwords("rw-------");

    var config = load(Map.of());

    assertThat(config.settings().connection().files().passwords()).contains(file.toString());
    assertThat(config.warnings()).isEmpty();
  }

  @Test
  void a_file_of_passwords_that_others_may_read_is_ignored_with_a_warning() throws IOException {
    passwords("rw-r-----");

    var config = load(Map.of());

    assertThat(config.settings().connection().files().passwords()).isEmpty();
    assertThat(config.warnings()).hasSize(1);
    assertThat(config.warnings().getFirst().toString())
        .contains(".pgpass: wanted permissions u=rw (0600) or less.");
  }

  @Test
  void files_of_a_login_are_read_only_within_a_limit() throws IOException {
    var passwords = passwords("rw-------");
    Files.write(passwords, new byte[1024 * 1024 + 1]);
    var large = Files.write(folder.resolve("root.crt"), new byte[1024 * 1024 + 1]).toString();

    assertThat(load(Map.of()).settings().connection().files().passwords()).isEmpty();
    assertThat(load(Map.of()).warnings().getFirst().toString())
        .contains(".pgpass: wanted a plain file of at most 1 MiB. Found: 1048577 bytes");
    assertThatThrownBy(() -> load(Map.of("PGSSLROOTCERT", large)))
        .hasMessageContaining("PGSSLROOTCERT: wanted a plain file of at most 1 MiB");
    assertThatThrownBy(() -> load(Map.of("PGSSLKEY", "/dev/zero")))
        .hasMessageContaining("PGSSLKEY: wanted a plain file of at most 1 MiB");
    assertThat(load(Map.of("PGPASSFILE", "/dev/zero")).settings().connection().files().passwords())
        .isEmpty();
  }

  private Path passwords(String permissions) throws IOException {
    var file = Files.writeString(folder.resolve(".pgpass"), "*:*:*:*:Sesame\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    return file;
  }

  @Test
  void servers_are_named_as_for_psql() {
    assertThat(endpoint("db.example")).isEqualTo(new Endpoint("db.example", 5432));
    assertThat(endpoint("db.example:6543")).isEqualTo(new Endpoint("db.example", 6543));
    assertThat(endpoint("[::1]:6543")).isEqualTo(new Endpoint("::1", 6543));
    assertThat(endpoint("fe80::1")).isEqualTo(new Endpoint("fe80::1", 5432));
    assertThat(endpoint("")).isEqualTo(new Endpoint("localhost", 5432));
    assertThat(ServerArgument.of("", at(Map.of("PGHOST", "here", "PGPORT", "7"))).endpoint())
        .isEqualTo(new Endpoint("here", 7));
  }

  @Test
  void a_uri_wins_over_the_environment() {
    var uri = "postgresql://ann@db:6543/app?sslmode=verify-full&sslrootcert=%2Fca.crt";

    var destination = ServerArgument.of(uri, at(Map.of("PGUSER", "bob", "PGSSLMODE", "disable")));
    var connection = Config.settings(Optional.empty(), destination.environment()).connection();

    assertThat(destination.endpoint()).isEqualTo(new Endpoint("db", 6543));
    assertThat(connection.user()).isEqualTo("ann");
    assertThat(connection.database()).isEqualTo("app");
    assertThat(connection.trust().sslMode()).isEqualTo(Connection.SslMode.VERIFY_FULL);
    assertThat(connection.files().rootCertificate()).contains("/ca.crt");
  }

  @Test
  void a_password_in_an_argument_is_refused_and_not_repeated() {
    for (var uri : List.of("postgresql://ann:Sesame@db/app", "postgresql://db?password=Sesame")) {
      assertThatThrownBy(() -> endpoint(uri))
          .hasMessageContaining("no password in an argument")
          .hasMessageNotContaining("Sesame");
    }
  }

  @Test
  void what_is_no_server_is_refused() {
    assertThatThrownBy(() -> endpoint("db:port"))
        .hasMessageContaining("wanted HOST, HOST:PORT or a URI");
    assertThatThrownBy(() -> endpoint("postgresql://db/app?sslmod=require"))
        .hasMessageContaining("Found: sslmod");
  }

  private Endpoint endpoint(String text) {
    return ServerArgument.of(text, at(Map.of())).endpoint();
  }
}
