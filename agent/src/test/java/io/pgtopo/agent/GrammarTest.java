package io.pgtopo.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The grammar of the core against the types that it defines; it leaves out those that it only
 * names.
 */
class GrammarTest {
  private final String grammar =
      Files.readString(Path.of("src/main/java/io/pgtopo/agent/package-info.java"));

  GrammarTest() throws IOException {}

  @Test
  void what_it_defines_is_a_type_with_all_its_alternatives() {
    var words = List.of(grammar.split("\\W+"));
    var defined = Pattern.compile("(?m)^ \\* (\\w+)(?:&lt;T&gt;)? *= ").matcher(grammar).results();

    assertThat(defined)
        .hasSizeGreaterThan(20)
        .allSatisfy(
            definition -> {
              var type = type(definition.group(1));
              assertThat(type).as(definition.group(1)).isPresent();
              assertThat(words).containsAll(alternatives(type.get()));
            });
  }

  private static List<String> alternatives(Class<?> type) {
    return type.isSealed()
        ? Arrays.stream(type.getPermittedSubclasses()).map(Class::getSimpleName).toList()
        : List.of();
  }

  private static Optional<? extends Class<?>> type(String name) {
    return Stream.of(
            "",
            "observation.",
            "topology.",
            "crawl.",
            "drift.",
            "compare.",
            "track.",
            "judge.",
            "failover.",
            "history.")
        .map(room -> loaded("io.pgtopo.agent." + room + name))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static Optional<Class<?>> loaded(String name) {
    try {
      return Optional.of(Class.forName(name));
    } catch (ClassNotFoundException none) {
      return Optional.empty();
    }
  }

  @Test
  void every_part_of_a_snapshot_is_in_it() {
    assertThat(grammar)
        .contains(
            Arrays.stream(Snapshot.class.getRecordComponents())
                .map(RecordComponent::getType)
                .filter(type -> !type.equals(List.class))
                .map(Class::getSimpleName)
                .toList());
  }
}
