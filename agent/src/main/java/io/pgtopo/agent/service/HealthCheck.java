package io.pgtopo.agent.service;

import static io.pgtopo.agent.service.CheckedRole.ASYNC_STANDBY;
import static io.pgtopo.agent.service.CheckedRole.PRIMARY;
import static io.pgtopo.agent.service.CheckedRole.REPLICA;
import static io.pgtopo.agent.service.CheckedRole.STANDBY_LEADER;
import static io.pgtopo.agent.service.CheckedRole.SYNC_STANDBY;

import java.util.EnumSet;
import java.util.Set;

/**
 * What Patroni's REST API answers {@code OPTIONS <path>} about a server that it runs, and that no
 * tag keeps clients from: {@code do_GET} in {@code patroni/api.py}.
 *
 * @param path as the inventory declares it, perhaps with a query
 */
public record HealthCheck(String path) {

  /**
   * The roles that pass a check, and those of which it is not known. All others fail.
   *
   * @param isOfLeaders whether it asks for the leader alone: then a query changes nothing
   */
  private record Acceptance(Set<CheckedRole> passing, Set<CheckedRole> open, boolean isOfLeaders) {}

  private static final Set<CheckedRole> NONE = EnumSet.noneOf(CheckedRole.class);

  /** The answer about a server of a role. */
  public CheckResult of(CheckedRole role) {
    var end = path.indexOf('?');
    var rule = rule(end < 0 ? path : path.substring(0, end));
    // A server that was not seen may be down; a second primary has no lock, and fails all but
    // /health.
    if (role == CheckedRole.UNKNOWN || rule.open.contains(role)) {
      return CheckResult.UNKNOWN;
    }
    if (!rule.passing.contains(role)) {
      return CheckResult.FAILS;
    }
    var depends = end >= 0 && !rule.isOfLeaders && dependsOn(path.substring(end), role);
    return depends ? CheckResult.UNKNOWN : CheckResult.PASSES;
  }

  /** A query is about the lag of a standby, or about the tags of any server. */
  private static boolean dependsOn(String query, CheckedRole role) {
    return query.contains("tag_") || !(role == PRIMARY || role == STANDBY_LEADER);
  }

  private static Acceptance rule(String path) {
    return switch (path) {
      case "/", "/primary", "/master", "/read-write" -> leaders(PRIMARY);
      case "/leader" -> new Acceptance(EnumSet.of(PRIMARY, STANDBY_LEADER), NONE, true);
      case "/standby-leader", "/standby_leader" -> leaders(STANDBY_LEADER);
      case "/replica" -> of(EnumSet.of(SYNC_STANDBY, ASYNC_STANDBY, REPLICA), NONE);
      case "/read-only" ->
          of(EnumSet.of(PRIMARY, STANDBY_LEADER, SYNC_STANDBY, ASYNC_STANDBY, REPLICA), NONE);
      case "/sync", "/synchronous" -> of(EnumSet.of(SYNC_STANDBY), EnumSet.of(REPLICA));
      case "/read-only-sync", "/read-only-synchronous" ->
          of(EnumSet.of(PRIMARY, STANDBY_LEADER, SYNC_STANDBY), EnumSet.of(REPLICA));
      case "/async", "/asynchronous" -> of(EnumSet.of(ASYNC_STANDBY), EnumSet.of(REPLICA));
      case "/quorum" -> of(NONE, EnumSet.of(SYNC_STANDBY, REPLICA));
      case "/read-only-quorum" ->
          of(EnumSet.of(PRIMARY, STANDBY_LEADER), EnumSet.of(SYNC_STANDBY, REPLICA));
      case "/health" ->
          of(EnumSet.of(PRIMARY, STANDBY_LEADER, SYNC_STANDBY, ASYNC_STANDBY, REPLICA), NONE);
      default -> of(NONE, EnumSet.allOf(CheckedRole.class));
    };
  }

  private static Acceptance leaders(CheckedRole leader) {
    return new Acceptance(EnumSet.of(leader), NONE, true);
  }

  private static Acceptance of(Set<CheckedRole> passing, Set<CheckedRole> open) {
    return new Acceptance(passing, open, false);
  }
}
