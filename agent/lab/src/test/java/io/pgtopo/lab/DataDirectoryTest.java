package io.pgtopo.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
  private static final ServerParameters SETTINGS =
      ServerParameters.NONE.with("port", "1").with("primary_conninfo", "host=a");

  @TempDir private Path path;

  @Test
  void from_version_12_a_standby_has_one_file_and_a_signal() throws IOException {
    DataDirectory data = directory(12);

    data.markStandby();
    data.write(SETTINGS);

    assertThat(files()).containsExactly("lab.conf", "standby.signal");
    assertThat(path.resolve("lab.conf")).hasContent("port = '1'\nprimary_conninfo = 'host=a'");
  }

  @Test
  void up_to_version_11_a_standby_has_a_recovery_conf() throws IOException {
    DataDirectory data = directory(11);

    data.markStandby();
    data.write(SETTINGS);

    assertThat(files()).containsExactly("lab.conf", "recovery.conf");
    assertThat(path.resolve("lab.conf")).hasContent("port = '1'");
  }

  @Test
  void up_to_version_11_settings_make_no_standby_of_a_primary() throws IOException {
    directory(11).write(SETTINGS);

    assertThat(files()).containsExactly("lab.conf");
  }

  @Test
  void a_base_backup_holds_the_data_and_not_the_state_of_its_source() {
    assertThat(
            Stream.of(
                    "",
                    "PG_VERSION",
                    "base/1/1259",
                    "base/1/pg_internal.init",
                    "base/pgsql_tmp",
                    "pg_wal",
                    "pg_wal/000000010000000000000001",
                    "pg_replslot/pg_test_3",
                    "postgresql.auto.conf",
                    "postmaster.pid",
                    "standby.signal",
                    "lab.conf")
                .filter(below -> DataDirectory.isInBaseBackup(Path.of(below))))
        .containsExactly("", "PG_VERSION", "base/1/1259", "pg_wal", "postgresql.auto.conf");
  }

  @Test
  void the_state_belongs_to_the_given_process() throws IOException {
    DataDirectory data = directory(18);
    assertThat(data.postmasterState(42)).isNull();

    Files.write(
        path.resolve("postmaster.pid"),
        List.of("42", "/data", "0", "5432", "", "127.0.0.1", "1 2", "ready   "));

    assertThat(data.postmasterState(42)).isEqualTo("ready");
    assertThat(data.postmasterState(43)).isNull();
  }

  private DataDirectory directory(int major) {
    return new DataDirectory(path, major, new ServerUser(0, 0, List.of()));
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(path)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
