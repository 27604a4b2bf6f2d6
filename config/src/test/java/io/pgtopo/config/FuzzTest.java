package io.pgtopo.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;

/** Damaged inventories are loaded or refused with problems, never anything else. */
class FuzzTest {
  private static final List<String> SEEDS =
      List.of(
          "shop.yml",
          "services.yml",
          "objects.yml",
          "broken.yml",
          "canary.yml",
          "list.json",
          "directories/hosts.yml");

  private static final List<String> PIECES =
      List.of(
          "{",
          "}",
          "[",
          "]",
          ":",
          ": ",
          "- ",
          "\n",
          "\n  ",
          "\t",
          "'",
          "\"",
          "`",
          "*a",
          "&a ",
          "<<: ",
          "!vault ",
          "!unsafe ",
          "!!int ",
          "!!set ",
          "{{ x }}",
          "~",
          "null",
          "yes",
          "0x",
          "1:30",
          "999999999999999999999",
          "-1",
          "[1:9]",
          "[9:1]",
          "pg_cluster",
          "pg_seq",
          "all",
          "children",
          "hosts",
          "vars",
          "_meta",
          "? ",
          "|\n",
          ">-\n",
          "%",
          "@",
          "\u0000",
          "\uFEFF",
          "\u2028",
          "\uD83D",
          "---\n",
          "...\n",
          ".inf",
          "2030-12-31",
          "#",
          ",");

  private static final Path FILE = Path.of("target", "fuzz.yml");

  @Property(tries = 3_000, shrinking = net.jqwik.api.ShrinkingMode.OFF)
  void a_damaged_inventory_is_loaded_or_refused(
      @ForAll long seed, @ForAll @IntRange(min = 0, max = 6) int which) throws IOException {
    var random = new Random(seed);
    var text = new StringBuilder(Files.readString(Path.of(Fixtures.file(SEEDS.get(which)))));
    for (var edits = 1 + random.nextInt(8); edits > 0; edits--) {
      damage(text, random);
    }

    loadOrRefuse(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  @Property(tries = 1_000, shrinking = net.jqwik.api.ShrinkingMode.OFF)
  void any_bytes_are_loaded_or_refused(@ForAll byte[] bytes) throws IOException {
    loadOrRefuse(bytes);
  }

  @Property(tries = 1_000, shrinking = net.jqwik.api.ShrinkingMode.OFF)
  void any_text_is_a_selector_or_refused(@ForAll String text) {
    try {
      assertThat(Selector.parse(text).select(List.of())).isEmpty();
    } catch (IllegalArgumentException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }

  private static void damage(StringBuilder text, Random random) {
    var at = random.nextInt(text.length() + 1);
    switch (random.nextInt(4)) {
      case 0 -> text.insert(at, PIECES.get(random.nextInt(PIECES.size())));
      case 1 -> text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(12)));
      case 2 -> {
        var end = Math.min(text.length(), at + random.nextInt(200));
        text.insert(random.nextInt(text.length() + 1), text.substring(at, end));
      }
      default -> {
        if (at < text.length()) {
          text.setCharAt(at, (char) (32 + random.nextInt(95)));
        }
      }
    }
  }

  private static void loadOrRefuse(byte[] bytes) throws IOException {
    Files.write(FILE, bytes);
    try {
      var config = Config.load(Optional.empty(), List.of(FILE.toString()), Map.of());
      assertSayable(config.warnings());
    } catch (InvalidConfigException e) {
      assertThat(e.problems()).isNotEmpty();
      assertSayable(e.problems());
    }
  }

  private static void assertSayable(List<Problem> problems) {
    assertThat(problems)
        .allSatisfy(
            problem -> assertThat(problem.message()).startsWith("wanted ").contains("Found: "));
  }

  @AfterContainer
  static void removeFile() throws IOException {
    Files.deleteIfExists(FILE);
  }
}
