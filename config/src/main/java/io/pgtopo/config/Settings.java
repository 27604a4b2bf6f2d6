package io.pgtopo.config;

import java.time.Duration;

/**
 * The agent's own settings.
 *
 * @param interval time from the end of one cycle to the start of the next
 * @param deadline longest time that one server may take to answer
 * @param tracking how drifts are followed over time
 * @param crawl whether and how undeclared servers are looked at
 * @param listen address of the HTTP server
 */
public record Settings(
    Duration interval,
    Duration deadline,
    Tracking tracking,
    Crawl crawl,
    Connection connection,
    Endpoint listen) {}
