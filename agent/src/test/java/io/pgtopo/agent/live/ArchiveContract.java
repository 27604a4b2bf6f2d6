package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.lab.LabInstance;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Archivers that neither succeed nor fail, so that the server counts nothing. */
abstract class ArchiveContract extends RealServers {
  private static final String FAILS = "archiving_fails pg-test-1";

  ArchiveContract(int major) {
    super(major);
  }

  @Test
  void an_archive_command_that_hangs_or_is_empty_archives_nothing() throws IOException {
    var done = lab.directory().resolve("done");
    var primary =
        lab.cluster("pg-test")
            .primary(
                1,
                one ->
                    one.set("archive_mode", "on")
                        .set("archive_command", "until [ -e " + done + " ]; do sleep 0.1; done"))
            .start()
            .instance(1);
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();
      assertStandsStill(watch, primary);

      Files.createFile(done);
      watch.untilDriftsAre();

      primary.set("archive_command", "");
      primary.reload();
      watch.untilDriftsAre();
      assertStandsStill(watch, primary);

      primary.set("archive_command", "false");
      primary.reload();
      completeFile(primary);
      watch.until(
          "the attempt fails",
          seen ->
              Watch.drifts(seen).contains(FAILS)
                  && watch.sentence(seen, FAILS).contains("the last attempt failed"));
      primary.set("archive_command", "true");
      primary.reload();
      completeFile(primary);
      watch.untilDriftsAre();
      assertThat(watch.alarms()).isEmpty();
    }
  }

  private static void assertStandsStill(Watch watch, LabInstance primary) {
    completeFile(primary);
    assertThat(Watch.drifts(watch.cycle())).isEmpty();
    watch.skip(Duration.ofSeconds(30));
    assertThat(Watch.drifts(watch.cycle())).isEmpty();
    watch.skip(Duration.ofSeconds(60));
    Snapshot stalled = watch.untilDriftsAre(FAILS);
    assertThat(watch.sentence(stalled, FAILS))
        .contains("live archiving stands still")
        .contains("none was archived since, and no attempt failed");
  }

  private static void completeFile(LabInstance primary) {
    write(primary, 1_000);
    switchSegment(primary);
    write(primary, 1_000);
  }
}
