package io.pgtopo.agent.compare;

import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.ManagerDrift;
import io.pgtopo.agent.drift.ManagerDrift.ManagerDisagrees;
import io.pgtopo.agent.drift.ManagerDrift.ManagerDisagrees.Claim;
import io.pgtopo.agent.drift.ManagerDrift.ManagerDisagrees.ClaimOrigin;
import io.pgtopo.agent.drift.ManagerDrift.ManagerDisagrees.ClaimSource;
import io.pgtopo.agent.drift.ManagerDrift.ManagerDisagrees.Field;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.observation.HaManager;
import io.pgtopo.agent.observation.ManagerReport.ManagedServer;
import io.pgtopo.agent.observation.ManagerReport.Word;
import io.pgtopo.agent.service.ManagerVocabulary;
import io.pgtopo.agent.service.Managers;
import io.pgtopo.agent.service.Managers.Being;
import io.pgtopo.agent.service.Managers.Opinion;
import io.pgtopo.agent.service.ObservedServer;
import io.pgtopo.agent.service.ObservedServer.Followed;
import io.pgtopo.agent.service.ObservedServer.Placed;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.config.model.Instance;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Whether what the HA manager believes is what the servers report. A belief counts only if it was
 * read after the server was seen to be otherwise: an older one was perhaps true when it was read.
 */
final class ManagerComparison {
  /**
   * A manager writes its table some time after what it did: repmgr waits for a promotion. Patroni
   * reads a timeline once in {@code loop_wait}.
   */
  private static final Duration WRITTEN_LATER = Duration.ofMinutes(1);

  private final ClusterContext context;
  private final Managers managers;

  private ManagerComparison(ClusterContext context) {
    this.context = context;
    this.managers = context.fleet().earlier().others().managers();
  }

  /** Where no manager was read, nothing is evaluated. */
  static Evaluation evaluate(ClusterContext context) {
    return context.fleet().earlier().others().managers().isEmpty()
        ? Evaluation.NOTHING
        : new ManagerComparison(context).compare();
  }

  private Evaluation compare() {
    var instances =
        context.cluster().instances().stream().flatMap(instance -> disagreement(instance).stream());
    return Evaluation.merged(Stream.concat(instances, paused().stream()));
  }

  /** Those of managers that run servers. */
  private List<Opinion> opinions() {
    return context.cluster().instances().stream()
        .flatMap(instance -> managers.of(context.cluster(), instance).stream())
        .filter(opinion -> opinion.now().isPresent())
        .toList();
  }

  /** Empty if it is unknown what the server is, or no manager says anything of it. */
  private Optional<Evaluation> disagreement(Instance instance) {
    var observed = managers.observed(context.live(), instance.endpoint());
    var claims = claims(instance);
    if (observed.isEmpty() || claims.isEmpty()) {
      return Optional.empty();
    }
    // Its own Patroni does not say at which address the server is that it runs.
    var isAddressKnown =
        claims.stream().anyMatch(claim -> claim.source().origin() != ClaimOrigin.OWN_SERVER);
    var wrong =
        sorted(
            claims.stream()
                .filter(claim -> contradicts(claim, observed.get()))
                .filter(claim -> isAddressKnown || observed.get().being() != Being.REFUSED));
    Optional<Drift> drift =
        wrong.isEmpty()
            ? Optional.empty()
            : Optional.of(
                new ManagerDisagrees(
                    context.cluster(),
                    instance,
                    observed.get(),
                    wrong,
                    sorted(
                        claims.stream().filter(claim -> isOpposed(claim, wrong, observed.get())))));
    return Optional.of(Evaluation.of(DriftKind.MANAGER_DISAGREES, Subject.of(instance), drift));
  }

  private static List<Claim> sorted(Stream<Claim> claims) {
    return claims
        .sorted(
            Comparator.comparing((Claim claim) -> claim.source().at())
                .thenComparing(claim -> claim.source().origin())
                .thenComparing(Claim::field))
        .toList();
  }

  /** Whether a table is right about a role while another one of the same manager is wrong. */
  private static boolean isOpposed(Claim claim, List<Claim> wrong, ObservedServer server) {
    return claim.source().origin() == ClaimOrigin.TABLE
        && claim.field() == Field.ROLE
        && claim.live().filter(role -> isRight(role, server)).isPresent()
        && wrong.stream()
            .anyMatch(
                it ->
                    it.source().manager() == claim.source().manager()
                        && !it.source().at().equals(claim.source().at()));
  }

  private static boolean isRight(LiveRole role, ObservedServer server) {
    return server.being() == (role == LiveRole.PRIMARY ? Being.PRIMARY : Being.REPLICA);
  }

