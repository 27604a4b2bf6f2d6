package io.pgtopo.config.model;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A named way into a cluster: a port on which load balancers pass connections to some of its
 * instances.
 *
 * @param name without the name of the cluster, such as {@code replica}
 * @param listen address and port on every node; the address {@code *} for all
 * @param members the servers it is for, in the order of the selector
 * @param backups those that serve when no member does
 */
public record Service(
    String name, Listen listen, Rule rule, List<Server> members, List<Server> backups) {

  /** Where load balancers listen. */
  public record Listen(String ip, int port) {}

  /**
   * What the declaration says.
   *
   * @param selector JMESPath over the variables of the members, as declared
   * @param backup the same for the backups; empty for none
   * @param check path that Patroni answers 200 for if a server may serve, such as {@code /primary}
   */
  public record Rule(
      String selector, Optional<String> backup, Destination destination, String check) {}

  /**
   * One server of a service.
   *
   * @param instance name of the instance
   * @param endpoint where connections are passed to
   * @param weight share of the load, 0 to 255
   */
  public record Server(String instance, Endpoint endpoint, int weight) {}

  /** Which process on a node takes the connections. */
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

    /** Whatever listens on this port of the node. */
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
