package io.pgtopo.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pgtopo.config.ansible.Host;
import io.pgtopo.config.ansible.InventoryFiles;
import io.pgtopo.config.reading.Problem;
import io.pgtopo.config.reading.Problems;
import io.pgtopo.config.reading.SourceFiles;
import io.pgtopo.config.reading.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every variable of every host is the one that Ansible's own classes give, or both refuse the
 * inventory: for a corpus of inventories, and for seeded mutations of them. More mutations: {@code
 * -Dmutations=N -Dmutations.seed=N}.
 */
class AnsibleTest {
  private static final Path CORPUS = Path.of("src/test/resources/ansible/corpus.txt");
  private static final List<String> OTHERS =
      List.of("shop.yml", "services.yml", "objects.yml", "fleet.yml", "broken.yml");

  private static final int MUTATIONS = Integer.getInteger("mutations", 400);
  private static final long SEED = Long.getLong("mutations.seed", 0);

  private static final String REFUSED = "pgtopo refuses it: ";

  private static final Pattern WORD = Pattern.compile("[\\w.-]+");

  private static final List<String> WORDS =
      List.of(
          "~",
          "yes",
          "1",
          "0",
          "08",
          "\"08\"",
          "'9'",
          "1.5",
          "all",
          "ungrouped",
          "children",
          "hosts",
          "vars",
          "{}",
          "[]",
          "null",
          "a",
          "pg_port",
          "ansible_group_priority",
          "0x1F",
          "1:30",
          "\"\"",
          "[1:2]",
          "x[1:2]",
          "a b",
          "#",
          "\t",
          "=",
          ":",
          "True",
          "None",
          "'q'");

  /** Why pgtopo may refuse what Ansible loads; docs/entity-model.md has the reasons. */
  private static final Set<Problem.Code> STRICTER = Set.of(Problem.Code.STRUCTURE);

  /** Of so many mutations one may be refused for another reason: a parser has its oddities. */
  private static final int ODD_ONES = 100;

  @TempDir Path directory;

  /** One inventory: its files by their paths, and which of them is named. */
  private record Case(String claim, String inventory, Map<String, String> files) {}

  @Test
  void every_variable_is_the_one_that_ansible_gives() throws IOException, InterruptedException {
    var python = Ansible.python();
    assumeTrue(python.isPresent(), "ansible-core is not installed");
    var cases = new ArrayList<>(corpus());
    var originals = List.copyOf(cases);
    for (var seed = SEED; seed < SEED + MUTATIONS; seed++) {
      cases.add(mutation(originals, seed));
    }

    var requests = new LinkedHashMap<Case, Ansible.Request>();
    for (var one : cases) {
      requests.put(one, write(one, directory.resolve("case" + requests.size())));
    }
    var answers = Ansible.load(python.get(), directory, List.copyOf(requests.values()));

    var differences = new ArrayList<String>();
    requests.forEach(
        (one, request) ->
            difference(request.inventory(), answers.getOrDefault(request.inventory(), List.of()))
                .ifPresent(text -> differences.add(described(one, text))));
    var oddities =
        differences.stream()
            .filter(text -> text.startsWith("seed ") && text.contains(REFUSED))
            .toList();

    differences.removeAll(oddities);
    assertThat(differences).isEmpty();
    assertThat(oddities).hasSizeLessThanOrEqualTo(MUTATIONS / ODD_ONES);
    assertThat(answers.values().stream().filter(it -> !it.equals(Ansible.REFUSED)).count())
        .isGreaterThan(cases.size() / 2);
  }

  private static String described(Case one, String difference) {
    return one.claim()
        + "\n"
        + one.files().entrySet().stream()
            .map(file -> "--- " + file.getKey() + "\n" + file.getValue())
            .collect(Collectors.joining())
        + difference;
  }

  /** In which way pgtopo reads an inventory otherwise than Ansible. */
  private static Optional<String> difference(Path inventory, List<String> expected) {
    var problems = new Problems();
    var hosts =
        new InventoryFiles(new SourceFiles(problems), problems, name -> true)
            .read(List.of(inventory.toString()));
    var errors =
        problems.sorted().stream()
            .filter(problem -> problem.level() == Problem.Level.ERROR)
            .toList();
    if (!problems.isSound()) {
      var isStricter = STRICTER.contains(errors.getFirst().code());
      return expected.equals(Ansible.REFUSED) || isStricter
          ? Optional.empty()
          : Optional.of(REFUSED + errors + "\nAnsible: " + expected);
    }
    var lines = hosts.stream().flatMap(AnsibleTest::lines).sorted().toList();
    return lines.equals(expected)
        ? Optional.empty()
        : Optional.of(
            "only pgtopo: "
                + without(lines, expected)
                + "\nonly Ansible: "
                + without(expected, lines));
  }

  private static List<String> without(List<String> all, List<String> known) {
    return all.stream().filter(line -> !known.contains(line)).toList();
  }