  /** All that managers say of an instance, with the field in which it may be wrong. */
  private List<Claim> claims(Instance instance) {
    var claims = new ArrayList<Claim>();
    for (var opinion : opinions()) {
      if (Managers.address(context.cluster(), instance)
          .equals(Optional.of(opinion.last().address()))) {
        opinion
            .now()
            .flatMap(Word.Spoken::own)
            .ifPresent(own -> claims.addAll(ofPatroni(opinion, own, Managers.own())));
      }
      opinion
          .of(context.cluster(), instance)
          .ifPresent(member -> claims.addAll(ofPatroni(opinion, member, Managers.about(member))));
    }
    // What a standby has was written by its upstream, and is late.
    managers.tables(context.cluster()).stream()
        .filter(table -> !table.isCopy())
        .forEach(
            table ->
                table
                    .of(context.cluster(), instance)
                    .ifPresent(member -> claims.addAll(ofTable(table, member, instance))));
    return claims;
  }

  private static List<Claim> ofPatroni(Opinion opinion, ManagedServer server, String about) {
    var origin =
        about.equals(Managers.own()) ? ClaimOrigin.OWN_SERVER : ClaimOrigin.CONFIGURATION_STORE;
    return Stream.of(Field.ROLE, Field.STATE, Field.TIMELINE)
        .map(field -> claim(opinion, field, origin, server, about))
        .toList();
  }

  private List<Claim> ofTable(Opinion table, ManagedServer server, Instance instance) {
    return Stream.of(Field.ROLE, Field.STATE, Field.UPSTREAM)
        .filter(field -> field != Field.UPSTREAM || isBehindAnother(table, server, instance))
        .map(field -> claim(table, field, ClaimOrigin.TABLE, server, Managers.about(server)))
        .toList();
  }

  private static Claim claim(
      Opinion opinion, Field field, ClaimOrigin origin, ManagedServer server, String about) {
    var readAt = opinion.last().window().from();
    return new Claim(
        field,
        new ClaimSource(opinion.manager(), origin, opinion.at()),
        server,
        ManagerVocabulary.of(opinion.manager()).role(server),
        opinion.since(field == Field.TIMELINE ? Managers.timelineOf(about) : about).orElse(readAt),
        readAt);
  }

  /** Whether a table has a standby behind another member than the one that it streams from. */
  private boolean isBehindAnother(Opinion table, ManagedServer server, Instance instance) {
    var cluster = context.cluster();
    var believed =
        cluster.instances().stream()
            .filter(
                it -> table.of(cluster, it).flatMap(ManagedServer::name).equals(server.upstream()))
            .map(it -> context.live().serverAt(it.endpoint()))
            .findFirst();
    var followed =
        managers
            .observed(context.live(), instance.endpoint())
            .flatMap(ObservedServer::followed)
            .map(Followed::upstream)
            .filter(it -> cluster.instances().stream().anyMatch(one -> one.endpoint().equals(it)));
    return server.upstream().isPresent()
        && ManagerVocabulary.of(table.manager()).role(server).equals(Optional.of(LiveRole.REPLICA))
        && followed.isPresent()
        && believed.isPresent()
        && !believed.equals(followed);
  }

  private static boolean contradicts(Claim claim, ObservedServer server) {
    var words = ManagerVocabulary.of(claim.source().manager());
    return switch (claim.field()) {
      case ROLE ->
          isLater(claim, server.since())
              && server.being() != Being.REFUSED
              && claim.live().filter(role -> !isRight(role, server)).isPresent();
      case STATE ->
          isLater(claim, server.since())
              && (server.being() == Being.REFUSED
                  ? words.isUp(claim.said())
                  : words.isDown(claim.said()));
      case UPSTREAM ->
          server.being() == Being.REPLICA
              && server.followed().filter(it -> isLater(claim, it.since())).isPresent();
      case TIMELINE -> server.placed().filter(it -> isElsewhere(claim, it)).isPresent();
    };
  }

  private static boolean isElsewhere(Claim claim, Placed placed) {
    return claim.said().timeline().filter(placed::excludes).isPresent()
        && isLater(claim, placed.since());
  }

  /** Whether it was read when the manager knew what is true since then, or could have known it. */
  private static boolean isLater(Claim claim, Instant since) {
    var isWrittenLater =
        claim.source().origin() == ClaimOrigin.TABLE || claim.field() == Field.TIMELINE;
    return claim.readAt().isAfter(isWrittenLater ? since.plus(WRITTEN_LATER) : since);
  }

  private Optional<Evaluation> paused() {
    var opinions = opinions();
    if (opinions.isEmpty()) {
      return Optional.empty();
    }
    var paused = opinions.stream().filter(it -> it.pausedSince().isPresent()).toList();
    var since =
        paused.stream()
            .flatMap(it -> it.pausedSince().stream())
            .min(Comparator.<Instant>naturalOrder());
    var allowed = context.fleet().policy().maxPause(context.cluster().name());
    var drift =
        since
            .map(it -> Duration.between(it, managers.asOf()))
            .filter(lasted -> lasted.compareTo(allowed) > 0)
            .map(
                lasted ->
                    (Drift)
                        new ManagerDrift.ManagerPaused(
                            context.cluster(),
                            HaManager.PATRONI,
                            since.get(),
                            paused.stream().map(it -> it.last().address()).toList(),
                            lasted,
                            allowed));
    return Optional.of(
        Evaluation.of(DriftKind.MANAGER_PAUSED, Subject.of(context.cluster()), drift));
  }
}
