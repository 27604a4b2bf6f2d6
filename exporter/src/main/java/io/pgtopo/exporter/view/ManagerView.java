package io.pgtopo.exporter.view;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.observation.HaManager;
import io.pgtopo.agent.observation.ManagerReport;
import io.pgtopo.agent.observation.ManagerReport.Flag;
import io.pgtopo.agent.observation.ManagerReport.ManagedServer;
import io.pgtopo.agent.observation.ManagerReport.Word;
import io.pgtopo.agent.service.Managers;
import io.pgtopo.agent.service.Managers.Being;
import io.pgtopo.agent.service.Managers.Opinion;
import io.pgtopo.agent.service.ObservedServer;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.Labelled;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the Patroni of one instance, or the table of another manager on it, has of servers, and what
 * PostgreSQL reports.
 */
public record ManagerView(
    String cluster,
    @JsonPropertyDescription("whose opinion it is") @OneOf(HaManager.class) String manager,
    @JsonPropertyDescription("the instance of this Patroni, or the server that has the table")
        String instance,
    @JsonPropertyDescription("of the REST API of Patroni, or of this server") String address,
    @JsonPropertyDescription("when it was last read, answered or not") Instant at,
    @JsonPropertyDescription("why it is silent: then the rest is what it said before, and is stale")
        Optional<InstanceReport.FailureReport> failure,
    @JsonPropertyDescription("when it last answered; null if it did not")
        Optional<Instant> answeredAt,
    @JsonPropertyDescription(
            "its server, in its own words; null if it never answered, and for a table")
        Optional<BeliefView> own,
    @JsonPropertyDescription(
            "the members in its configuration store or its table; none if that was not read")
        List<BeliefView> members,
    @JsonPropertyDescription("what else it says") @OneOf(Flag.class) List<String> flags,
    @JsonPropertyDescription("what PostgreSQL is; null if that is unknown") @OneOf(Being.class)
        Optional<String> postgres,
    @JsonPropertyDescription("since when, as far as it was seen") Optional<Instant> postgresSince,
    @JsonPropertyDescription("the timeline of PostgreSQL; null if it did not answer")
        Optional<InstanceReport.TimelineReport> postgresTimeline) {

  /** What it believes of a server. */
  public record BeliefView(
      Optional<String> name,
      @JsonPropertyDescription("the declared instance that this is; null if it is none")
          Optional<String> instance,
      String role,
      String state,
      Optional<Integer> timeline,
      @JsonPropertyDescription("the name of the server that it follows, if that is said")
          Optional<String> upstream,
      @JsonPropertyDescription("when this was first read; it has not changed since") Instant since,
      @JsonPropertyDescription("what PostgreSQL is; null if that is unknown") @OneOf(Being.class)
          Optional<String> postgres) {

    private static BeliefView of(
        ManagedServer server,
        String about,
        Optional<Instance> instance,
        Opinion opinion,
        Snapshot snapshot) {
      return new BeliefView(
          server.name(),
          instance.map(Instance::name),
          server.role(),
          server.state(),
          server.timeline(),
          server.upstream(),
          opinion.since(about).orElse(opinion.last().window().from()),
          instance
              .flatMap(it -> Managers.being(snapshot.topology(), it.endpoint()))
              .map(Labelled::label));
    }
  }

  /** Of each instance of a cluster whose manager was read lately, and of tables. */
  static Stream<ManagerView> of(Cluster cluster, Snapshot snapshot) {
    var managers = snapshot.others().managers();
    var own =
        cluster.instances().stream()
            .flatMap(
                instance ->
                    managers
                        .of(cluster, instance)
                        .map(it -> of(cluster, Optional.of(instance), it, snapshot))
                        .stream());
    var tables =
        managers.tables(cluster).stream()
            .map(
                it ->
                    of(
                        cluster,
                        snapshot
                            .inventory()
                            .instances()
                            .filter(one -> one.endpoint().equals(it.last().address()))
                            .findFirst(),
                        it,
                        snapshot));
    return Stream.concat(own, tables);
  }

  private static ManagerView of(
      Cluster cluster, Optional<Instance> instance, Opinion opinion, Snapshot snapshot) {
    var spoken =
        opinion
            .spoken()
            .map(ManagerReport::word)
            .filter(Word.Spoken.class::isInstance)
            .map(Word.Spoken.class::cast);
    var being = instance.flatMap(it -> Managers.being(snapshot.topology(), it.endpoint()));
    return new ManagerView(
        cluster.name(),
        opinion.manager().label(),
        instance.map(Instance::name).orElseGet(() -> opinion.last().address().toString()),
        opinion.last().address().toString(),
        opinion.last().window().to(),
        failure(opinion.last()),
        opinion.spoken().map(it -> it.window().to()),
        spoken
            .flatMap(Word.Spoken::own)
            .map(it -> BeliefView.of(it, Managers.own(), instance, opinion, snapshot)),
        spoken.stream()
            .flatMap(it -> it.members().stream())
            // A monitor has those of all clusters.
            .filter(
                it ->
                    opinion.manager() != HaManager.PG_AUTO_FAILOVER
                        || member(cluster, it, opinion).isPresent())
            .map(
                it ->
                    BeliefView.of(
                        it, Managers.about(it), member(cluster, it, opinion), opinion, snapshot))
            .toList(),
        spoken.stream().flatMap(it -> it.flags().stream()).map(Labelled::label).toList(),
        being.map(Labelled::label),
        being.flatMap(
            it ->
                instance
                    .map(one -> snapshot.others().managers().servers().get(one.endpoint()))
                    .filter(known -> known.being() == it)
                    .map(ObservedServer::since)),
        instance
            .flatMap(it -> snapshot.topology().at(it.endpoint()))
            .map(it -> InstanceReport.TimelineReport.of(it.facts())));
  }

  private static Optional<Instance> member(Cluster cluster, ManagedServer server, Opinion opinion) {
    return cluster.instances().stream()
        .filter(it -> opinion.isAbout(server, cluster, it))
        .findFirst();
  }

  private static Optional<InstanceReport.FailureReport> failure(ManagerReport last) {
    return last.word() instanceof Word.Mute(var failure)
        ? Optional.of(
            new InstanceReport.FailureReport(
                failure.kind().label(), failure.message(), failure.sqlState()))
        : Optional.empty();
  }
}
