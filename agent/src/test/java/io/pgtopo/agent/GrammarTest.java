package io.pgtopo.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.judge.Standing;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.topology.Detachment;
import io.pgtopo.agent.topology.LiveUpstream;
import io.pgtopo.agent.topology.Peer;
import io.pgtopo.agent.topology.WalSource;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The grammar of the core against its types. */
class GrammarTest {
  private static String grammar() throws IOException {
    return Files.readString(Path.of("src/main/java/io/pgtopo/agent/package-info.java"));
  }

  @Test
  void every_alternative_of_what_it_names_is_in_it() throws IOException {
    var words = List.of(grammar().split("\\W+"));

    for (var type :
        List.of(
            Observation.class,
            ServerState.class,
            Reading.class,
            LiveUpstream.class,
            Detachment.class,
            WalSource.class,
            Peer.class,
            Drift.class,
            Standing.class)) {
      assertThat(words)
          .contains(type.getSimpleName())
          .containsAll(
              Arrays.stream(type.getPermittedSubclasses()).map(Class::getSimpleName).toList());
    }
  }

  @Test
  void every_part_of_a_snapshot_is_in_it() throws IOException {
    assertThat(grammar())
        .contains(
            Arrays.stream(Snapshot.class.getRecordComponents())
                .map(RecordComponent::getType)
                .filter(type -> !type.equals(List.class))
                .map(Class::getSimpleName)
                .toList());
  }
}
