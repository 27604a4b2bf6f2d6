package io.pgtopo.agent.failover;

import io.pgtopo.agent.advice.Situation;
import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.observation.ReplicationSlot;
import io.pgtopo.agent.observation.Survey;
import io.pgtopo.agent.service.Managers;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.topology.LogicalLink;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.agent.topology.WrittenTimes;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A cluster with its one primary, and what is asked of it.
 *
 * @param situation who leads, and who may
 * @param drifts of all clusters, as {@code evaluated}
 */
record Scene(
    Situation situation,
    LiveInstance primary,
    Topology live,
    Map<Drift.Key, Drift> drifts,
    Map<Subject, Set<DriftKind>> evaluated,
    Managers managers,
    WrittenTimes written,
    Scenario scenario) {

  /** The members that are there afterwards, each with its server, without the primary. */
  Stream<Member> replicas() {
    return situation.cluster().instances().stream()
        .filter(instance -> !scenario.isLost(instance))
        .filter(instance -> isOwnServer(instance.endpoint()))
        .flatMap(
            instance -> live.at(instance.endpoint()).stream().map(it -> new Member(instance, it)))
        .filter(member -> member.server().role() == LiveRole.REPLICA);
  }

  /** The replicas that could be promoted, judged as they are asked for. */
  Stream<Candidate> candidates() {
    return replicas()
        .filter(it -> scenario.promoted().map(it.declared()::equals).orElse(true))
        .filter(it -> !it.server().isForeignTo(primary))
        .map(it -> new CandidateRules(this, it.declared(), it.server()).judge());
  }

  /** A replica and its server. */
  record Member(Instance declared, LiveInstance server) {}

  private boolean isOwnServer(Endpoint endpoint) {
    return live.isServer(endpoint) && !live.shared().contains(endpoint);
  }

  /** Who receives through a slot of a server. */
  Optional<LogicalLink> linkThrough(LiveInstance server, ReplicationSlot slot) {
    return live.logicalLinks().stream()
        .filter(
            link ->
                link.publisher()
                    .filter(end -> end.at().equals(server.endpoint()))
                    .filter(end -> end.slot().name().equals(slot.name()))
                    .isPresent())
        .findFirst();
  }

  Optional<Drift> drift(DriftKind kind, Subject subject) {
    return Optional.ofNullable(drifts.get(new Drift.Key(kind, subject, Optional.empty())));
  }

  boolean isEvaluated(DriftKind kind, Subject subject) {
    return evaluated.getOrDefault(subject, Set.of()).contains(kind);
  }

  /** A setting that a server shows. */
  static Optional<String> setting(LiveInstance server, String name) {
    return server.facts().survey().ifSeen().flatMap(survey -> survey.setting(name));
  }

  static Optional<Long> number(LiveInstance server, String name) {
    return server.facts().survey().ifSeen().flatMap((Survey survey) -> survey.number(name));
  }

  /** A fact that decides, and that is not shown. */
  static Finding hidden(Safety failover, Safety switchover, LiveInstance server, String fact) {
    return new Finding(new Concern.FactHidden(server, fact), failover, switchover);
  }

  static List<Finding> unknown(LiveInstance server, String fact) {
    return List.of(hidden(Safety.UNKNOWN, Safety.UNKNOWN, server, fact));
  }
}
