package io.pgtopo.agent.haproxy;

import io.pgtopo.agent.fetch.BasicLogin;
import io.pgtopo.agent.fetch.Fetcher;
import io.pgtopo.agent.fetch.Fetcher.Fetched;
import io.pgtopo.agent.observation.AgentClock;
import io.pgtopo.agent.observation.BalancerReport;
import io.pgtopo.agent.observation.BalancerReport.Reply;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.Failure.Kind;
import io.pgtopo.agent.observation.Window;
import io.pgtopo.config.model.Endpoint;
import java.net.URI;
import java.util.Optional;
import java.util.function.Function;

/**
 * Reads HAProxy's exporter, which needs no login, and the statistics, which do. The login is sent
 * only to what has answered as HAProxy's exporter at the same address.
 */
public final class HaproxyReader {
  private final Fetcher fetcher;
  private final Optional<BasicLogin> login;
  private final Function<Endpoint, Optional<String>> statistics;
  private final AgentClock clock;

  /**
   * One that has read nothing.
   *
   * @param login for the statistics; without one they are not read
   * @param statistics the path of the statistics at an address, such as {@code /haproxy/pg-1/}
   */
  public HaproxyReader(
      Fetcher fetcher,
      Optional<BasicLogin> login,
      Function<Endpoint, Optional<String>> statistics,
      AgentClock clock) {
    this.fetcher = fetcher;
    this.login = login;
    this.statistics = statistics;
    this.clock = clock;
  }

  /** What the load balancer at an address reports. Never throws. */
  public BalancerReport read(Endpoint address) {
    var started = clock.instant();
    var reply = reply(address);
    return new BalancerReport(address, Window.since(started, clock), reply);
  }

  private Reply reply(Endpoint address) {
    var metrics =
        fetcher.get(uri(address, "/metrics?scope=server&scope=backend"), Optional.empty());
    try {
      var proxies = MetricsText.parse(body(metrics));
      return login
          .map(it -> withStatistics(address, it, new Reply.Running(proxies, Optional.empty())))
          .orElseGet(() -> new Reply.Running(proxies, Optional.empty()));
    } catch (UnreadableAnswer other) {
      return new Reply.Silent(failure(metrics, other));
    }
  }

  private Reply withStatistics(Endpoint address, BasicLogin sent, Reply.Running running) {
    var path = statistics.apply(address);
    if (path.isEmpty()) {
      return new Reply.Running(
          running.proxies(),
          Optional.of(
              Failure.of(Kind.OTHER, "no instance is declared on this node to name its page")));
    }
    var page = fetcher.get(uri(address, path.get() + ";csv"), Optional.of(sent));
    try {
      return new Reply.Running(StatisticsText.parse(body(page)), Optional.empty());
    } catch (UnreadableAnswer other) {
      return new Reply.Running(running.proxies(), Optional.of(failure(page, other)));
    }
  }

  private static URI uri(Endpoint address, String path) {
    return URI.create("http://" + address + path);
  }

  private static String body(Fetched fetched) throws UnreadableAnswer {
    if (fetched instanceof Fetched.Answered document && document.failure().isEmpty()) {
      return document.body();
    }
    throw new UnreadableAnswer("nothing was fetched");
  }

  private static Failure failure(Fetched fetched, UnreadableAnswer other) {
    return switch (fetched) {
      case Fetched.Nothing(var failure) -> failure;
      case Fetched.Answered document ->
          document.failure().orElseGet(() -> Failure.of(Kind.MALFORMED, other.why()));
    };
  }
}
