package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pgtopo.lab.Lab;
import io.pgtopo.lab.LabInstance;
import io.pgtopo.lab.Postgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("ClocksIT (skipped where Debian's libfaketime is missing)")
class ClocksIT {
  private static final Path LIBRARY =
      Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1");

  @BeforeEach
  void needsLibrary() {
    assumeTrue(Files.exists(LIBRARY), "libfaketime is not installed");
  }

  @Test
  void a_replica_of_18_whose_clock_is_5_seconds_ahead_is_no_undeclared_server(
      @TempDir Path directory) throws IOException {
    watch(18, "+5s", directory);
  }

  @Test
  void a_replica_of_13_whose_clock_is_5_seconds_ahead_is_no_undeclared_server(
      @TempDir Path directory) throws IOException {
    watch(13, "+5s", directory);
  }

  @Test
  void a_replica_of_13_whose_clock_is_an_hour_behind_is_no_undeclared_server(
      @TempDir Path directory) throws IOException {
    watch(13, "-1h", directory);
  }

  @Test
  void a_replica_of_18_whose_clock_is_an_hour_ahead_is_no_undeclared_server(@TempDir Path directory)
      throws IOException {
    watch(18, "+1h", directory);
  }

  /** It dials an address that the agent does not know, so the starts of both ends identify it. */
  private static void watch(int major, String offset, Path directory) throws IOException {
    // The servers have another user.
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    var clock = Files.writeString(directory.resolve("clock"), offset);
    try (var lab = Lab.open(Postgres.version(major), progress -> {})) {
      var cluster =
          lab.cluster("pg-test")
              .primary(1)
              .replica(
                  2,
                  two ->
                      two.startedBy(
                          "env",
                          "LD_PRELOAD=" + LIBRARY,
                          "FAKETIME_TIMESTAMP_FILE=" + clock,
                          "FAKETIME_CACHE_DURATION=1"))
              .replica(3)
              .start();
      var primary = cluster.instance(1);
      var replica = cluster.instance(2);
      var alias = primary.host() + "01";
      primary.set("listen_addresses", primary.host() + "," + alias);
      primary.restart();
      replica.set(
          "primary_conninfo",
          replica
              .value("SHOW primary_conninfo")
              .orElseThrow()
              .replace("host=" + primary.host() + " ", "host=" + alias + " "));
      replica.restart();
      replica.awaitStreaming();
      try (var watch = Watch.of(lab)) {
        var skewed =
            watch.toldTwoPollsAfter(
                RealServers.streams(cluster.instance(3), primary), "clock_skew pg-test");

        // What 13 reports does not always identify the replica; then it is unknown.
        assertThat(Watch.drifts(skewed))
            .noneMatch(drift -> drift.startsWith("undeclared_instance"))
            .doesNotContain("replica_detached pg-test-2");

        Files.writeString(clock, "+0s");
        // The walreceiver has the start that the wrong clock told it; it is known by its process.
        watch.twoPollsAfter(
            () -> isClockRight(replica) && RealServers.streams(replica, primary).getAsBoolean());
        assertThat(watch.alarms()).isEmpty();
      }
    }
  }

  private static boolean isClockRight(LabInstance server) {
    return RealServers.isTrue(
        server,
        "SELECT abs(extract(epoch FROM clock_timestamp()) - %d) < 2"
            .formatted(Instant.now().getEpochSecond()));
  }
}
