package io.pgtopo.exporter.metrics;

import io.pgtopo.agent.observation.InstanceFacts;
import io.pgtopo.agent.observation.Lsn;
import io.pgtopo.agent.observation.ReplicationSlot;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.topology.Positions;
import io.pgtopo.config.model.InstanceRole;
import io.pgtopo.exporter.view.ClusterView;
import io.pgtopo.exporter.view.InstanceView;
import java.time.Duration;
import java.util.List;

/** The metrics of a cluster's instances, and how many there are. */
record InstanceMetrics(ScrapeSeries series) {
  /** Of pg_replication_slots.wal_status. */
  private static final List<String> WAL_STATUSES =
      List.of("reserved", "extended", "unreserved", "lost");

  static void render(ClusterView view, ScrapeSeries series) {
    var cls = view.cluster().name();
    for (var member : view.members()) {
      var declared = member.declared();
      new InstanceMetrics(series.with(cls, declared.name(), declared.endpoint().host()))
          .render(member);
    }
    var cluster = series.with(cls);
    var declared = view.members().size();
    cluster.put(MetricFamily.CLUSTER_INSTANCES, declared, "declared");
    cluster.put(MetricFamily.CLUSTER_INSTANCES, view.reachable(), "reachable");
    cluster.put(MetricFamily.CLUSTER_INSTANCES, declared - view.reachable(), "unreachable");
    var primaries = view.primaries().size();
    // None among some is not none: the primary may be one that was not seen.
    if (primaries > 0 || view.isWhole()) {
      cluster.put(MetricFamily.CLUSTER_PRIMARIES, primaries);
    }
  }

  private void render(InstanceView member) {
    member
        .observation()
        .ifPresent(
            observation -> {
              if (!member.isMissed()) {
                series.put(MetricFamily.UP, member.live().isPresent() ? 1 : 0);
              }
              seconds(MetricFamily.LAST_POLL_DURATION_SECONDS, observation.window().length());
            });
    member
        .failure()
        .ifPresent(it -> series.put(MetricFamily.LAST_POLL_FAILURE, 1, it.kind().label()));
    seconds(MetricFamily.REPLAY_DELAY_DECLARED_SECONDS, member.declared().delay());
    member.delay().ifPresent(delay -> seconds(MetricFamily.REPLAY_DELAY_SECONDS, delay));
    series.putStates(
        MetricFamily.INSTANCE_DECLARED_ROLE,
        InstanceRole.values(),
        member.declared().role().orElse(null));
    series.putStates(MetricFamily.INSTANCE_ROLE, LiveRole.values(), member.role());
    member.live().ifPresent(live -> render(live.facts()));
  }

  private void render(InstanceFacts facts) {
    var identity = facts.identity();
    var systemId = identity.systemId().ifSeen().map(Object::toString).orElse("");
    series.put(MetricFamily.INSTANCE_INFO, 1, identity.version().toString(), systemId);
    var source = facts.timeline().source().label();
    series.put(MetricFamily.TIMELINE_ID, facts.timeline().id(), source);
    series.put(
        MetricFamily.POSTMASTER_START_TIMESTAMP_SECONDS,
        ScrapeSeries.seconds(identity.startedAt()));
    switch (facts.state()) {
      case ServerState.InProduction(
              var written,
              var promotedAt,
              var waits,
              var archiver,
              var lastCommit) -> {
        position("written", written);
        promotedAt.ifPresent(lsn -> position("promoted", lsn));
      }
      case ServerState.InRecovery recovery -> {
        recovery.received().ifPresent(lsn -> position("received", lsn));
        recovery.replayed().ifPresent(lsn -> position("replayed", lsn));
        var isPaused = recovery.replay() == ServerState.Replay.PAUSED;
        series.put(MetricFamily.REPLAY_PAUSED, isPaused ? 1 : 0);
      }
    }
    // A temporary slot is named after its process, and goes with it.
    facts.replication().slots().stream()
        .filter(slot -> slot.lifetime() == ReplicationSlot.Lifetime.PERSISTENT)
        .forEach(slot -> slot(slot, facts.state()));
  }

  private void seconds(MetricFamily family, Duration duration) {
    series.put(family, ScrapeSeries.seconds(duration));
  }

  private void position(String position, Lsn lsn) {
    series.put(MetricFamily.WAL_LSN_BYTES, Positions.bytes(lsn), position);
  }

  private void slot(ReplicationSlot slot, ServerState state) {
    var own = series.with(slot.name(), slot.type().label());
    own.put(MetricFamily.REPLICATION_SLOT_ACTIVE, slot.activePid().isPresent() ? 1 : 0);
    slot.retention()
        .walStatus()
        .ifPresent(
            status -> {
              // A status of a later PostgreSQL has a series too.
              own.put(MetricFamily.REPLICATION_SLOT_WAL_STATUS, 1, status);
              WAL_STATUSES.forEach(it -> own.put(MetricFamily.REPLICATION_SLOT_WAL_STATUS, 0, it));
            });
    Positions.retainedBytes(state, slot)
        .ifPresent(bytes -> own.put(MetricFamily.REPLICATION_SLOT_RETAINED_BYTES, bytes));
  }
}
