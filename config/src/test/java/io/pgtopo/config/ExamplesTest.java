package io.pgtopo.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.DeclaredUpstream;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.InstanceRole;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ExamplesTest {
  private static final Path EXAMPLES = Path.of("examples");

  private static Stream<Path> inventories() throws IOException {
    try (var files = Files.list(EXAMPLES)) {
      return files.filter(file -> !file.endsWith("pgtopo.yml")).sorted().toList().stream();
    }
  }

  private static Config load(Path file) {
    return Config.load(Optional.empty(), List.of(file.toString()), Map.of());
  }

  @ParameterizedTest
  @MethodSource("inventories")
  void an_example_loads_without_a_warning(Path file) {
    assertThat(load(file).warnings()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "single | pg-meta-1 primary",
        "ha | pg-test-1 primary, pg-test-2 replica, pg-test-3 offline",
        "standby-cluster | pg-test-1 primary, pg-test-2 replica, pg-test-dr-1 primary"
            + " 10.10.10.11:5432, pg-test-dr-2 replica",
        "delayed | pg-test-1 primary, pg-test-delay-1 primary 10.10.10.11:5432 PT1H",
        "cascade | pg-test-1 primary, pg-test-2 replica, pg-test-3 replica 10.10.10.12:5432",
        "citus | pg-citus0-1 primary, pg-citus0-2 replica, pg-citus1-1 primary, pg-citus1-2"
            + " replica, pg-citus2-1 primary, pg-citus2-2 replica",
        "remote | pg-rds-1 -, pg-rds-2 -",
        "services | pg-test-1 primary, pg-test-2 replica, pg-test-3 replica",
      })
  void an_example_declares_what_its_comments_say(String name, String instances) {
    var config = load(EXAMPLES.resolve(name + ".yml"));

    assertThat(String.join(", ", config.inventory().instances().map(ExamplesTest::shown).toList()))
        .isEqualTo(instances);
  }

  private static String shown(Instance instance) {
    var upstream =
        switch (instance.upstream()) {
          case DeclaredUpstream.None none -> "";
          case DeclaredUpstream.ClusterLeader leader -> "";
          case DeclaredUpstream.Member member -> " " + member.endpoint();
          case DeclaredUpstream.Outside outside -> " " + outside.endpoint();
        };
    return instance.name()
        + " "
        + instance.role().map(InstanceRole::label).orElse("-")
        + upstream
        + (instance.delay().isZero() ? "" : " " + instance.delay());
  }

  @Test
  void the_settings_of_the_examples_load() {
    var config = Config.load(Optional.of(EXAMPLES.resolve("pgtopo.yml")), List.of(), Map.of());

    assertThat(config.inventory().clusters()).extracting(Cluster::name).containsExactly("pg-test");
  }
}
