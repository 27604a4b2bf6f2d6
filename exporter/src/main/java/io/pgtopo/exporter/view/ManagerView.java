package io.pgtopo.exporter.view;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.observation.ManagerReport;
import io.pgtopo.agent.observation.ManagerReport.Flag;
import io.pgtopo.agent.observation.ManagerReport.ManagedServer;
import io.pgtopo.agent.observation.ManagerReport.Word;
import io.pgtopo.agent.service.Managers;
import io.pgtopo.agent.service.Managers.Being;
import io.pgtopo.agent.service.Managers.Opinion;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.Labelled;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What the Patroni of one instance believes, and what PostgreSQL reports of this instance. */
public record ManagerView(
    String cluster,
    String instance,
    String address,
    @JsonPropertyDescription("when it was last read, answered or not") Instant at,
    @JsonPropertyDescription("why it is silent: then the rest is what it said before, and is stale")
        Optional<InstanceReport.FailureReport> failure,
    @JsonPropertyDescription("when it last answered; null if it did not")
        Optional<Instant> answeredAt,
    @JsonPropertyDescription("its server, in its own words; null if it never answered")
        Optional<BeliefView> own,
    @JsonPropertyDescription("the members in its configuration store; none if that was not read")
        List<BeliefView> members,
    @JsonPropertyDescription("what else it says") @OneOf(Flag.class) List<String> flags,
    @JsonPropertyDescription("what PostgreSQL is; null if that is unknown") @OneOf(Being.class)
        Optional<String> postgres,
    @JsonPropertyDescription("since when, as far as it was seen") Optional<Instant> postgresSince) {

  /** What it believes of a server. */
  public record BeliefView(
      Optional<String> name,
      String role,
      String state,
      Optional<Integer> timeline,
      @JsonPropertyDescription("when this role and state were first read") Instant since) {

    private static BeliefView of(ManagedServer server, String about, Opinion opinion) {
      return new BeliefView(
          server.name(),
          server.role(),
          server.state(),
          server.timeline(),
          opinion.since(about).orElse(opinion.last().window().from()));
    }
  }

  /** Of each instance of some clusters whose manager was read lately. */
  static Stream<ManagerView> of(Cluster cluster, Snapshot snapshot) {
    var managers = snapshot.others().managers();
    return cluster.instances().stream()
        .flatMap(
            instance ->
                managers.of(cluster, instance).map(it -> of(instance, it, snapshot)).stream());
  }

  private static ManagerView of(Instance instance, Opinion opinion, Snapshot snapshot) {
    var spoken =
        opinion
            .spoken()
            .map(ManagerReport::word)
            .filter(Word.Spoken.class::isInstance)
            .map(Word.Spoken.class::cast);
    var being = Managers.being(snapshot.topology(), instance.endpoint());
    return new ManagerView(
        instance.cluster(),
        instance.name(),
        opinion.last().address().toString(),
        opinion.last().window().to(),
        failure(opinion.last()),
        opinion.spoken().map(it -> it.window().to()),
        spoken.map(it -> BeliefView.of(it.own(), Managers.own(), opinion)),
        spoken.stream()
            .flatMap(it -> it.members().stream())
            .map(it -> BeliefView.of(it, Managers.about(it), opinion))
            .toList(),
        spoken.stream().flatMap(it -> it.flags().stream()).map(Labelled::label).toList(),
        being.map(Labelled::label),
        being.flatMap(
            it ->
                Optional.ofNullable(snapshot.others().managers().servers().get(instance.endpoint()))
                    .filter(known -> known.being() == it)
                    .map(Managers.Observed::since)));
  }

  private static Optional<InstanceReport.FailureReport> failure(ManagerReport last) {
    return last.word() instanceof Word.Mute(var failure)
        ? Optional.of(
            new InstanceReport.FailureReport(
                failure.kind().label(), failure.message(), failure.sqlState()))
        : Optional.empty();
  }
}
