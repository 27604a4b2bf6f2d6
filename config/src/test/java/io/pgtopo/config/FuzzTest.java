package io.pgtopo.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgtopo.config.pigsty.Selector;
import io.pgtopo.config.reading.InvalidConfigException;
import io.pgtopo.config.reading.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/**
 * Damaged inventories, settings and files that these name are loaded or refused with problems,
 * never anything else. The long form is {@code -Dattack.seconds=N -Dattack.seed=N}.
 */
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

  private static final Path DIRECTORY = Path.of("target", "fuzz");

  private static final Map<String, String> FILES =
      Map.of(
          "pgtopo.yml",
          """
          inventory: [ pigsty.yml ]
          web_config: web.yml
          maintenance_file: maintenance.yml
          scope: fleet
          connection: { user: monitor, password: Canary4711, sslmode: verify-full }
          interval: 5s
          listen: "[::1]:8432"
          """,
          "pigsty.yml",
          """
          all: { children: { pg-test: { vars: { pg_cluster: pg-test }, hosts: { 10.0.0.1: { pg_seq: 1, pg_role: primary } } } } }
          """,
          "web.yml",
          """
          http_server_config: { headers: { X-Frame-Options: deny } }
          basic_auth_users: { prometheus: $2y$10$abcdefghijklmnopqrstuu5s1zkXlgKPbXWlh0OgbqWjLq0lYhfdC }
          rate_limit: { interval: 10ms, burst: 100 }
          """,
          "maintenance.yml",
          """
          - { subject: pg-test, until: 2030-01-01T00:00:00Z, owner: dba, reason: upgrade }
          """);

  private static final long SECONDS = Long.getLong("attack.seconds", 0);
  private static final long FIRST_SEED = Long.getLong("attack.seed", 0);
  private static final int TRIES = 3_000;

  /** Something that must hold for every random source. */
  @FunctionalInterface
  private interface Claim {
    void check(Random random) throws IOException;
  }

  /** Tries a claim with seed after seed; a failure names the seed that repeats it. */
  private static void forEverySeed(String inputs, Claim claim) throws IOException {
    var end = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
    var seed = FIRST_SEED;
    for (; seed < FIRST_SEED + TRIES || System.nanoTime() < end; seed++) {
      try {
        claim.check(new Random(seed));
      } catch (RuntimeException | AssertionError | StackOverflowError broken) {
        throw new AssertionError("with seed " + seed, broken);
      }
    }
    System.out.printf("attack: %d %s from seed %d%n", seed - FIRST_SEED, inputs, FIRST_SEED);
  }

  @Test
  void a_damaged_inventory_is_loaded_or_refused() throws IOException {
    forEverySeed(
        "damaged inventories",
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
  void damaged_settings_are_loaded_or_refused() throws IOException {
    Files.createDirectories(DIRECTORY);
    var names = FILES.keySet().stream().sorted().toList();
    forEverySeed(
        "damaged files of settings, logins and maintenance",
        random -> {
          for (var name : names) {
            Files.writeString(DIRECTORY.resolve(name), FILES.get(name));
          }
          var name = names.get(random.nextInt(names.size()));
          var text = new StringBuilder(FILES.get(name));
          for (var edits = 1 + random.nextInt(4); edits > 0; edits--) {
            damage(text, random);
          }
          Files.write(DIRECTORY.resolve(name), text.toString().getBytes(StandardCharsets.UTF_8));

          loadOrRefuse(Optional.of(DIRECTORY.resolve("pgtopo.yml")), List.of());
        });
  }

  @Test
  void any_bytes_are_loaded_or_refused() throws IOException {
    forEverySeed(
        "inventories of random bytes",
        random -> {
          var bytes = new byte[random.nextInt(200)];
          random.nextBytes(bytes);

          loadOrRefuse(bytes);
        });
  }

  @Test
  void any_text_is_a_selector_or_refused() throws IOException {
    forEverySeed(
        "damaged selectors",
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

  /** The library's parser throws what it does not declare. */
  @Test
  void a_misplaced_literal_in_a_selector_is_refused() {
    for (var text : List.of("[? pg_role `null` ]", "[?`null` `null`")) {
      assertThatThrownBy(() -> Selector.parse(text))
          .as(text)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("no expression");
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
    loadOrRefuse(Optional.empty(), List.of(FILE.toString()));
  }

  private static void loadOrRefuse(Optional<Path> settings, List<String> inventories) {
    try {
      var config = Config.load(settings, inventories, Map.of());
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
    for (var name : FILES.keySet()) {
      Files.deleteIfExists(DIRECTORY.resolve(name));
    }
    Files.deleteIfExists(DIRECTORY);
  }
}
