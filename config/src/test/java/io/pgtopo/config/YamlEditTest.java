package io.pgtopo.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgtopo.config.reading.UnreadableException;
import io.pgtopo.config.reading.YamlEdit;
import java.util.List;
import org.junit.jupiter.api.Test;

class YamlEditTest {
  private static final String TEXT =
      """
      # the fleet
      all:
        children:
          pg-test:   # 😀 ours
            hosts:
              10.0.0.1: { pg_seq: 1, pg_role: primary }  # first
              10.0.0.2:
                pg_seq: 2
                pg_role: replica      # by hand

            # what it holds
            vars:
              pg_users:
              - { name: app }
              pg_databases: [ shop ]
              note: |
                two
                lines
      """;

  private static final List<String> HOSTS = List.of("all", "children", "pg-test", "hosts");

  private static List<String> under(List<String> path, String... more) {
    return java.util.stream.Stream.concat(path.stream(), List.of(more).stream()).toList();
  }

  private static YamlEdit edit() throws UnreadableException {
    return YamlEdit.of(TEXT);
  }

  @Test
  void a_scalar_is_replaced_and_its_comment_stays() throws UnreadableException {
    var edited =
        edit()
            .set(under(HOSTS, "10.0.0.1", "pg_role"), "replica")
            .orElseThrow()
            .set(under(HOSTS, "10.0.0.2", "pg_role"), "primary")
            .orElseThrow();

    assertThat(edited.text())
        .isEqualTo(
            TEXT.replace("pg_role: primary }  # first", "pg_role: replica }  # first")
                .replace("pg_role: replica      # by", "pg_role: primary      # by"));
  }

  @Test
  void a_key_is_added_in_the_form_of_its_map() throws UnreadableException {
    var edited =
        edit()
            .set(under(HOSTS, "10.0.0.1", "pg_port"), "5433")
            .orElseThrow()
            .set(under(HOSTS, "10.0.0.2", "pg_port"), "5433")
            .orElseThrow()
            .set(under(HOSTS, "10.0.0.3"), "{ pg_seq: 3 }")
            .orElseThrow();

    assertThat(edited.text())
        .isEqualTo(
            TEXT.replace("primary }  # first", "primary, pg_port: 5433 }  # first")
                .replace(
                    "# by hand\n",
                    "# by hand\n          pg_port: 5433\n        10.0.0.3: { pg_seq: 3 }\n"));
  }

  @Test
  void an_item_is_appended_in_the_form_of_its_list() throws UnreadableException {
    var vars = List.of("all", "children", "pg-test", "vars");
    var edited =
        edit()
            .append(under(vars, "pg_users"), "{ name: more }")
            .orElseThrow()
            .append(under(vars, "pg_databases"), "more")
            .orElseThrow();

    assertThat(edited.text())
        .isEqualTo(
            TEXT.replace("- { name: app }\n", "- { name: app }\n        - { name: more }\n")
                .replace("[ shop ]", "[ shop, more ]"));
  }

  @Test
  void a_key_is_taken_out_with_its_line() throws UnreadableException {
    var edited =
        edit()
            .without(under(HOSTS, "10.0.0.1", "pg_role"))
            .orElseThrow()
            .without(under(HOSTS, "10.0.0.2", "pg_role"))
            .orElseThrow();

    assertThat(edited.text())
        .isEqualTo(
            TEXT.replace(", pg_role: primary", "")
                .replace("          pg_role: replica      # by hand\n", ""));
  }

  @Test
  void lines_are_added_below_a_block_of_text() throws UnreadableException {
    var vars = List.of("all", "children", "pg-test", "vars");

    assertThat(edit().add(vars, List.of("more:", "  - a")).orElseThrow().text())
        .isEqualTo(TEXT + "        more:\n          - a\n");
    assertThat(YamlEdit.of("a: 1 # last").add(List.of(), List.of("b: 2")).orElseThrow().text())
        .isEqualTo("a: 1 # last\nb: 2");
    assertThat(YamlEdit.of("a: 1\r\n").add(List.of(), List.of("b: 2")).orElseThrow().text())
        .isEqualTo("a: 1\r\nb: 2\r\n");
  }

  @Test
  void what_an_alias_repeats_is_not_touched() throws UnreadableException {
    var text = "a: &one { x: 1 }\nb: *one\n";

    assertThat(YamlEdit.of(text).set(List.of("b", "y"), "2")).isEmpty();
    assertThat(YamlEdit.of(text).without(List.of("b", "x"))).isEmpty();
  }

  @Test
  void what_is_no_map_takes_no_key() throws UnreadableException {
    assertThat(edit().set(List.of("all", "children", "nobody", "pg_role"), "x")).isEmpty();
    assertThat(edit().set(under(HOSTS, "10.0.0.1", "pg_role", "deeper"), "x")).isEmpty();
    assertThatThrownBy(() -> YamlEdit.of("# nothing\n")).isInstanceOf(UnreadableException.class);
  }
}
