package io.pgtopo.exporter.view;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.judge.Cause;
import io.pgtopo.agent.judge.Verdict;
import io.pgtopo.agent.words.CauseText;
import java.util.List;

/** One declared cluster in short. */
public record ClusterSummary(
    String name,
    @JsonPropertyDescription("of the members that answered; more than one is a drift")
        List<String> systemIdentifiers,
    @JsonPropertyDescription("number of declared instances") int declared,
    @JsonPropertyDescription("number of declared instances that answered") int reachable,
    @JsonPropertyDescription("names of the instances in production") List<String> primaries,
    @OneOf(Verdict.Sync.class) String sync,
    @OneOf(Verdict.Health.class) String health,
    @JsonPropertyDescription("the reasons of its health, the worst first") List<CauseReport> causes,
    @JsonPropertyDescription("number of open drifts that count") int drifts,
    @JsonPropertyDescription("number of kinds and subjects that could not be evaluated")
        int unverifiable,
    @OneOf(DriftKind.class)
        @JsonPropertyDescription("kinds that were evaluated for the whole cluster, without a drift")
        List<String> passed) {

  /** A reason of a cluster's health. */
  public record CauseReport(@OneOf(Cause.Code.class) String code, String detail) {}

  static ClusterSummary of(ClusterView view) {
    return new ClusterSummary(
        view.cluster().name(),
        view.systemIds().stream().map(Object::toString).toList(),
        view.members().size(),
        view.reachable(),
        view.primaries().stream().map(member -> member.declared().name()).toList(),
        view.verdict().sync().label(),
        view.verdict().health().label(),
        view.verdict().causes().stream()
            .map(cause -> new CauseReport(cause.code().label(), CauseText.detail(cause)))
            .toList(),
        (int) view.drifts().count(),
        (int) view.unverifiable().count(),
        view.agreed().stream().map(DriftKind::label).toList());
  }
}
