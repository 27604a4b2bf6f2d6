package io.pgtopo.config.model;

import java.util.List;

/**
 * The limits of polling undeclared servers that replication leads to.
 *
 * @param networks the only ones; empty for those around the declared instances
 * @param maxInstances of undeclared servers; 0 if crawling is off
 */
public record Crawl(List<Network> networks, int maxInstances) {
  public static final Crawl OFF = new Crawl(List.of(), 0);

  public Crawl {
    networks = List.copyOf(networks);
  }
}
