package io.pgtopo.agent.postgres;

import io.pgtopo.agent.observation.AgentClock;
import io.pgtopo.agent.observation.NameReport;
import io.pgtopo.agent.observation.Window;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Looks up declared DNS names. It connects nowhere. Any thread may call it. */
public final class NameReader {
  private final Resolver resolver;
  private final AgentClock clock;

  public NameReader(AgentClock clock) {
    this(new Resolver(InetAddress::getAllByName), clock);
  }

  NameReader(Resolver resolver, AgentClock clock) {
    this.resolver = resolver;
    this.clock = clock;
  }

  /** Where a name leads. Never throws; ends when the system's resolver does. */
  public NameReport read(String name) {
    var started = clock.instant();
    var addresses = addresses(name);
    return new NameReport(name, Window.since(started, clock), addresses);
  }

  private List<String> addresses(String name) {
    try {
      return resolver.addresses(name).stream().map(InetAddress::getHostAddress).toList();
    } catch (UnknownHostException none) {
      return List.of();
    } catch (InterruptedException end) {
      Thread.currentThread().interrupt();
      return List.of();
    }
  }
}
