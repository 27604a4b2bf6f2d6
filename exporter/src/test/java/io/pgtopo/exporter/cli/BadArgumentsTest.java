package io.pgtopo.exporter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import io.pgtopo.exporter.platform.LogLevel;
import io.pgtopo.exporter.testing.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * Any value that is given to a command in the place of a file: a clear sentence, and no stack
 * trace.
 */
class BadArgumentsTest {
  @TempDir private Path folder = Path.of("");

  private static void assertRefused(Shell shell, String... words) {
    assertThat(shell.run(words)).as(List.of(words).toString()).isEqualTo(2);
    assertThat(shell.err() + shell.out())
        .as(List.of(words).toString())
        .containsPattern("(?m)^(error: |pgtopo: |.*: error: ).+")
        .doesNotContain("Exception", "\tat ", "a bug");
  }

  @TestFactory
  Stream<DynamicTest> every_command_refuses_a_directory_or_a_missing_file() throws IOException {
    var directory = Files.createDirectories(folder.resolve("dir")).toString();
    var nothing = folder.resolve("nothing.yml").toString();
    return Stream.of(directory, nothing)
        .flatMap(
            path ->
                Stream.of(
                    List.of("check", path),
                    List.of("check", "--config", path),
                    List.of("inventory", "--inventory", path),
                    List.of("inventory", "--config", path),
                    List.of("tree", "--inventory", path),
                    List.of("tree", "--config", path),
                    List.of("diff", "--inventory", path),
                    List.of("diff", "--config", path),
                    List.of("run", "--inventory", path),
                    List.of("run", "--config", path),
                    List.of("grants", "--inventory", path),
                    List.of("grants", "--config", path),
                    List.of("maintenance", "list", "--inventory", path),
                    List.of("maintenance", "end", "pg-test", "--config", path),
                    List.of("discover", "--merge", path),
                    List.of("discover", "--from", "127.0.0.1", "--config", path),
                    List.of("changes", "--state", path),
                    List.of("changes", "--config", path)))
        .map(
            words ->
                DynamicTest.dynamicTest(
                    String.join(" ", words),
                    () -> assertRefused(new Shell(), words.toArray(String[]::new))));
  }

  @Test
  void every_command_refuses_an_agent_that_is_no_url() {
    for (var command : List.of("tree", "diff", "inventory", "changes")) {
      assertRefused(new Shell(), command, "--agent", "not a url");
      assertRefused(new Shell(), command, "--agent", "127.0.0.1:8432");
      assertRefused(new Shell(), command, "--agent", "localhost:8432");
      assertRefused(new Shell(), command, "--agent", "ftp://127.0.0.1");
      assertRefused(new Shell(), command, "--agent", "http://127.0.0.1:1");
    }
  }

  @Test
  void a_version_that_is_too_old_is_refused() {
    assertRefused(new Shell(), "demo", "--postgres", "9");
    assertRefused(new Shell(), "grants", "--postgres", "9");
  }

  @Test
  void an_invalid_server_is_refused() {
    assertRefused(new Shell(), "discover", "--from", "host.invalid");
    assertRefused(new Shell(), "discover", "--from", "127.0.0.1:99999");
    assertRefused(new Shell(), "discover", "--from", "postgresql://me:Sesame@127.0.0.1/");
    assertRefused(new Shell(), "discover", "--from", "127.0.0.1", "--network", "everywhere");
    assertRefused(new Shell(), "grants", "127.0.0.1:99999");
  }

  @Test
  void the_connection_pool_logs_stack_traces_only_with_debug() {
    var loggers = (LoggerContext) LoggerFactory.getILoggerFactory();

    LogLevel.CHANGES.apply();
    assertThat(loggers.getLogger("com.zaxxer.hikari.pool.HikariPool").getEffectiveLevel())
        .isEqualTo(Level.OFF);
    LogLevel.DEBUG.apply();
    assertThat(loggers.getLogger("com.zaxxer.hikari.pool.HikariPool").getEffectiveLevel())
        .isEqualTo(Level.WARN);
    LogLevel.CHANGES.apply();
  }
}
