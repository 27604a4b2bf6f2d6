package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.InstanceFacts;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.RefusableFact;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.observation.Timeline;
import io.pgtopo.lab.LabInstance;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What hardening guides revoke from PUBLIC: each costs one fact, and one GRANT gives it back. */
abstract class PrivilegeContract extends RealServers {
  PrivilegeContract(int major) {
    super(major);
  }

  @Test
  void a_fact_that_is_refused_costs_that_fact_until_it_is_granted() {
    var cluster = lab.cluster("pg-test").primary(1).replica(2).start();
    var primary = cluster.instance(1);
    var replica = cluster.instance(2);
    replica.awaitStreaming();
    for (var fact : RefusableFact.values()) {
      for (var object : fact.objects()) {
        var privilege = RefusableFact.privilege(object);
        change(primary, replica, "REVOKE " + privilege + " FROM PUBLIC");

        var reason = RefusableFact.reason(List.of(object));
        var seen = List.of(poll(primary), poll(replica));

        assertThat(seen)
            .as(privilege)
            .allSatisfy(it -> assertThat(it).isSubsetOf(reason, "timeline"));
        assertThat(seen.stream().anyMatch(it -> !it.isEmpty()) || isNotNeeded(fact))
            .as(privilege)
            .isTrue();

        change(primary, replica, RefusableFact.grant(object, "dbuser_monitor"));
        assertThat(poll(primary)).as(privilege).isEmpty();
        assertThat(poll(replica)).as(privilege).isEmpty();
        change(primary, replica, "REVOKE " + privilege + " FROM dbuser_monitor");
        change(primary, replica, "GRANT " + privilege + " TO PUBLIC");
      }
    }
  }

  /** A server in production, or a standby that streams, has a better source for its timeline. */
  private static boolean isNotNeeded(RefusableFact fact) {
    return fact == RefusableFact.CHECKPOINT_TIMELINE || fact == RefusableFact.RECOVERY_TIMELINE;
  }

  @Test
  void a_refusal_is_noticed_on_a_kept_connection_and_the_drifts_stay_right() {
    var cluster = four();
    try (var watch = Watch.of(lab)) {
      watch.untilDriftsAre();
      var primary = cluster.instance(1);
      for (var object :
          List.of("pg_control_checkpoint()", "pg_control_recovery()", "pg_stat_activity")) {
        primary.execute("REVOKE " + RefusableFact.privilege(object) + " FROM PUBLIC");
      }
      for (var seq = 2; seq <= 4; seq++) {
        untilReplayed(cluster.instance(seq), primary);
      }

      assertThat(Watch.drifts(watch.cycle())).isEmpty();
      assertThat(watch.alarms()).isEmpty();
    }
  }

  private static void change(LabInstance primary, LabInstance replica, String sql) {
    primary.execute(sql);
    untilReplayed(replica, primary);
  }

  /** Why facts are hidden in a first poll. */
  private static List<String> poll(LabInstance server) {
    try (var probe = Polls.probe(Polls.LOGIN)) {
      return switch (probe.observe(Polls.endpoint(server))) {
        case Observation.Reachable answer -> hidden(answer.facts());
        case Observation.Unreachable(var endpoint, var window, var failure) -> {
          assertThat(failure.kind()).isEqualTo(Failure.Kind.PERMISSION);
          yield List.of(failure.message().replace("the system identifier is ", ""));
        }
      };
    }
  }

  private static List<String> hidden(InstanceFacts facts) {
    var readings = new ArrayList<Reading<?>>();
    readings.add(facts.replication().senders());
    readings.add(facts.replication().slotRows());
    readings.add(facts.survey());
    switch (facts.state()) {
      case ServerState.InProduction production -> {
        readings.add(production.archiver());
        readings.add(production.syncWaits());
      }
      case ServerState.InRecovery recovery -> {
        readings.add(recovery.receiver());
        readings.add(recovery.startupWait());
      }
    }
    var reasons = new ArrayList<String>();
    readings.forEach(
        reading -> {
          if (reading instanceof Reading.Denied<?>(var reason)) {
            reasons.add(reason);
          }
        });
    if (facts.timeline().source() == Timeline.Source.HIDDEN) {
      reasons.add("timeline");
    }
    return reasons.stream().distinct().toList();
  }
}
