package io.pgtopo.agent.drift;

import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.Service;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

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

    /** Whether what the service is for is not to be had through it. */
    boolean isMisrouted() {
      return this == WRONG_ROLE || this == NOWHERE;
    }
  }

  /** Whether a server that has a role passes a health check. */
  private enum CheckResult {
    PASSES,
    FAILS,
    UNKNOWN
  }

  /** The services of a cluster that do not just go on. */
  public static List<Routing> after(Instance demoted, Instance promoted, Cluster cluster) {
    var changed = new ArrayList<Routing>();
    for (var service : cluster.services()) {
      if (distinguishes(service, demoted.name(), promoted.name())) {
        var before = reached(service, name -> role(name.equals(demoted.name())));
        var after = reached(service, name -> role(name.equals(promoted.name())));
        effect(before, after).map(effect -> of(service, effect, promoted)).ifPresent(changed::add);
      }
    }
    return changed;
  }

  private static Routing of(Service service, Effect effect, Instance promoted) {
    return new Routing(service.name(), effect, service.definition().check(), promoted.name());
  }

  private static LiveRole role(boolean isPrimary) {
    return isPrimary ? LiveRole.PRIMARY : LiveRole.REPLICA;
  }

  /** One that treats both alike goes on as before, whatever it checks. */
  private static boolean distinguishes(Service service, String one, String other) {
    return contains(service.members(), one) != contains(service.members(), other)
        || contains(service.backups(), one) != contains(service.backups(), other);
  }

  private static boolean contains(List<Service.Server> servers, String name) {
    return servers.stream().anyMatch(server -> server.instance().equals(name));
  }

  private static Optional<Effect> effect(
      Optional<Set<LiveRole>> before, Optional<Set<LiveRole>> after) {
    if (before.isEmpty() || after.isEmpty()) {
      return Optional.of(Effect.UNKNOWN);
    }
    if (before.get().isEmpty() || before.get().equals(after.get())) {
      return Optional.empty();
    }
    if (after.get().isEmpty()) {
      return Optional.of(Effect.NOWHERE);
    }
    if (before.get().containsAll(after.get())) {
      return Optional.empty();
    }
    return Optional.of(
        after.get().stream().anyMatch(before.get()::contains) ? Effect.MIXED : Effect.WRONG_ROLE);
  }

  /** The roles of the servers that get connections; empty if that is unknown. */
  private static Optional<Set<LiveRole>> reached(
      Service service, Function<String, LiveRole> roles) {
    var check = service.definition().check();
    var reached = EnumSet.noneOf(LiveRole.class);
    for (var member : service.members()) {
      var role = roles.apply(member.instance());
      switch (result(check, role)) {
        case PASSES -> reached.add(role);
        case FAILS -> {}
        case UNKNOWN -> {
          return Optional.empty();
        }
      }
    }
    return reached.isEmpty() ? backup(service, roles) : Optional.of(reached);
  }

  /** HAProxy passes connections to the first healthy backup only. */
  private static Optional<Set<LiveRole>> backup(Service service, Function<String, LiveRole> roles) {
    for (var backup : service.backups()) {
      var role = roles.apply(backup.instance());
      switch (result(service.definition().check(), role)) {
        case PASSES -> {
          return Optional.of(EnumSet.of(role));
        }
        case FAILS -> {}
        case UNKNOWN -> {
          return Optional.empty();
        }
      }
    }
    return Optional.of(EnumSet.noneOf(LiveRole.class));
  }

  /**
   * Patroni's REST API: what it answers a health check, in a cluster that is no standby cluster.
   */
  private static CheckResult result(String check, LiveRole role) {
    var isPrimary = role == LiveRole.PRIMARY;
    return switch (check) {
      case "/", "/primary", "/master", "/read-write", "/leader" ->
          isPrimary ? CheckResult.PASSES : CheckResult.FAILS;
      case "/replica" -> isPrimary ? CheckResult.FAILS : CheckResult.PASSES;
      case "/read-only", "/health", "/liveness", "/readiness" -> CheckResult.PASSES;
      case "/standby-leader" -> CheckResult.FAILS;
      case "/sync", "/synchronous", "/quorum", "/async", "/asynchronous" ->
          isPrimary ? CheckResult.FAILS : CheckResult.UNKNOWN;
      case "/read-only-sync", "/read-only-quorum" ->
          isPrimary ? CheckResult.PASSES : CheckResult.UNKNOWN;
      default -> CheckResult.UNKNOWN;
    };
  }
}
