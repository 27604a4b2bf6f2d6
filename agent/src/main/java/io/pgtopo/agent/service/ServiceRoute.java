package io.pgtopo.agent.service;

import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.config.model.Labelled;
import io.pgtopo.config.model.Service;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Which servers of a service get connections, if load balancers have what is declared, and Patroni
 * runs on each node.
 *
 * @param servers the members, then the backups
 */
public record ServiceRoute(Service service, List<RoutedServer> servers) {

  /** One server of a service. */
  public record RoutedServer(
      Service.Server server, Use use, CheckedRole role, CheckResult check, Turn turn) {}

  /** How a service uses a server. Its label is an API value. */
  public enum Use implements Labelled {
    MEMBER,
    BACKUP
  }

  /** Whether a server gets connections. Its label is an API value. */
  public enum Turn implements Labelled {
    SERVES,
    /** It would, but it is a backup and another server is available. */
    IDLE,
    /** It fails the health check, or its weight is 0. */
    OUT,
    UNKNOWN
  }

  public ServiceRoute {
    servers = List.copyOf(servers);
  }

  /**
   * The route of a service.
   *
   * @param roles of instances by name
   */
  public static ServiceRoute of(Service service, Function<String, CheckedRole> roles) {
    var check = new HealthCheck(service.definition().check());
    var servers = new ArrayList<RoutedServer>();
    for (var server : service.members()) {
      var role = roles.apply(server.instance());
      var result = check.of(role);
      servers.add(new RoutedServer(server, Use.MEMBER, role, result, turn(server, result)));
    }
    var before = worst(servers);
    for (var server : service.backups()) {
      var role = roles.apply(server.instance());
      var result = check.of(role);
      var turn = backupTurn(turn(server, result), before);
      servers.add(new RoutedServer(server, Use.BACKUP, role, result, turn));
      before = before == Turn.SERVES || turn == Turn.OUT ? before : turn;
    }
    return new ServiceRoute(service, servers);
  }

  /** HAProxy gives a server of weight 0 no new connection, and uses backups as if it were down. */
  private static Turn turn(Service.Server server, CheckResult check) {
    if (server.weight() == 0) {
      return Turn.OUT;
    }
    return switch (check) {
      case PASSES -> Turn.SERVES;
      case FAILS -> Turn.OUT;
      case UNKNOWN -> Turn.UNKNOWN;
    };
  }

  /** Whether any server before a backup keeps connections from it: one that serves does. */
  private static Turn worst(List<RoutedServer> members) {
    var turns = members.stream().map(RoutedServer::turn).toList();
    return Stream.of(Turn.SERVES, Turn.UNKNOWN)
        .filter(turns::contains)
        .findFirst()
        .orElse(Turn.OUT);
  }

  /** HAProxy passes connections to the first available backup only, and only if no member is. */
  private static Turn backupTurn(Turn own, Turn before) {
    if (own == Turn.OUT) {
      return Turn.OUT;
    }
    return switch (before) {
      case SERVES, IDLE -> Turn.IDLE;
      case UNKNOWN -> Turn.UNKNOWN;
      case OUT -> own;
    };
  }

  /** The servers that get connections; others may, unless {@link #isKnown}. */
  public List<RoutedServer> serving() {
    return servers.stream().filter(it -> it.turn == Turn.SERVES).toList();
  }

  /** Whether it is known of each server whether it gets connections. */
  public boolean isKnown() {
    return servers.stream().noneMatch(it -> it.turn == Turn.UNKNOWN);
  }

  /** The roles of the servers that get connections; empty if that is unknown. */
  public Optional<Set<LiveRole>> reached() {
    if (!isKnown()) {
      return Optional.empty();
    }
    var roles = EnumSet.noneOf(LiveRole.class);
    for (var server : serving()) {
      var role = server.role.live();
      if (role.isEmpty()) {
        return Optional.empty();
      }
      roles.add(role.get());
    }
    return Optional.of(roles);
  }
}
