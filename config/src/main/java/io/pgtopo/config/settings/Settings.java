package io.pgtopo.config.settings;

import io.pgtopo.config.model.Crawl;
import io.pgtopo.config.model.Endpoint;
import java.time.Duration;

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
    Connection connection,
    Web web,
    LogFormat logFormat) {

  public Settings(
      Duration interval,
      Duration deadline,
      Tracking tracking,
      Crawl crawl,
      Connection connection,
      Endpoint listen) {
    this(interval, deadline, tracking, crawl, connection, Web.of(listen), LogFormat.TEXT);
  }
}
