package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.lab.LabInstance;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Standbys without a walreceiver, each with the reason that it and its upstream report. */
abstract class DetachmentContract extends RealServers {
  DetachmentContract(int major) {
    super(major);
  }

  @Test
  void a_slot_that_does_not_exist_is_named_and_the_cascade_below_is_orphaned() {
    var cluster = four();
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();

      cluster.instance(2).set("primary_slot_name", "no_such_slot");
      cluster.instance(2).reload();

      var snapshot =
          watch.untilDriftsAre("replica_detached pg-test-2", "orphaned_replica pg-test-4");
      assertThat(watch.sentence(snapshot, "replica_detached pg-test-2"))
          .contains(
              "declared replica, live not streaming; has no walreceiver", "without a walreceiver")
          .endsWith(
              "it uses slot no_such_slot, which %s does not have"
                  .formatted(named(cluster.instance(1))));
      assertThat(watch.sentence(snapshot, "orphaned_replica pg-test-4"))
          .contains("live cut off together with pg-test-2")
          .endsWith("; it has no walreceiver");
      // Each attempt of its walreceiver has a walsender for a moment.
      watch.until(
          "two links are left",
          seen ->
              watch
                  .links(seen)
                  .equals(
                      List.of(
                          "pg-test-1 -> pg-test-3 both_ends", "pg-test-2 -> pg-test-4 both_ends")));
      assertThat(watch.alarms()).isEmpty();
    }
  }

  private static String named(LabInstance instance) {
    return instance.name() + " (" + instance.host() + ":" + instance.port() + ")";
  }

  @Test
  void a_slot_that_another_replica_uses_is_busy() {
    var cluster = four();
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();

      cluster.instance(2).set("primary_slot_name", "pg_test_3");
      cluster.instance(2).reload();

      var snapshot =
          watch.untilDriftsAre("replica_detached pg-test-2", "orphaned_replica pg-test-4");
      assertThat(watch.sentence(snapshot, "replica_detached pg-test-2"))
          .endsWith(
              "its slot pg_test_3 at %s is used by pg-test-3"
                  .formatted(named(cluster.instance(1))));
      assertThat(watch.alarms()).isEmpty();
    }
  }

  /** It is set, and leads somewhere, though not to an address. */
  @Test
  void a_replica_that_follows_through_a_unix_socket_has_an_upstream_also_when_it_is_cut_off() {
    var cluster = lab.cluster("pg-test").primary(1, one -> one.socket()).replica(2).start();
    var primary = cluster.instance(1);
    var replica = cluster.instance(2);
    var conninfo = replica.value("SHOW primary_conninfo").orElseThrow();
    var socket = primary.socketDirectory().orElseThrow().toString();
    try (var watch = Watch.of(lab)) {
      replica.set("primary_conninfo", conninfo.replace("host=" + primary.host(), "host=" + socket));
      replica.reload();
      watch.twoPollsAfter(streams(replica, primary));

      replica.set("primary_conninfo", conninfo.replace("host=" + primary.host(), "host=/nowhere"));
      replica.reload();
      var snapshot =
          watch.until("cut off", seen -> Watch.drifts(seen).contains("replica_detached pg-test-2"));
      assertThat(watch.sentence(snapshot, "replica_detached pg-test-2"))
          .contains("unknown why: primary_conninfo names a Unix socket, and no address");
      assertThat(watch.advice(snapshot, "replica_detached pg-test-2"))
          .doesNotContain("set its primary_conninfo");

      replica.set("primary_conninfo", conninfo);
      replica.reload();
      watch.twoPollsAfter(streams(replica, primary));
      assertThat(watch.alarms()).isEmpty();
    }
  }

  @Test
  void removed_wal_is_shown_by_the_slot_and_without_a_slot_by_the_oldest_wal_file() {
    var cluster =
        lab.cluster("pg-test")
            .primary(1, one -> one.set("max_slot_wal_keep_size", "2MB").set("wal_keep_size", "0"))
            .replica(2, two -> two.slot())
            .replica(3)
            .replica(4)
            .start();
    var primary = cluster.instance(1);
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();
      cluster.instance(2).stop();
      cluster.instance(3).stop();
      for (var segment = 0; segment < 8; segment++) {
        switchSegment(primary);
        write(primary, 100);
        untilReplayed(cluster.instance(4), primary);
      }
      primary.execute("CHECKPOINT");
      cluster.instance(2).start();
      cluster.instance(3).start();

      var snapshot =
          watch.until(
              "each is explained by what is lost",
              seen ->
                  Watch.drifts(seen)
                          .equals(
                              List.of(
                                  "replica_detached pg-test-2",
                                  "replica_detached pg-test-3",
                                  "slot_lost pg-test-1 slot pg_test_2"))
                      && watch
                          .sentence(seen, "replica_detached pg-test-3")
                          .contains("and the oldest WAL on " + named(primary) + " begins at "));

      assertThat(watch.sentence(snapshot, "replica_detached pg-test-2"))
          .endsWith(
              "its slot pg_test_2 at %s has lost WAL that it needs".formatted(named(primary)));
      assertThat(watch.sentence(snapshot, "replica_detached pg-test-3"))
          .contains(", and the oldest WAL on %s begins at ".formatted(named(primary)));
      assertThat(watch.alarms()).isEmpty();
    }
  }

  /** As after a gap in an archive: each source was asked, and has not what the replica needs. */
  @Test
  void wal_that_neither_the_upstream_nor_the_archive_has_is_why_a_replica_is_detached() {
    var cluster =
        lab.cluster("pg-test")
            .primary(1, one -> one.set("wal_keep_size", "0"))
            .replica(2, two -> two.set("restore_command", "false"))
            .replica(3, three -> three.slot())
            .start();
    var primary = cluster.instance(1);
    var replica = cluster.instance(2);
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();
      replica.stop();
      for (var segment = 0; segment < 8; segment++) {
        switchSegment(primary);
        write(primary, 100);
        untilReplayed(cluster.instance(3), primary);
      }
      primary.execute("CHECKPOINT");
      replica.start();

      var snapshot =
          watch.until(
              "the oldest WAL is read again",
              seen ->
                  Watch.drifts(seen).equals(List.of("replica_detached pg-test-2"))
                      && watch.sentence(seen, "replica_detached pg-test-2").contains("begins at "));
      assertThat(watch.sentence(snapshot, "replica_detached pg-test-2"))
          .contains("and the oldest WAL on %s begins at ".formatted(named(primary)));

      replica.rejoin(primary);
      watch.twoPollsAfter(streams(replica, primary));
      assertThat(watch.alarms()).isEmpty();
    }
  }

  /** Its walreceiver says at moments that it streams, which is no link. */
  @Test
  void an_upstream_with_another_system_identifier_is_reported_at_every_poll_and_is_never_a_link() {
    var cluster = lab.cluster("pg-test").primary(1).replica(2).replica(3).start();
    var other = lab.cluster("pg-other").primary(1).start().instance(1);
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();

      cluster.instance(2).follow(other);

      var snapshot = watch.untilDriftsAre("replica_detached pg-test-2");
      var system = other.value("SELECT system_identifier FROM pg_control_system()").orElseThrow();
      assertThat(watch.sentence(snapshot, "replica_detached pg-test-2"))
          .endsWith(
              "its primary_conninfo leads to %s, which has system identifier %s"
                  .formatted(named(other), system));
      for (var poll = 0; poll < 100; poll++) {
        snapshot = watch.cycle();
        assertThat(Watch.drifts(snapshot))
            .singleElement()
            .isIn("replica_detached pg-test-2", "upstream_mismatch pg-test-2");
        assertThat(watch.links(snapshot)).containsExactly("pg-test-1 -> pg-test-3 both_ends");
        assertThat(watch.words(snapshot)).singleElement().asString().contains(system);
      }
      assertThat(watch.alarms()).isEmpty();
    }
  }
}
