package io.pgtopo.config.settings;

import io.pgtopo.config.model.Crawl;
import io.pgtopo.config.model.Endpoint;
import java.time.Duration;

/**
 * The agent's own settings.
 *
 * @param interval time from the end of one cycle to the start of the next
 * @param deadline longest time that one server may take to answer
 * @param tracking how drifts are followed over time
 * @param crawl whether and how undeclared servers are looked at
 * @param listen address of the HTTP server
 * @param web what else is set of it
 */
public record Settings(
    Duration interval,
    Duration deadline,
    Tracking tracking,
    Crawl crawl,
    Connection connection,
    Endpoint listen,
    Web web) {

  /** Settings without any for the web. */
  public Settings(
      Duration interval,
      Duration deadline,
      Tracking tracking,
      Crawl crawl,
      Connection connection,
      Endpoint listen) {
    this(interval, deadline, tracking, crawl, connection, listen, Web.DEFAULT);
  }
}
