package io.pgtopo.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgtopo.config.reading.UnreadableException;
import io.pgtopo.config.reading.Value;
import io.pgtopo.config.reading.YamlDocument;
import io.pgtopo.config.reading.YamlReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class YamlReaderTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "yes | Bool true",
        "Off | Bool false",
        "y | Text y",
        "n | Text n",
        "yEs | Text yEs",
        "0755 | Int 493",
        "0b101 | Int 5",
        "0x1F | Int 31",
        "1_000 | Int 1000",
        "-12 | Int -12",
        "1:30 | Int 90",
        "0o17 | Text 0o17",
        "089 | Text 089",
        "1e3 | Text 1e3",
        "1.5 | Real 1.5",
        "1.0e+3 | Real 1000.0",
        "1:30.5 | Real 90.5",
        ".inf | Real Infinity",
        "~ | Null",
        "Null | Null",
        "2030-12-31 | Text 2030-12-31",
        "10.10.10.10 | Text 10.10.10.10",
        "10.10.10.2/24 | Text 10.10.10.2/24",
        "v4.5.0 | Text v4.5.0",
        "'\"0755\"' | Text 0755",
        "!!str 12 | Text 12",
        "!!int \"12\" | Int 12",
        "!unsafe \"{{ x }}\" | Text {{ x }}",
        "!vault abc | Opaque !vault",
        "99999999999999999999 | Real 1.0E20",
      })
  void scalars_are_what_ansible_makes_of_them(String text, String expected) throws Exception {
    var value = field("a: " + text, "a");

    assertThat(shown(value)).isEqualTo(expected);
  }

  private static String shown(Value value) {
    return switch (value) {
      case Value.Null none -> "Null";
      case Value.Bool bool -> "Bool " + bool.value();
      case Value.Int number -> "Int " + number.value();
      case Value.Real number -> "Real " + number.value();
      case Value.Text text -> "Text " + text.value();
      case Value.Opaque opaque -> "Opaque " + opaque.tag();
      case Value.Items list -> "Items";
      case Value.Fields map -> "Fields";
    };
  }

  private static Value field(String text, String key) throws UnreadableException {
    return ((Value.Fields) YamlReader.read(text).root()).find(key).orElseThrow();
  }

  @Test
  void number_keys_are_their_digits() throws Exception {
    assertThat(field("a: {6379: x, 0x10: y}", "a"))
        .extracting(value -> List.copyOf(((Value.Fields) value).fields().keySet()))
        .isEqualTo(List.of("6379", "16"));
  }

  @Test
  void the_last_of_duplicate_keys_counts_and_both_lines_are_named() throws Exception {
    var document = YamlReader.read("a:\n  b: 1\n  c: 2\n  b: 3\n");

    assertThat(((Value.Fields) field("a:\n  b: 1\n  c: 2\n  b: 3\n", "a")).find("b"))
        .contains(new Value.Int(3, 4));
    assertThat(document.duplicates()).containsExactly(new YamlDocument.Duplicate("a.b", 4, 2));
  }

  @Test
  void merge_keys_give_what_is_not_given() throws Exception {
    var merged = (Value.Fields) field("x: &x {p: 1, q: 2}\na:\n  <<: *x\n  q: 3\n", "a");

    assertThat(merged.find("p")).contains(new Value.Int(1, 1));
    assertThat(merged.find("q")).contains(new Value.Int(3, 4));
  }

  @Test
  void json_is_read_with_its_escapes() throws Exception {
    var text = "{\"a\": \"b\\/c\\u00e9 \\ud83d\\ude00\",\t\"d\": [true, null]}";

    assertThat(field(text, "a")).isEqualTo(new Value.Text("b/c\u00e9 \ud83d\ude00", false, 1));
  }

  @Test
  void aliases_that_multiply_are_refused() {
    var bomb = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x]\n");
    for (var i = 1; i < 20; i++) {
      bomb.append("a%d: &a%d [%s]\n".formatted(i, i, ("*a" + (i - 1) + ",").repeat(9)));
    }

    assertThatThrownBy(() -> YamlReader.read(bomb.toString()))
        .hasMessage("wanted at most 20000000 values. Found: aliases that expand to more");
  }

  @Test
  void a_value_inside_itself_is_refused() {
    assertThatThrownBy(() -> YamlReader.read("a: &a [*a]"))
        .isInstanceOf(UnreadableException.class)
        .hasMessage("wanted a value at a[0]. Found: a value that contains itself");
  }

  @Test
  void deep_nesting_is_refused() {
    assertThatThrownBy(() -> YamlReader.read("[".repeat(10_000)))
        .isInstanceOf(UnreadableException.class);
    assertThatThrownBy(() -> YamlReader.read("- ".repeat(10_000) + "x"))
        .isInstanceOf(UnreadableException.class);
    assertThatThrownBy(() -> YamlReader.read("{a: ".repeat(10_000)))
        .isInstanceOf(UnreadableException.class);
  }

  @Test
  void bytes_that_are_no_utf_8_are_refused_with_their_line() {
    var bytes = new byte[] {'a', ':', '\n', 'b', (byte) 0xff};

    assertThatThrownBy(() -> YamlReader.read(bytes))
        .isInstanceOfSatisfying(
            UnreadableException.class, refused -> assertThat(refused.line()).isEqualTo(2));
  }

  @Test
  void a_byte_order_mark_is_no_content() throws Exception {
    var bytes = "\uFEFFa: 1".getBytes(StandardCharsets.UTF_8);

    assertThat(((Value.Fields) YamlReader.read(bytes).root()).find("a")).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a: *Sesame",
        "a: @Sesame",
        "a: `Sesame",
        "a: %Sesame",
        "a: \"Sesame",
        "a: \"\\Sesame\"",
        "a: !Ses!ame x",
        "a: [Sesame",
        "a: Sesame: open",
        "a: {Sesame: x",
        "a: &Sesame*x b",
        "a: |Sesame",
        "? [Sesame]",
      })
  void a_syntax_error_quotes_nothing_of_the_text(String text) {
    assertThatThrownBy(() -> YamlReader.read(text + "\n"))
        .isInstanceOfSatisfying(
            UnreadableException.class,
            refused ->
                assertThat(refused.getMessage())
                    .startsWith("wanted ")
                    .doesNotContain("Ses")
                    .doesNotContain("'S'"));
  }
}
