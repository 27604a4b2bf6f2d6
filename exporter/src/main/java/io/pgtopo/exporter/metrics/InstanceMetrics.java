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
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The metrics of a cluster's instances, and how many there are. */
final class InstanceMetrics {
  /** Of pg_replication_slots.wal_status. */
  private static final String[] WAL_STATUSES = {"reserved", "extended", "unreserved", "lost"};

  private final ScrapeSeries series;
  private final String cls;
  private final String ins;
  private final String ip;

  private InstanceMetrics(ScrapeSeries series, InstanceView member) {
    this.series = series;
    this.cls = member.declared().cluster();
    this.ins = member.declared().name();
    this.ip = member.declared().endpoint().host();
  }

  static void render(ClusterView view, ScrapeSeries series) {
    view.members().forEach(member -> new InstanceMetrics(series, member).render(member));
    var cls = view.cluster().name();
    var declared = view.members().size();
    series.put(MetricFamily.CLUSTER_INSTANCES, declared, cls, "declared");
    series.put(MetricFamily.CLUSTER_INSTANCES, view.reachable(), cls, "reachable");
    series.put(MetricFamily.CLUSTER_INSTANCES, declared - view.reachable(), cls, "unreachable");
    var primaries = view.primaries().size();
    // None among some is not none: the primary may be one that did not answer.
    if (primaries > 0 || view.reachable() == declared) {
      series.put(MetricFamily.CLUSTER_PRIMARIES, primaries, cls);
    }
  }

  private void render(InstanceView member) {
    member
        .observation()
        .ifPresent(
            observation -> {
              series.put(MetricFamily.UP, member.live().isPresent() ? 1 : 0, cls, ins, ip);
              put(
                  MetricFamily.LAST_POLL_DURATION_SECONDS,
                  ScrapeSeries.seconds(observation.window().length()));
            });
    member
        .failure()
        .ifPresent(
            failure ->
                series.put(
                    MetricFamily.LAST_POLL_FAILURE, 1, cls, ins, ip, failure.kind().label()));
    put(
        MetricFamily.REPLAY_DELAY_DECLARED_SECONDS,
        ScrapeSeries.seconds(member.declared().delay()));
    member
        .delay()
        .ifPresent(delay -> put(MetricFamily.REPLAY_DELAY_SECONDS, ScrapeSeries.seconds(delay)));
    var role = member.declared().role().orElse(null);
    states(MetricFamily.INSTANCE_DECLARED_ROLE, InstanceRole.values(), role, InstanceRole::label);
    states(MetricFamily.INSTANCE_ROLE, LiveRole.values(), member.role(), LiveRole::label);
    member.live().ifPresent(live -> render(live.facts()));
  }

  private void render(InstanceFacts facts) {
    var identity = facts.identity();
    series.put(
        MetricFamily.INSTANCE_INFO,
        1,
        cls,
        ins,
        ip,
        identity.version().toString(),
        identity.systemId().toString());
    series.put(
        MetricFamily.TIMELINE_ID,
        facts.timeline().id(),
        cls,
        ins,
        ip,
        facts.timeline().source().name().toLowerCase(Locale.ROOT));
    put(
        MetricFamily.POSTMASTER_START_TIMESTAMP_SECONDS,
        ScrapeSeries.seconds(identity.startedAt()));
    switch (facts.state()) {
      case ServerState.InProduction(var written, var promotedAt, var waits, var archiver) ->
          position("written", written);
      case ServerState.InRecovery recovery -> {
        recovery.received().ifPresent(lsn -> position("received", lsn));
        recovery.replayed().ifPresent(lsn -> position("replayed", lsn));
        put(MetricFamily.REPLAY_PAUSED, recovery.replay() == ServerState.Replay.PAUSED ? 1 : 0);
      }
    }
    var end = Positions.end(facts.state());
    facts.replication().slots().forEach(slot -> slot(slot, end));
  }

  private void position(String position, Lsn lsn) {
    series.put(MetricFamily.WAL_LSN_BYTES, Positions.bytes(lsn), cls, ins, ip, position);
  }

  private void slot(ReplicationSlot slot, Optional<Lsn> end) {
    var type = slot.type().name().toLowerCase(Locale.ROOT);
    var isActive = slot.activePid().isPresent();
    series.put(
        MetricFamily.REPLICATION_SLOT_ACTIVE, isActive ? 1 : 0, cls, ins, ip, slot.name(), type);
    slot.retention().walStatus().ifPresent(status -> walStatus(slot, type, status));
    if (end.isPresent() && slot.retention().restart().isPresent()) {
      var retained = Math.max(0, end.get().bytesAfter(slot.retention().restart().get()));
      series.put(
          MetricFamily.REPLICATION_SLOT_RETAINED_BYTES,
          (double) retained,
          cls,
          ins,
          ip,
          slot.name(),
          type);
    }
  }

  private void walStatus(ReplicationSlot slot, String type, String status) {
    var family = MetricFamily.REPLICATION_SLOT_WAL_STATUS;
    // A status of a later PostgreSQL has a series too.
    series.put(family, 1, cls, ins, ip, slot.name(), type, status);
    series.putStates(family, WAL_STATUSES, status, it -> it, cls, ins, ip, slot.name(), type);
  }

  private void put(MetricFamily family, double value) {
    series.put(family, value, cls, ins, ip);
  }

  private <T> void states(
      MetricFamily family, T[] values, @Nullable T current, Function<T, String> label) {
    series.putStates(family, values, current, label, cls, ins, ip);
  }
}
