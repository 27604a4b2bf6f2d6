package io.pgtopo.config.model;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A port on which load balancers pass connections to some instances of a cluster.
 *
 * @param name without the name of the cluster, such as {@code replica}
 * @param members in the order of the selector
 * @param backups used if no member is available
 */
public record Service(
    String name, Listen listen, Definition definition, List<Server> members, List<Server> backups) {

  /**
   * Where load balancers listen for a service.
   *
   * @param ip the address that they bind; {@code *} for all of a node
   * @param nodes that have a load balancer: those of the members, or those of a group of hosts
   *     ({@code pg_service_provider})
   */
  public record Listen(String ip, int port, List<String> nodes) {
    private static final Set<String> ANY = Set.of("*", "0.0.0.0", "::");

    public Listen {
      nodes = List.copyOf(nodes);
    }

    /** Where clients connect, in order. */
    public List<Endpoint> endpoints() {
      return (ANY.contains(ip) ? nodes.stream() : Stream.of(ip))
          .distinct()
          .map(host -> new Endpoint(host, port))
          .sorted()
          .toList();
    }
  }

  /**
   * What the inventory declares.
   *
   * @param selector JMESPath over the variables of the members
   * @param backup the same for the backups
   * @param check path of Patroni's API that answers 200 if a server is available, such as {@code
   *     /primary}
   */
  public record Definition(
      String selector, Optional<String> backup, Destination destination, String check) {}

  /**
   * One server of a service.
   *
   * @param weight share of the load, 0 to 255
   */
  public record Server(String instance, Endpoint endpoint, int weight) {}

  /** The process on a node that accepts the connections. */
  public sealed interface Destination {

    /** Pigsty's word, or the number of the port. */
    String label();

    /** One of the two that Pigsty runs. */
    enum Standard implements Destination {
      POSTGRES,
      PGBOUNCER;

      @Override
      public String label() {
        return name().toLowerCase(Locale.ROOT);
      }
    }

    /** The process that listens on this port. */
    record Port(int number) implements Destination {
      @Override
      public String label() {
        return Integer.toString(number);
      }
    }
  }

  public Service {
    members = List.copyOf(members);
    backups = List.copyOf(backups);
  }

  /** {@code <cluster>-<service>}: the proxy's name in HAProxy. */
  public String fullName(String cluster) {
    return cluster + "-" + name;
  }
}
