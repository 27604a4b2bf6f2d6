package io.pgtopo.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Ansible as it is installed on this machine: one process reads many inventories. */
final class Ansible {
  private static final Path SCRIPT = Path.of("src/test/resources/ansible/inventories.py");

  /** The answer for an inventory that Ansible cannot load. */
  static final List<String> REFUSED = List.of("refused");

  private Ansible() {}

  /** The Python that runs {@code ansible-inventory}; empty if it is not installed. */
  static Optional<String> python() {
    return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":"))
        .map(directory -> Path.of(directory, "ansible-inventory"))
        .filter(Files::isExecutable)
        .map(Ansible::firstLine)
        .filter(line -> line.startsWith("#!"))
        .map(line -> line.substring(2).strip())
        .findFirst();
  }

  private static String firstLine(Path file) {
    try (var lines = Files.lines(file)) {
      return lines.findFirst().orElse("");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An inventory, and the directory of the playbook if it is not the inventory's own. */
  record Request(Path inventory, Optional<Path> playbook) {}

  /**
   * The variables of all hosts of each inventory: lines of host, variable and value, sorted.
   *
   * @param python that {@link #python} found
   */
  static Map<Path, List<String>> load(String python, Path directory, List<Request> requests)
      throws IOException, InterruptedException {
    var input = directory.resolve("requests");
    var output = directory.resolve("answers");
    Files.write(
        input,
        requests.stream()
            .map(it -> it.inventory() + "\t" + it.playbook().map(Path::toString).orElse(""))
            .toList());
    var process =
        new ProcessBuilder(python, SCRIPT.toAbsolutePath().toString())
            .directory(directory.toFile())
            .redirectInput(input.toFile())
            .redirectOutput(output.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    var status = process.waitFor();
    if (status != 0) {
      throw new IOException("Ansible's Python ended with " + status);
    }
    var answers = new HashMap<Path, List<String>>();
    List<String> current = new ArrayList<>();
    for (var line : Files.readAllLines(output, UTF_8)) {
      if (line.startsWith("inventory ")) {
        current = new ArrayList<>();
        answers.put(Path.of(line.substring("inventory ".length())), current);
      } else {
        current.add(line);
      }
    }
    return answers;
  }
}
