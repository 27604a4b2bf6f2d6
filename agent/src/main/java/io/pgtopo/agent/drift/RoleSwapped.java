package io.pgtopo.agent.drift;

import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.InstanceRole;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * {@link DriftKind#ROLE_SWAPPED}.
 *
 * @param demoted the declared primary
 * @param promoted who leads instead
 * @param routings the declared services that do not just go on
 */
public record RoleSwapped(
    Cluster cluster,
    Drift.RoleMismatch demoted,
    Drift.RoleMismatch promoted,
    List<Routing> routings)
    implements Drift {
  /** Those that should never lead. */
  private static final Set<InstanceRole> UNFIT =
      EnumSet.of(InstanceRole.OFFLINE, InstanceRole.DELAYED);

  public RoleSwapped {
    routings = List.copyOf(routings);
  }

  /** A warning if a service does not lead where it should, or the wrong kind of member leads. */
  @Override
  public Severity severity() {
    var isMisrouted = routings.stream().map(Routing::effect).anyMatch(Routing.Effect::isMisrouted);
    return isMisrouted || isUnfit(promoted.instance()) ? Severity.WARNING : Severity.INFO;
  }

  private static boolean isUnfit(Instance leader) {
    return leader.role().filter(UNFIT::contains).isPresent() || leader.delay().isPositive();
  }

  @Override
  public DriftKind kind() {
    return DriftKind.ROLE_SWAPPED;
  }

  @Override
  public Subject subject() {
    return Subject.of(cluster);
  }
}
