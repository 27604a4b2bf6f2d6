package io.pgtopo.config.settings;

import io.pgtopo.config.model.Secret;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is read, besides polling servers, to see where services lead, and what the HA manager
 * believes.
 *
 * @param dials whether their addresses are dialled
 * @param balancers how load balancers are read; empty if they are not
 * @param managers whether the REST API of Patroni is read
 * @param repmgr whether its table is read
 * @param autoFailover whether that of the monitor of pg_auto_failover is read
 */
public record ServiceSources(
    Use dials, Optional<Haproxy> balancers, Use managers, Use repmgr, Use autoFailover) {
  /** Only servers are polled. */
  public static final ServiceSources NONE =
      new ServiceSources(Use.OFF, Optional.empty(), Use.OFF, Use.OFF, Use.OFF);

  /** Whether a source is used. */
  public enum Use {
    OFF,
    ON
  }

  /**
   * How an HAProxy is read.
   *
   * @param port of its exporter and its statistics
   * @param statistics empty if only its exporter is read
   */
  public record Haproxy(int port, Optional<Statistics> statistics) {}

  /**
   * The page of the statistics, which needs a login.
   *
   * @param path {@code {instance}} is replaced by the instance on the node
   * @param instances by the address of the node
   */
  public record Statistics(
      String path, SortedMap<String, String> instances, String user, Secret password) {
    private static final String INSTANCE = "{instance}";

    public Statistics {
      instances = Collections.unmodifiableSortedMap(new TreeMap<>(instances));
    }

    /** The path on a node; empty if no instance is declared there, and the path needs its name. */
    public Optional<String> page(String node) {
      return path.contains(INSTANCE)
          ? Optional.ofNullable(instances.get(node)).map(name -> path.replace(INSTANCE, name))
          : Optional.of(path);
    }
  }
}
