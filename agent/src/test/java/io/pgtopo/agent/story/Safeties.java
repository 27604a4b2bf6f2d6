package io.pgtopo.agent.story;

import io.pgtopo.agent.compare.ComparisonResult;
import io.pgtopo.agent.failover.Candidate;
import io.pgtopo.agent.failover.FailoverRules;
import io.pgtopo.agent.failover.Finding;
import io.pgtopo.agent.failover.LossEffect;
import io.pgtopo.agent.failover.Readiness;
import io.pgtopo.agent.failover.Safety;
import io.pgtopo.agent.failover.Scenario;
import io.pgtopo.agent.service.Managers;
import io.pgtopo.agent.topology.AddressBook;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.agent.topology.WrittenTimes;
import io.pgtopo.agent.words.DriftText;
import io.pgtopo.config.model.Inventory;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a phase says of a failover: the answers, and what the loss of each instance costs. */
record Safeties(
    Inventory declared,
    Topology live,
    ComparisonResult compared,
    Managers managers,
    WrittenTimes written,
    AddressBook names) {

  private FailoverRules rules() {
    return new FailoverRules(declared, live, compared, managers, written, Duration.ZERO);
  }

  private Stream<Readiness> clusters() {
    return declared.clusters().stream().map(cluster -> rules().of(cluster, Scenario.PRIMARY_LOST));
  }

  /** Of each cluster, then of its candidates; whatever is both yes or no is told once. */
  List<String> answers() {
    return clusters()
        .flatMap(
            cluster ->
                Stream.concat(
                    Stream.of(
                        line(cluster.cluster().name(), cluster.failover(), cluster.switchover())),
                    cluster.candidates().stream().map(Safeties::line)))
        .toList();
  }

  private static String line(Candidate candidate) {
    return line(candidate.member().name(), candidate.failover(), candidate.switchover());
  }

  private static String line(String name, Safety failover, Safety switchover) {
    return failover == switchover
        ? name + " " + failover.label()
        : "%s %s, switchover %s".formatted(name, failover.label(), switchover.label());
  }

  /** Of each instance. */
  List<String> losses() {
    return declared.clusters().stream()
        .flatMap(
            cluster ->
                cluster.instances().stream()
                    .map(it -> rules().loss(cluster, it.name(), List.of(it))))
        .map(loss -> loss.node() + " " + loss.safety().label())
        .toList();
  }

  String inWords() {
    var words = new DriftText(names);
    var findings =
        clusters()
            .flatMap(
                it ->
                    Stream.concat(
                        it.findings().stream(),
                        it.candidates().stream().flatMap(one -> one.findings().stream())))
            .map(Finding::concern)
            .map(words::concern);
    var effects =
        declared.clusters().stream()
            .flatMap(cluster -> rules().nodes(cluster).stream())
            .flatMap(
                loss ->
                    loss.effects().stream()
                        .map((LossEffect it) -> loss.node() + ": " + words.effect(it)));
    return Stream.concat(findings, effects).collect(Collectors.joining("\n"));
  }
}
