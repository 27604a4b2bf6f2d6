package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.lab.LabInstance;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

class Archive13IT extends ArchiveContract {
  Archive13IT() {
    super(13);
  }

  /** Up to 14 it is a process, and all that the view waits for. */
  @Test
  void a_statistics_collector_that_hangs_hides_the_archiver_and_nothing_else() {
    var primary =
        lab.cluster("pg-test")
            .primary(1, one -> one.set("archive_mode", "on").set("archive_command", "true"))
            .start()
            .instance(1);
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();
      var collector = collector(primary);
      signal("STOP", collector);

      var hidden = watch.untilDriftsAre("unverifiable archiving_fails pg-test-1");
      assertThat(watch.words(hidden))
          .singleElement()
          .asString()
          .contains("pg_stat_archiver waits for the statistics collector");
      for (var poll = 0; poll < 10; poll++) {
        assertThat(Watch.drifts(watch.cycle()))
            .containsExactly("unverifiable archiving_fails pg-test-1");
      }

      signal("CONT", collector);
      watch.untilDriftsAre();
      assertThat(watch.alarms()).isEmpty();
    }
  }

  private static long collector(LabInstance server) {
    try {
      var postmaster =
          Files.readAllLines(server.dataDirectory().resolve("postmaster.pid")).getFirst().strip();
      var search = new ProcessBuilder("pgrep", "-P", postmaster, "-f", "stats collector").start();
      return Long.parseLong(
          new String(search.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip());
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}
