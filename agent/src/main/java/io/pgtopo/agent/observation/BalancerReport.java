package io.pgtopo.agent.observation;

import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Labelled;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What one load balancer reports of itself.
 *
 * @param address at which it reports
 * @param window when, by the agent's clock
 */
public record BalancerReport(Endpoint address, Window window, Reply reply) {

  /** What came of a request. */
  public sealed interface Reply {

    /**
     * An HAProxy answered.
     *
     * @param proxies what it has loaded, by name
     * @param statistics why its statistics could not be read; empty if they were, or not wanted
     */
    record Running(SortedMap<String, Proxy> proxies, Optional<Failure> statistics)
        implements Reply {
      public Running {
        proxies = Collections.unmodifiableSortedMap(new TreeMap<>(proxies));
      }
    }

    /** No HAProxy answered. */
    record Silent(Failure failure) implements Reply {}
  }

  /**
   * A {@code listen} or {@code backend} section.
   *
   * @param servers in the order of its configuration
   * @param activeServers how many take connections and are no backups, {@code act}
   * @param backupServers how many could and are backups, {@code bck}
   */
  public record Proxy(List<ProxyServer> servers, int activeServers, int backupServers) {
    public Proxy {
      servers = List.copyOf(servers);
    }
  }

  /**
   * A server of a proxy.
   *
   * @param weight that it has now, {@code weight}
   * @param use empty if only the statistics say it, and these were not read
   * @param sessions since it was started, {@code stot}
   */
  public record ProxyServer(
      String name, ServerStatus status, int weight, Optional<ServerUse> use, long sessions) {
    /** Whether it may get connections. */
    public boolean isUsable() {
      return weight > 0
          && switch (status) {
            case UP, NO_CHECK -> true;
            case DOWN, MAINT, DRAIN, NOLB, OTHER -> false;
          };
    }
  }

  /** HAProxy's status of a server. Its label is an API value. */
  public enum ServerStatus implements Labelled {
    UP,
    DOWN,
    MAINT,
    DRAIN,
    /** Up, and excluded from load balancing. */
    NOLB,
    /** It is not checked, so it counts as up. */
    NO_CHECK,
    /** One that is not known here. */
    OTHER
  }

  /** Whether a server is a backup: {@code act} and {@code bck}. Its label is an API value. */
  public enum ServerUse implements Labelled {
    ACTIVE,
    BACKUP
  }
}