  private static Stream<String> lines(Host host) {
    var name = quoted(host.name());
    var seen = new HashSet<String>();
    return Stream.concat(
        Stream.of(name),
        host.layers().stream()
            .flatMap(layer -> layer.entrySet().stream())
            .filter(it -> !it.getKey().startsWith("ansible_") && seen.add(it.getKey()))
            .map(
                it -> name + "\t" + quoted(it.getKey()) + "\t" + canonical(it.getValue().value())));
  }

  private static String canonical(Value value) {
    return switch (value) {
      case Value.Null none -> "null";
      case Value.Bool bool -> Boolean.toString(bool.value());
      case Value.Int number -> Long.toString(number.value());
      case Value.Real number when Double.isNaN(number.value()) -> "real:nan";
      case Value.Real number -> "real:%016x".formatted(Double.doubleToLongBits(number.value()));
      case Value.Text text -> quoted(text.value());
      case Value.Opaque opaque -> "opaque";
      case Value.Items list ->
          list.values().stream()
              .map(AnsibleTest::canonical)
              .collect(Collectors.joining(",", "[", "]"));
      case Value.Fields map ->
          map.fields().entrySet().stream()
              .map(it -> quoted(it.getKey()) + ":" + canonical(it.getValue().value()))
              .sorted()
              .collect(Collectors.joining(",", "{", "}"));
    };
  }

  /** As Python's json writes text, in ASCII. */
  private static String quoted(String text) {
    return text.chars()
        .mapToObj(
            c ->
                switch (c) {
                  case '"' -> "\\\"";
                  case '\\' -> "\\\\";
                  case '\n' -> "\\n";
                  case '\r' -> "\\r";
                  case '\t' -> "\\t";
                  case '\f' -> "\\f";
                  case '\b' -> "\\b";
                  default -> c < ' ' || c > '~' ? "\\u%04x".formatted(c) : Character.toString(c);
                })
        .collect(Collectors.joining("", "\"", "\""));
  }

  private static Ansible.Request write(Case one, Path directory) throws IOException {
    for (var file : one.files().entrySet()) {
      var path = directory.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.getValue());
    }
    return new Ansible.Request(
        directory.resolve(one.inventory()),
        Optional.of(directory).filter(it -> one.files().containsKey("ansible.cfg")));
  }

  private static List<Case> corpus() throws IOException {
    var cases = new ArrayList<Case>();
    for (var block : Files.readString(CORPUS).split("(?m)^=== ", -1)) {
      var parts = block.split("(?m)^--- (?=\\S)", -1);
      if (parts.length > 1) {
        var files = new TreeMap<String, String>();
        for (var part : List.of(parts).subList(1, parts.length)) {
          var end = part.indexOf('\n');
          files.put(part.substring(0, end), part.substring(end + 1));
        }
        var claim = parts[0].strip().split(" \\| ", 2);
        var first = parts[1].substring(0, parts[1].indexOf('\n'));
        cases.add(new Case(claim[0], claim.length > 1 ? claim[1] : first, files));
      }
    }
    for (var name : OTHERS) {
      cases.add(new Case(name, name, Map.of(name, Files.readString(Path.of(Fixtures.file(name))))));
    }
    return cases;
  }

  /** The same case with a few words of one file replaced, moved, dropped or repeated. */
  private static Case mutation(List<Case> originals, long seed) {
    var random = new Random(seed);
    var original = originals.get(random.nextInt(originals.size()));
    var files = new TreeMap<>(original.files());
    var names = List.copyOf(files.keySet());
    var name = names.get(random.nextInt(names.size()));
    var text = files.getOrDefault(name, "");
    for (var edits = 1 + random.nextInt(2); edits > 0; edits--) {
      text = random.nextInt(3) == 0 ? withLineMoved(text, random) : withWordReplaced(text, random);
    }
    files.put(name, text);
    return new Case("seed " + seed + " of " + original.claim(), original.inventory(), files);
  }

  private static String withWordReplaced(String text, Random random) {
    var words = WORD.matcher(text).results().toList();
    if (words.isEmpty()) {
      return text;
    }
    var replaced = words.get(random.nextInt(words.size()));
    var word =
        random.nextBoolean()
            ? WORDS.get(random.nextInt(WORDS.size()))
            : words.get(random.nextInt(words.size())).group();
    return text.substring(0, replaced.start()) + word + text.substring(replaced.end());
  }

  private static String withLineMoved(String text, Random random) {
    var lines = new ArrayList<>(text.lines().toList());
    if (lines.isEmpty()) {
      return text;
    }
    var line = lines.get(random.nextInt(lines.size()));
    if (random.nextBoolean()) {
      lines.remove(line);
    }
    if (random.nextBoolean()) {
      lines.add(random.nextInt(lines.size() + 1), line);
    }
    return String.join("\n", lines) + "\n";
  }
}
