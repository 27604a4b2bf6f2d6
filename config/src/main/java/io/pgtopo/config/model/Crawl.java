package io.pgtopo.config.model;

import java.util.List;

/**
 * Whether undeclared servers that replication leads to are looked at too, and how far that may go.
 *
 * @param networks that it never leaves; empty for those around the declared instances
 * @param maxInstances how many undeclared servers are looked at; 0 for none, which is crawling
 *     switched off
 */
public record Crawl(List<Network> networks, int maxInstances) {
  /** Nothing but what is declared is looked at. */
  public static final Crawl OFF = new Crawl(List.of(), 0);

  public Crawl {
    networks = List.copyOf(networks);
  }
}
