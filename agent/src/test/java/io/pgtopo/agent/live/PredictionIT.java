package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.campaign.AccuracyPage;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Asks whether a failover is safe, then kills the primary, promotes, and compares. The build plays
 * one round; {@code -Dprediction.rounds=10 -Dprediction.versions=13,17,18} plays all shapes, and
 * goes on where {@code -Dprediction.log=FILE} ends. {@code -Dprediction.write=true} writes the
 * table.
 */
class PredictionIT {
  private static final Path PAGE = Path.of("..", "docs", "accuracy.md");

  @Test
  void what_is_predicted_of_a_failover_is_what_happens(@TempDir Path directory) throws Exception {
    var file = System.getProperty("prediction.log", "");
    var log =
        new PredictionLog(file.isEmpty() ? directory.resolve("predictions.tsv") : Path.of(file));
    var versions =
        Arrays.stream(System.getProperty("prediction.versions", "18").split(","))
            .map(Integer::valueOf)
            .toList();
    var shapes =
        file.isEmpty()
            ? new PredictedShape[] {PredictedShape.SYNCHRONOUS, PredictedShape.FAILOVER_SLOT}
            : PredictedShape.values();
    for (var round = 1; round <= Integer.getInteger("prediction.rounds", 1); round++) {
      for (var version : versions) {
        for (var shape : shapes) {
          var done =
              log.read().stream()
                  .filter(it -> it.shape() == shape && it.major() == version)
                  .count();
          if (version >= shape.first && done < round) {
            play(shape, version, log);
          }
        }
      }
    }
    if (Boolean.getBoolean("prediction.write")) {
      AccuracyPage.writeFailovers(PAGE, log.read().size(), PredictionLog.table(log.read()));
    }

    assertThat(log.read()).flatExtracting(PredictionLog.Outcome::wrong).isEmpty();
  }

  private static void play(PredictedShape shape, int version, PredictionLog log) throws Exception {
    try (var round = new PredictedRound(shape, version)) {
      log.add(round.play());
    }
  }
}
