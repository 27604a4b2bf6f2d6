package io.pgtopo.agent.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Plays incidents on real servers, and judges what the agent shows of them. {@code
 * -Dcampaign.seeds=S-T} plays other seeds; with {@code -Dcampaign.log=FILE} it goes on where that
 * log ends.
 */
class CampaignIT {
  private static final Path DIRECTORY = Path.of("target", "campaign");

  @Test
  void nothing_false_is_told_of_real_servers_and_nothing_true_is_missing() throws IOException {
    Files.createDirectories(DIRECTORY);
    var seeds = seeds(System.getProperty("campaign.seeds", "1"));
    var log = System.getProperty("campaign.log", "");

    var findings = log.isEmpty() ? twice(seeds) : logged(seeds, new CampaignLog(Path.of(log)));

    assertThat(findings).as("findings; their details are in %s", DIRECTORY).isEmpty();
  }

  /** What is found again: a build has neighbours that may keep a machine from measuring. */
  private static List<String> twice(long[] seeds) {
    var found = new ArrayList<String>();
    for (var seed : seeds) {
      if (!play(seed).findings().isEmpty()) {
        play(seed).findings().forEach(it -> found.add("seed " + seed + ": " + it));
      }
    }
    return found;
  }

  private static List<String> logged(long[] seeds, CampaignLog log) throws IOException {
    for (var seed : seeds) {
      if (!log.read().seeds().contains(seed)) {
        log.add(play(seed));
      }
    }
    if (Boolean.getBoolean("campaign.write")) {
      AccuracyPage.writeReal(Path.of("..", "docs", "accuracy.md"), log.read());
    }
    return log.read().findings();
  }

  private static Campaign.Outcome play(long seed) {
    return new Campaign(seed, Integer.getInteger("campaign.incidents", 2))
        .run(DIRECTORY.resolve("seed-" + seed + ".txt"));
  }

  /** Such as {@code 1,5-7}. */
  private static long[] seeds(String text) {
    return Arrays.stream(text.split(","))
        .map(it -> it.split("-"))
        .flatMapToLong(
            it -> LongStream.rangeClosed(Long.parseLong(it[0]), Long.parseLong(it[it.length - 1])))
        .toArray();
  }
}
