package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pgtopo.lab.Lab;
import io.pgtopo.lab.Postgres;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("ClocksIT (skipped where Debian's libfaketime is missing)")
class ClocksIT {
  private static final Path LIBRARY =
      Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1");

  @BeforeEach
  void needsLibrary() {
    assumeTrue(Files.exists(LIBRARY), "libfaketime is not installed");
  }

  @Test
  void a_replica_of_18_whose_clock_is_5_seconds_ahead_is_no_undeclared_server() {
    watch(18, "+5s");
  }

  @Test
  void a_replica_of_13_whose_clock_is_5_seconds_ahead_is_no_undeclared_server() {
    watch(13, "+5s");
  }

  @Test
  void a_replica_of_13_whose_clock_is_an_hour_behind_is_no_undeclared_server() {
    watch(13, "-1h");
  }

  @Test
  void a_replica_of_18_whose_clock_is_an_hour_ahead_is_no_undeclared_server() {
    watch(18, "+1h");
  }

  /** It dials an address that the agent does not know, so the starts of both ends identify it. */
  private static void watch(int major, String clock) {
    try (var lab = Lab.open(Postgres.version(major), progress -> {})) {
      var cluster =
          lab.cluster("pg-test")
              .primary(1)
              .replica(2, two -> two.startedBy("env", "LD_PRELOAD=" + LIBRARY, "FAKETIME=" + clock))
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
        assertThat(watch.alarms()).isEmpty();
      }
    }
  }
}
