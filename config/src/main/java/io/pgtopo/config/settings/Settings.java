package io.pgtopo.config.settings;

import io.pgtopo.config.model.Crawl;
import io.pgtopo.config.model.Endpoint;
import java.time.Duration;
import java.util.Collection;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * The agent's own settings.
 *
 * @param interval time from the end of one cycle to the start of the next
 * @param deadline longest time that one server may take to answer
 */
public record Settings(
    Duration interval,
    Duration deadline,
    Tracking tracking,
    Crawl crawl,
    ServiceSources services,
    Connection connection,
    Web web,
    LogFormat logFormat) {

  /** Whether the declared services are dialled. */
  public enum Services {
    DECLARED,
    DIALLED
  }

  /** The same, with these servers as those that the user named. */
  public Settings declaring(Collection<Endpoint> servers) {
    return new Settings(
        interval,
        deadline,
        tracking,
        crawl,
        services,
        connection.declaring(servers),
        web,
        logFormat);
  }

  /** The same, with these databases as those whose objects are read. */
  public Settings inspecting(SortedMap<Endpoint, SortedSet<String>> databases) {
    return new Settings(
        interval,
        deadline,
        tracking,
        crawl,
        services,
        connection.withInteriors(databases),
        web,
        logFormat);
  }

  public Settings(
      Duration interval,
      Duration deadline,
      Tracking tracking,
      Crawl crawl,
      Connection connection,
      Endpoint listen) {
    this(
        interval,
        deadline,
        tracking,
        crawl,
        ServiceSources.NONE,
        connection,
        Web.of(listen),
        LogFormat.TEXT);
  }
}
