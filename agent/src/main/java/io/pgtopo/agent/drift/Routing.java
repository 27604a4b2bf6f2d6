package io.pgtopo.agent.drift;

import io.pgtopo.agent.service.CheckedRole;
import io.pgtopo.agent.service.ServiceRoute;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.Service;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What becomes of a declared service when two members swap their roles: its servers are picked by
 * the declared role, its health check follows the real one.
 *
 * @param server the new primary, by name
 */
public record Routing(String service, Effect effect, String check, String server) {

  /** How well the service still leads where it should. */
  public enum Effect {
    /** It reaches servers of another role only. */
    WRONG_ROLE,
    /** It reaches none, and did. */
    NOWHERE,
    /** It reaches the new primary beside the replicas that it is for. */
    MIXED,
    /** Its health check depends on what is not known. */
    UNKNOWN;

    /** Between the roles that a service is for and those that it reaches; empty if none. */
    public static Optional<Effect> between(Set<LiveRole> wanted, Set<LiveRole> reached) {
      if (wanted.isEmpty() || wanted.equals(reached)) {
        return Optional.empty();
      }
      if (reached.isEmpty()) {
        return Optional.of(NOWHERE);
      }
      if (wanted.containsAll(reached)) {
        return Optional.empty();
      }
      return Optional.of(reached.stream().anyMatch(wanted::contains) ? MIXED : WRONG_ROLE);
    }

    /** Whether what the service is for is not to be had through it. */
    public boolean isMisrouted() {
      return this == WRONG_ROLE || this == NOWHERE;
    }
  }

  /** The services of a cluster that do not just go on. */
  public static List<Routing> after(Instance demoted, Instance promoted, Cluster cluster) {
    var changed = new ArrayList<Routing>();
    for (var service : cluster.services()) {
      if (distinguishes(service, demoted.name(), promoted.name())) {
        var before = reached(service, demoted);
        var after = reached(service, promoted);
        var effect =
            before.isEmpty() || after.isEmpty()
                ? Optional.of(Effect.UNKNOWN)
                : Effect.between(before.get(), after.get());
        effect.map(it -> of(service, it, promoted)).ifPresent(changed::add);
      }
    }
    return changed;
  }

  private static Routing of(Service service, Effect effect, Instance promoted) {
    return new Routing(service.name(), effect, service.definition().check(), promoted.name());
  }

  /** The roles of the servers that get connections, with this primary; empty if unknown. */
  private static Optional<Set<LiveRole>> reached(Service service, Instance primary) {
    return ServiceRoute.of(
            service,
            name -> name.equals(primary.name()) ? CheckedRole.PRIMARY : CheckedRole.REPLICA)
        .reached();
  }

  /** One that treats both alike goes on as before, whatever it checks. */
  private static boolean distinguishes(Service service, String one, String other) {
    return contains(service.members(), one) != contains(service.members(), other)
        || contains(service.backups(), one) != contains(service.backups(), other);
  }

  private static boolean contains(List<Service.Server> servers, String name) {
    return servers.stream().anyMatch(server -> server.instance().equals(name));
  }
}
