package io.pgtopo.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.config.model.Printable;
import io.pgtopo.config.reading.YamlScalar;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

class PrintableTest {
  /** ASCII's and C1 controls, both directions, isolates, joiners, no width, tags and fillers. */
  private static final List<Integer> HIDDEN =
      IntStream.of(
              0x61c, 0xad, 0x180e, 0x2028, 0x2029, 0xfeff, 0xe0001, 0xe007f, 0x115f, 0x3164, 0xfe0f)
          .boxed()
          .collect(Collectors.toList());

  static {
    IntStream.rangeClosed(0x00, 0x1f).forEach(HIDDEN::add);
    IntStream.rangeClosed(0x7f, 0x9f).forEach(HIDDEN::add);
    IntStream.rangeClosed(0x200b, 0x200f).forEach(HIDDEN::add);
    IntStream.rangeClosed(0x202a, 0x202e).forEach(HIDDEN::add);
    IntStream.rangeClosed(0x2060, 0x206f).forEach(HIDDEN::add);
  }

  @Test
  void every_character_that_a_terminal_obeys_or_hides_is_escaped() {
    assertThat(HIDDEN)
        .allSatisfy(
            letter -> {
              var text = "a" + Character.toString(letter) + "b";

              assertThat(Printable.isShown(letter)).isFalse();
              assertThat(Printable.of(text)).matches("a\\\\[nrtu][0-9A-Fu\\\\]*b");
              assertThat(Printable.distinct(text)).isEqualTo(Printable.of(text));
            });
    assertThat(Printable.of("\u001b[31m\u202Eevil\u009b\r\n"))
        .isEqualTo("\\u001B[31m\\u202Eevil\\u009B\\r\\n");
    assertThat(Printable.of("\ud800 \udc00")).isEqualTo("\\uD800 \\uDC00");
    assertThat(Printable.lines("one\n\ttwo\r\n")).isEqualTo("one\n\ttwo\\r\n");
  }

  @Test
  void what_is_drawn_is_shown_as_it_is() {
    for (var text :
        List.of("pg-test-1", "Müller", "données", "日本語", "مرحبا", "🐘", "├─ ≥ \\d+", "")) {
      assertThat(Printable.of(text)).isEqualTo(text);
      assertThat(Printable.distinct(text)).isEqualTo(text);
    }
  }

  @Test
  void different_labels_stay_different() {
    var parts = List.of("\\", "u", "n", "202E", "\u202E", "\n", "\\u005C", "a");
    var texts =
        parts.stream()
            .flatMap(one -> parts.stream().map(one::concat))
            .flatMap(two -> parts.stream().map(two::concat))
            .distinct()
            .toList();

    assertThat(texts.stream().map(Printable::distinct)).doesNotHaveDuplicates();
  }

  @Test
  void a_name_in_yaml_is_printable_and_read_as_it_was() {
    assertThat(HIDDEN)
        .allSatisfy(
            letter -> {
              var name = "a" + Character.toString(letter) + "b";
              var yaml = YamlScalar.of(name);

              assertThat(Printable.of(yaml)).isEqualTo(yaml);
              assertThat((String) new Yaml().load(yaml)).isEqualTo(name);
            });
  }
}
