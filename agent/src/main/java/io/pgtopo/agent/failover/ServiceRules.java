package io.pgtopo.agent.failover;

import io.pgtopo.agent.service.CheckedRole;
import io.pgtopo.agent.service.MemberRoles;
import io.pgtopo.agent.service.ServiceRoute;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.Service;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Which declared services would lead to servers of other roles than now, or to none. */
final class ServiceRules {
  private ServiceRules() {}

  static List<Finding> check(Scene scene, Instance promoted) {
    var cluster = scene.situation().cluster();
    var before = MemberRoles.live(cluster, scene.live());
    var primary =
        cluster.instances().stream()
            .filter(it -> it.endpoint().equals(scene.primary().endpoint()))
            .map(Instance::name)
            .findFirst();
    var lost =
        cluster.instances().stream()
            .filter(scene.scenario()::isLost)
            .map(Instance::name)
            .collect(Collectors.toSet());
    var failover = after(before, promoted, primary, CheckedRole.UNKNOWN);
    var switchover = after(before, promoted, primary, CheckedRole.REPLICA);
    var found = new ArrayList<Finding>();
    var declared = MemberRoles.declared(cluster);
    for (var service : cluster.services()) {
      var now = ServiceRoute.of(service, before::of);
      var without =
          without(service, name -> lost.contains(name) || primary.filter(name::equals).isPresent());
      change(
              service,
              ServiceRoute.of(service, declared::of).reached(),
              now,
              ServiceRoute.of(without, failover::of),
              ServiceRoute.of(without(service, lost::contains), switchover::of))
          .ifPresent(found::add);
    }
    return found;
  }

  private static Optional<Finding> change(
      Service service,
      Optional<Set<LiveRole>> purpose,
      ServiceRoute now,
      ServiceRoute failover,
      ServiceRoute switchover) {
    var before = now.reached();
    if (before.filter(Set::isEmpty).isPresent()) {
      return Optional.empty();
    }
    var change =
        new Finding(
            new Concern.ServiceChanges(
                service,
                before.map(ServiceRules::sorted).orElse(List.of()),
                failover.reached().map(ServiceRules::sorted)),
            answer(purpose, failover),
            answer(purpose, switchover));
    var isEmptied = failover.reached().filter(Set::isEmpty).isPresent();
    return change.isDecisive() || isEmptied ? Optional.of(change) : Optional.empty();
  }

  /**
   * A service that is for the primary must lead to the new one. That fewer replicas are left is no
   * harm of the promotion.
   *
   * @param purpose the roles that it leads to if all is as declared; empty if that is not known
   */
  private static Safety answer(Optional<Set<LiveRole>> purpose, ServiceRoute after) {
    if (purpose.filter(roles -> !roles.contains(LiveRole.PRIMARY)).isPresent()) {
      return Safety.YES;
    }
    return purpose.isEmpty()
        ? Safety.UNKNOWN
        : after
            .reached()
            .map(
                roles ->
                    roles.contains(LiveRole.PRIMARY) && purpose.get().containsAll(roles)
                        ? Safety.YES
                        : Safety.NO)
            .orElse(Safety.UNKNOWN);
  }

  private static List<LiveRole> sorted(Set<LiveRole> roles) {
    return roles.stream().sorted().toList();
  }

  /** Which standbys are synchronous then is not known. */
  private static MemberRoles after(
      MemberRoles before, Instance promoted, Optional<String> primary, CheckedRole former) {
    var roles = new TreeMap<>(before.byName());
    roles.replaceAll((name, role) -> role == CheckedRole.SYNC_STANDBY ? CheckedRole.REPLICA : role);
    primary.ifPresent(name -> roles.put(name, former));
    roles.put(promoted.name(), CheckedRole.PRIMARY);
    return new MemberRoles(roles);
  }

  /** The service as it is when some instances are gone. */
  static Service without(Service service, Predicate<String> gone) {
    return new Service(
        service.name(),
        service.listen(),
        service.definition(),
        service.members().stream().filter(it -> !gone.test(it.instance())).toList(),
        service.backups().stream().filter(it -> !gone.test(it.instance())).toList());
  }
}
