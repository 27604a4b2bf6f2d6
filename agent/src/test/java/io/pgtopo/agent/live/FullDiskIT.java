package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pgtopo.lab.Lab;
import io.pgtopo.lab.LabException;
import io.pgtopo.lab.LabInstance;
import io.pgtopo.lab.Postgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A primary whose pg_wal has a small file system of its own. */
@DisplayName("FullDiskIT (skipped where the user may not mount a tmpfs: needs root)")
class FullDiskIT {
  private static final String SILENT = "instance_unreachable pg-test-1";

  /** It ends with a PANIC, and at each start, until there is space. */
  @ParameterizedTest
  @ValueSource(ints = {13, 18})
  void a_primary_without_space_for_wal_is_told_and_not_to_be_started_unread(int major)
      throws Exception {
    var disk = Files.createTempDirectory(Path.of("/tmp"), "wal");
    try (var lab = Lab.open(Postgres.version(major), progress -> {})) {
      var cluster = lab.cluster("pg-test").primary(1).replica(2).start();
      var primary = cluster.instance(1);
      var owner =
          "uid=%s,gid=%s,mode=700"
              .formatted(
                  Files.getAttribute(primary.dataDirectory(), "unix:uid"),
                  Files.getAttribute(primary.dataDirectory(), "unix:gid"));
      assumeTrue(runs("mount", "-t", "tmpfs", "-o", "size=12m," + owner, "none", disk.toString()));
      primary.stop();
      var wal = primary.dataDirectory().resolve("pg_wal");
      assertThat(
              runs(
                  "sh",
                  "-c",
                  "cp -a %1$s/. %2$s && rm -r %1$s && ln -s %2$s %1$s".formatted(wal, disk)))
          .isTrue();
      primary.start();
      primary.execute("SELECT pg_create_physical_replication_slot('unused', true)");
      cluster.instance(2).awaitStreaming();
      try (var watch = Watch.of(lab)) {
        watch.until(
            "its slot", seen -> Watch.drifts(seen).contains("slot_orphaned pg-test-1 slot unused"));
        fill(primary);

        watch.twoPollsAfter(
            () -> !primary.isRunning(), SILENT, seen -> Watch.drifts(seen).contains(SILENT));
        assertThat(endsAtStart(primary)).isTrue();
        var snapshot =
            watch.until("confirmed", seen -> !watch.advice(seen, SILENT).startsWith("wait until"));
        assertThat(watch.advice(snapshot, SILENT))
            .contains("bring it back once its log shows why it stopped")
            .contains("never both");

        assertThat(runs("mount", "-o", "remount,size=64m", disk.toString())).isTrue();
        primary.start();
        watch.twoPollsAfter(
            RealServers.streams(cluster.instance(2), primary),
            "slot_orphaned pg-test-1 slot unused");
        assertThat(watch.alarms()).isEmpty();
      }
      primary.stop();
    } finally {
      runs("umount", "-l", disk.toString());
      Files.delete(disk);
    }
  }

  private static void fill(LabInstance primary) {
    try {
      for (var segment = 0; segment < 64; segment++) {
        RealServers.write(primary, 900_000);
      }
    } catch (LabException full) {
      return;
    }
    throw new AssertionError("there is still space");
  }

  private static boolean endsAtStart(LabInstance primary) {
    try {
      primary.start();
      return false;
    } catch (LabException ended) {
      return primary.lastLogLines().contains("No space left on device");
    }
  }

  private static boolean runs(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor()
        == 0;
  }
}
