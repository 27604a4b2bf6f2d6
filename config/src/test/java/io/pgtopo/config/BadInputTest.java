package io.pgtopo.config;

import static io.pgtopo.config.Fixtures.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pgtopo.config.reading.InvalidConfigException;
import io.pgtopo.config.reading.Problem;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(value = 20, unit = TimeUnit.SECONDS)
class BadInputTest {
  @TempDir Path directory;

  private List<String> loadFile(Path path) {
    return catchThrowableOfType(
            InvalidConfigException.class,
            () -> Config.load(Optional.empty(), List.of(path.toString()), Map.of()))
        .problems()
        .stream()
        .map(Problem::message)
        .toList();
  }

  @Test
  void what_is_no_file_is_refused() throws IOException {
    assertThat(loadFile(directory.resolve("missing")))
        .containsExactly("wanted a file. Found: no file of that name");
    assertThat(loadFile(directory))
        .containsExactly(
            "wanted a file, a directory or a pattern of files. Found: a directory without one");
    assertThat(loadFile(directory.resolve("*.yml")))
        .containsExactly(
            "wanted a file, a directory or a pattern of files. Found: a pattern that matches no"
                + " file");
    assertThat(loadFile(Path.of("/dev/null")))
        .containsExactly("wanted a file. Found: neither a file nor a directory");
  }

  @Test
  void a_pattern_that_is_none_is_refused() {
    assertThat(loadFile(directory.resolve("[")).getFirst())
        .startsWith("wanted a file, a directory or a pattern");
  }

  @Test
  void a_file_of_a_gigabyte_is_refused_without_being_read() throws IOException {
    var path = directory.resolve("big.yml");
    try (var file = new RandomAccessFile(path.toFile(), "rw")) {
      file.setLength(1L << 30);
    }

    assertThat(loadFile(path)).containsExactly("wanted a file. Found: a file of more than 64 MiB");
  }

  @Test
  void binary_content_is_refused_with_its_line() throws IOException {
    var path = Files.write(directory.resolve("x"), new byte[] {'a', '\n', 0, 1, 2});

    assertThat(loadFile(path))
        .containsExactly("wanted a text file. Found: the control character 0x00");
  }

  @Test
  void invalid_utf_8_is_refused() throws IOException {
    var path = Files.write(directory.resolve("x"), new byte[] {'a', ':', ' ', (byte) 0xc3, '('});

    assertThat(loadFile(path)).containsExactly("wanted UTF-8 text. Found: other bytes");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | wanted an inventory: a map of groups such as all: {children: ...}. Found: an empty"
            + " file",
        "hello | wanted an inventory: a map of groups such as all: {children: ...}. Found: text",
        "[a, b] | wanted an inventory: a map of groups such as all: {children: ...}. Found: a list",
        "all: [a] | wanted a map with hosts, children or vars",
        "all: {hosts: [a]} | wanted a map. Found: a list",
        "all: {children: 1} | wanted a map. Found: a number",
        "all: {vars: true} | wanted a map. Found: a boolean",
        "all: {hosts: {a: [b]}} | wanted a map of variables. Found: a list",
        "plugin: aws | wanted an inventory. Found: the configuration of an inventory plugin",
        "'[pg-test]\n10.10.10.11 pg_seq' | wanted variables such as pg_seq=1 after the host.",
        "'[pg test]\n[pg]' | wanted a section such as [group] or [group:vars], without spaces.",
        "'[pg:hostvars]' | wanted [group], [group:vars] or [group:children]. Found: [:hostvars]",
        "'[pg:vars]\na=1' | wanted a group that has a section [pg]. Found: none",
        "'[pg:children]\nother' | wanted a group that has a section [other]. Found: none",
        "all: {hosts: {1: }} | wanted text as the name of a host. Found: 1, which is no text to YAML",
        "all: {children: {yes: }} | wanted text as the name of a group. Found: True, which is no",
        "'all: {hosts: {a: !other x}}' | wanted a value at all.hosts.a. Found: one with the unknown"
            + " tag !other",
        "'{\"_meta\": {\"hostvars\": []}}' | wanted a map of hosts. Found: a list",
        "'{\"_meta\": {}, \"g\": {\"hosts\": {\"a\": 1}}}' | wanted a list of names. Found: a map",
        "'a: 1\nb: &x [*x]' | wanted a value at b[0]. Found: a value that contains itself",
        "'---\na: \n---\nb: ' | wanted YAML.",
      })
  void what_is_no_inventory_is_refused(String text, String start) {
    assertThat(refused(directory, text).getFirst().message()).startsWith(start);
  }

  @Test
  void tabs_are_refused_with_their_line() {
    var problem = refused(directory, "all:\n\thosts: {}\n").getFirst();

    assertThat(problem.line()).isEqualTo(2);
    assertThat(problem.message())
        .isEqualTo(
            "wanted YAML. Found: a tab; YAML is indented with spaces, and 'expand -t 2 FILE'"
                + " replaces tabs (while scanning for the next token)");
  }

  @Test
  void deep_nesting_and_multiplying_aliases_are_refused() {
    assertThat(refused(directory, "a: " + "[".repeat(10_000)).getFirst().message())
        .contains("nesting");
    var bomb = new StringBuilder("a0: &a0 {hosts: {x: , y: }}\n");
    for (var i = 1; i < 60; i++) {
      bomb.append("a%1$d: &a%1$d {children: {l: *a%2$d, r: *a%2$d}}\n".formatted(i, i - 1));
    }
    assertThat(refused(directory, bomb.toString()).getFirst().message())
        .isEqualTo("wanted at most 20000000 values. Found: aliases that expand to more");
  }

  @Test
  void aliases_that_stay_small_are_read_in_little_time() {
    var shared =
        new StringBuilder("a0: &a0 {hosts: {h: {pg_cluster: c, pg_seq: 1, pg_role: x}}}\n");
    for (var i = 1; i < 20; i++) {
      shared.append(
          "a%1$d: &a%1$d {children: {l%1$d: *a%2$d, r%1$d: *a%2$d}}\n".formatted(i, i - 1));
    }

    assertThat(refused(directory, shared.toString()))
        .extracting(Problem::code)
        .containsExactly(Problem.Code.BAD_ROLE);
  }

  @Test
  void a_chain_of_a_hundred_thousand_groups_is_read_or_refused_in_bounded_time() {
    var chain = new StringBuilder("{\"_meta\": {}");
    for (var i = 0; i < 100_000; i++) {
      chain.append(",\n\"g%d\": {\"children\": [\"g%d\"]}".formatted(i, i + 1));
    }
    chain.append(",\n\"g100000\": {\"hosts\": [\"h\"], \"vars\": {\"pg_seq\": 1}}}");

    assertThat(refused(directory, chain.toString())).isNotEmpty();
  }
}
