package io.pgtopo.agent.live;

import io.pgtopo.agent.failover.Candidate;
import io.pgtopo.agent.failover.Concern;
import io.pgtopo.agent.failover.Finding;
import io.pgtopo.agent.failover.Readiness;
import io.pgtopo.agent.failover.Safety;
import io.pgtopo.lab.Lab;
import io.pgtopo.lab.LabCluster;
import io.pgtopo.lab.LabInstance;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** A cluster of which a failover is predicted, and then done. Its candidate is pg-test-2. */
enum PredictedShape {
  ASYNCHRONOUS("asynchronous, a second standby", 13),
  SYNCHRONOUS("one synchronous standby", 13),
  QUORUM("`ANY 1` of two standbys, the one that has more is promoted", 13),
  CASCADE("asynchronous, two standbys behind it, one of which stays on its timeline", 13),
  /** Before 14 the other standby would end. */
  LOWER_SETTINGS("asynchronous, a second standby with a lower `max_connections`", 14),
  DELAYED("delayed by an hour", 13),
  SUBSCRIPTION("a subscription without a failover slot", 13),
  FAILOVER_SLOT("a subscription with a failover slot", 17),
  SWITCHOVER("switchover: asynchronous, a second standby", 13),
  SLOT_SWITCHOVER("switchover: a subscription with a failover slot", 17),
  PATRONI_FAILOVER("failover by Patroni: asynchronous, three nodes", PatroniRound.VERSION),
  PATRONI_SWITCHOVER("switchover by Patroni: asynchronous, three nodes", PatroniRound.VERSION);

  private static final String NAMES = "synchronous_standby_names";

  final String text;
  final int first;

  PredictedShape(String text, int first) {
    this.text = text;
    this.first = first;
  }

  /** Patroni runs the servers of Debian's packages, of which there is one version. */
  boolean runsOn(int major) {
    return major == PatroniRound.VERSION ? isPatroni() : major >= first && !isPatroni();
  }

  boolean isPatroni() {
    return this == PATRONI_FAILOVER || this == PATRONI_SWITCHOVER;
  }

  /** Whether the primary is shut down cleanly, or else killed. */
  boolean isSwitchover() {
    return this == SWITCHOVER || this == SLOT_SWITCHOVER || this == PATRONI_SWITCHOVER;
  }

  Safety answer(Candidate candidate) {
    return isSwitchover() ? candidate.switchover() : candidate.failover();
  }

  boolean hasSubscriber() {
    return this == SUBSCRIPTION || hasFailoverSlot();
  }

  private boolean hasFailoverSlot() {
    return this == FAILOVER_SLOT || this == SLOT_SWITCHOVER;
  }

  LabCluster start(Lab lab) {
    var plan = lab.cluster("pg-test");
    return switch (this) {
      case ASYNCHRONOUS, SWITCHOVER -> plan.primary(1).replica(2).replica(3).start();
      case SYNCHRONOUS ->
          plan.primary(1, one -> one.set(NAMES, "\"pg-test-2\"")).replica(2).replica(3).start();
      case QUORUM ->
          plan.primary(1, one -> one.set(NAMES, "ANY 1 (\"pg-test-2\", \"pg-test-3\")"))
              .replica(2, two -> two.set(NAMES, ""))
              .replica(3, three -> three.set(NAMES, ""))
              .start();
      case CASCADE ->
          plan.primary(1)
              .replica(2)
              .replica(3, three -> three.follows(2))
              .replica(4, four -> four.follows(2).set("recovery_target_timeline", "current"))
              .start();
      case LOWER_SETTINGS ->
          plan.primary(1).replica(2, two -> two.set("max_connections", "150")).replica(3).start();
      case DELAYED -> plan.primary(1).replica(2, two -> two.delay(Duration.ofHours(1))).start();
      case SUBSCRIPTION ->
          plan.primary(1, one -> one.set("wal_level", "logical"))
              .replica(2, two -> two.set("wal_level", "logical"))
              .start();
      case FAILOVER_SLOT, SLOT_SWITCHOVER ->
          plan.primary(1, one -> one.set("wal_level", "logical"))
              .replica(2, two -> two.slot().set("wal_level", "logical"))
              .start();
      case PATRONI_FAILOVER, PATRONI_SWITCHOVER ->
          throw new IllegalStateException("Patroni starts it");
    };
  }

  /** The subscriber, in a cluster of its own. */
  LabInstance subscribe(Lab lab, LabCluster cluster) {
    var publisher = cluster.instance(1);
    var subscriber =
        lab.cluster("pg-sub")
            .primary(1, one -> one.set("max_logical_replication_workers", "4"))
            .start()
            .instance(1);
    subscriber.execute("CREATE TABLE acknowledged (number int, position text)");
    publisher.execute("CREATE PUBLICATION acknowledged FOR TABLE acknowledged");
    if (hasFailoverSlot()) {
      var standby = cluster.instance(2);
      var conninfo = standby.value("SELECT current_setting('primary_conninfo')").orElseThrow();
      standby.set("hot_standby_feedback", "on");
      standby.set("primary_conninfo", conninfo + " dbname=postgres");
      standby.set("sync_replication_slots", "on");
      standby.reload();
      publisher.set("synchronized_standby_slots", "pg_test_2");
      publisher.reload();
    }
    subscriber.execute(
        "CREATE SUBSCRIPTION acknowledged CONNECTION '%s' PUBLICATION acknowledged%s"
            .formatted(conninfo(publisher), hasFailoverSlot() ? " WITH (failover = true)" : ""));
    return subscriber;
  }

  static String conninfo(LabInstance server) {
    return "host=%s port=%d user=postgres dbname=postgres".formatted(server.host(), server.port());
  }

  /** Whether what is asked about has come about. */
  boolean isReady(Readiness readiness) {
    if (readiness.candidates().isEmpty()) {
      return false;
    }
    var candidate = readiness.candidates().getFirst();
    return switch (this) {
      case ASYNCHRONOUS, CASCADE, PATRONI_FAILOVER -> candidate.lost().isPresent();
      case LOWER_SETTINGS ->
          readiness.candidates().stream().anyMatch(it -> has(it, Concern.SettingsTooLow.class));
      case SYNCHRONOUS -> candidate.failover() == Safety.YES;
      case QUORUM -> readiness.isSafeForMostAdvanced();
      case DELAYED -> candidate.toReplay().filter(bytes -> bytes > 0).isPresent();
      case SUBSCRIPTION -> has(candidate, Concern.SlotEnds.class);
      case SWITCHOVER, SLOT_SWITCHOVER, PATRONI_SWITCHOVER -> candidate.switchover() == Safety.YES;
      case FAILOVER_SLOT ->
          Stream.of(Concern.SlotEnds.class, Concern.SlotUnproven.class)
              .noneMatch(it -> has(candidate, it));
    };
  }

  static boolean has(Candidate candidate, Class<? extends Concern> kind) {
    return concerns(candidate).stream().anyMatch(kind::isInstance);
  }

  static List<Concern> concerns(Candidate candidate) {
    return candidate.findings().stream().map(Finding::concern).toList();
  }
}
