package io.pgtopo.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.config.pigsty.Selector;
import io.pgtopo.config.reading.InvalidConfigException;
import io.pgtopo.config.reading.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

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

  private static final int TRIES = 3_000;

  /** Something that must hold for every random source. */
  @FunctionalInterface
  private interface Claim {
    void check(Random random) throws IOException;
  }

  /** Tries a claim with seed after seed; a failure names the seed that repeats it. */
  private static void forEverySeed(Claim claim) throws IOException {
    for (var seed = 0; seed < TRIES; seed++) {
      try {
        claim.check(new Random(seed));
      } catch (RuntimeException | AssertionError | StackOverflowError broken) {
        throw new AssertionError("with seed " + seed, broken);
      }
    }
  }

  @Test
  void a_damaged_inventory_is_loaded_or_refused() throws IOException {
    forEverySeed(
        random -> {
          var seed = SEEDS.get(random.nextInt(SEEDS.size()));
          var text = new StringBuilder(Files.readString(Path.of(Fixtures.file(seed))));
          for (var edits = 1 + random.nextInt(8); edits > 0; edits--) {
            damage(text, random);
          }

          loadOrRefuse(text.toString().getBytes(StandardCharsets.UTF_8));
        });
  }

  @Test
  void any_bytes_are_loaded_or_refused() throws IOException {
    forEverySeed(
        random -> {
          var bytes = new byte[random.nextInt(200)];
          random.nextBytes(bytes);

          loadOrRefuse(bytes);
        });
  }

  @Test
  void any_text_is_a_selector_or_refused() throws IOException {
    forEverySeed(
        random -> {
          var text = new StringBuilder("[? pg_role == `primary` && !pg_offline_query ]");
          for (var edits = random.nextInt(12); edits > 0; edits--) {
            damage(text, random);
          }

          try {
            assertThat(Selector.parse(text.toString()).select(List.of())).isEmpty();
          } catch (IllegalArgumentException refused) {
            assertThat(refused.getMessage()).isNotBlank();
          }
        });
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

  @AfterAll
  static void removeFile() throws IOException {
    Files.deleteIfExists(FILE);
  }
}
