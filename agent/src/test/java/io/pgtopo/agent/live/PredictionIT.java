package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.campaign.AccuracyPage;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Asks whether a failover or a switchover is safe, then ends the primary, promotes, and compares.
 * The build plays one round; {@code -Dprediction.rounds=10 -Dprediction.versions=13,15,17,18} plays
 * all shapes, or those of {@code -Dprediction.shapes=NAME,...}, and goes on where {@code
 * -Dprediction.log=FILE} ends. {@code -Dprediction.write=true} writes these rows of the table.
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
    var named = System.getProperty("prediction.shapes", "");
    var shapes =
        !named.isEmpty()
            ? Arrays.stream(named.split(",")).map(PredictedShape::valueOf).toList()
            : file.isEmpty()
                ? List.of(PredictedShape.SYNCHRONOUS, PredictedShape.FAILOVER_SLOT)
                : List.of(PredictedShape.values());
    for (var round = 1; round <= Integer.getInteger("prediction.rounds", 1); round++) {
      for (var version : versions) {
        for (var shape : shapes) {
          var done =
              log.read().stream()
                  .filter(it -> it.shape() == shape && it.major() == version)
                  .count();
          if (shape.runsOn(version) && done < round) {
            play(shape, version, log);
          }
        }
      }
    }
    if (Boolean.getBoolean("prediction.write")) {
      AccuracyPage.writeFailovers(PAGE, PredictionLog.rows(log.read()));
    }

    assertThat(log.read()).flatExtracting(PredictionLog.Outcome::wrong).isEmpty();
  }

  private static void play(PredictedShape shape, int version, PredictionLog log) throws Exception {
    if (shape.isPatroni()) {
      try (var round = new PatroniRound(shape)) {
        log.add(round.play());
      }
      return;
    }
    try (var round = new PredictedRound(shape, version)) {
      log.add(round.play());
    }
  }
}
