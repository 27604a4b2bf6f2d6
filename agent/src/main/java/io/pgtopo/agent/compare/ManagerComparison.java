package io.pgtopo.agent.compare;

import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.ManagerDrift;
import io.pgtopo.agent.drift.ManagerDrift.ManagerDisagrees;
import io.pgtopo.agent.drift.ManagerDrift.ManagerDisagrees.Claim;
import io.pgtopo.agent.drift.ManagerDrift.ManagerDisagrees.ClaimOrigin;
import io.pgtopo.agent.drift.ManagerDrift.ManagerDisagrees.Field;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.observation.HaManager;
import io.pgtopo.agent.observation.ManagerReport;
import io.pgtopo.agent.observation.ManagerReport.ManagedServer;
import io.pgtopo.agent.service.Managers;
import io.pgtopo.agent.service.Managers.Being;
import io.pgtopo.agent.service.Managers.Observed;
import io.pgtopo.agent.service.Managers.Opinion;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.config.model.Instance;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Whether what the HA manager believes is what the servers report. A belief counts only if it was
 * read after the server was seen to be otherwise: an older one was perhaps true when it was read.
 */
final class ManagerComparison {
  private static final Set<String> UP = Set.of("running", "streaming", "in archive recovery");
  private static final Set<String> DOWN = Set.of("stopped", "crashed", "start failed");

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

  private List<Opinion> opinions() {
    return context.cluster().instances().stream()
        .flatMap(instance -> managers.of(context.cluster(), instance).stream())
        .filter(opinion -> opinion.now().isPresent())
        .toList();
  }

  /** Empty if it is unknown what the server is, or no manager says anything of it. */
  private Optional<Evaluation> disagreement(Instance instance) {
    var being = Managers.being(context.live(), instance.endpoint());
    var observed =
        Optional.ofNullable(managers.servers().get(instance.endpoint()))
            .filter(it -> being.equals(Optional.of(it.being())));
    var claims = claims(instance);
    if (observed.isEmpty() || claims.isEmpty()) {
      return Optional.empty();
    }
    // Its own Patroni does not say at which address the server is that it runs.
    var isAddressKnown =
        claims.stream().anyMatch(claim -> claim.origin() == ClaimOrigin.CONFIGURATION_STORE);
    var wrong =
        claims.stream()
            .filter(claim -> contradicts(claim, observed.get()))
            .filter(claim -> isAddressKnown || observed.get().being() != Being.REFUSED)
            .sorted(Comparator.comparing(Claim::source).thenComparing(Claim::origin))
            .toList();
    Optional<Drift> drift =
        wrong.isEmpty()
            ? Optional.empty()
            : Optional.of(new ManagerDisagrees(context.cluster(), instance, observed.get(), wrong));
    return Optional.of(Evaluation.of(DriftKind.MANAGER_DISAGREES, Subject.of(instance), drift));
  }

  /** All that managers say of an instance, with the field in which it may be wrong. */
  private List<Claim> claims(Instance instance) {
    var claims = new ArrayList<Claim>();
    for (var opinion : opinions()) {
      var spoken = opinion.now().orElseThrow();
      if (Managers.address(context.cluster(), instance)
          .equals(Optional.of(opinion.last().address()))) {
        claims.addAll(claims(opinion, spoken.own(), Managers.own(), ClaimOrigin.OWN_SERVER));
      }
      spoken.members().stream()
          .filter(member -> isAbout(member, instance))
          .forEach(
              member ->
                  claims.addAll(
                      claims(
                          opinion,
                          member,
                          Managers.about(member),
                          ClaimOrigin.CONFIGURATION_STORE)));
    }
    return claims;
  }

  private static boolean isAbout(ManagedServer member, Instance instance) {
    return member
        .endpoint()
        .map(instance.endpoint()::equals)
        .orElseGet(() -> member.name().equals(Optional.of(instance.name())));
  }

  private static List<Claim> claims(
      Opinion opinion, ManagedServer server, String about, ClaimOrigin origin) {
    ManagerReport report = opinion.last();
    return Stream.of(Field.values())
        .map(
            field ->
                new Claim(
                    field,
                    report.address().host(),
                    origin,
                    server.role(),
                    Managers.role(server),
                    server.state(),
                    opinion.since(about).orElse(report.window().from()),
                    report.window().from()))
        .toList();
  }

  private static boolean contradicts(Claim claim, Observed server) {
    return claim.readAt().isAfter(server.since())
        && switch (claim.field()) {
          case ROLE ->
              claim
                  .live()
                  .filter(
                      role ->
                          server.being()
                              == (role == LiveRole.PRIMARY ? Being.REPLICA : Being.PRIMARY))
                  .isPresent();
          case STATE ->
              server.being() == Being.REFUSED
                  ? UP.contains(claim.state())
                  : DOWN.contains(claim.state());
        };
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
