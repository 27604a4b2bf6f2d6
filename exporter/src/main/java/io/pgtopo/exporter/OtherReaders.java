package io.pgtopo.exporter;

import io.pgtopo.agent.Agent;
import io.pgtopo.agent.ManagerAddress;
import io.pgtopo.agent.fetch.BasicLogin;
import io.pgtopo.agent.fetch.Fetcher;
import io.pgtopo.agent.fetch.Trust;
import io.pgtopo.agent.haproxy.HaproxyReader;
import io.pgtopo.agent.observation.AgentClock;
import io.pgtopo.agent.observation.BalancerReport;
import io.pgtopo.agent.observation.HaManager;
import io.pgtopo.agent.observation.ManagerReport;
import io.pgtopo.agent.patroni.PatroniReader;
import io.pgtopo.agent.postgres.Dialler;
import io.pgtopo.agent.postgres.ManagerTables;
import io.pgtopo.agent.postgres.NameReader;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.settings.ServiceSources;
import io.pgtopo.config.settings.ServiceSources.Statistics;
import io.pgtopo.config.settings.ServiceSources.Use;
import io.pgtopo.config.settings.Settings;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.function.Function;
import javax.net.ssl.SSLContext;

/**
 * The real readers of sources other than servers, as far as the settings want them.
 *
 * @param fetcher empty if nothing is read over HTTP
 */
record OtherReaders(Agent.Readers readers, Optional<Fetcher> fetcher) implements AutoCloseable {
  /** How long a client waits for a server, and a reader for an answer. */
  private static final Duration DEADLINE = Duration.ofSeconds(2);

  /** The time between two reads of a table. */
  private static final Duration RARE = Duration.ofMinutes(1);

  /** The time between two look-ups of a name. */
  private static final Duration NAMES = Duration.ofSeconds(30);

  /** Some thousand servers in HAProxy's exporter. */
  private static final int MOST_BYTES = 16 << 20;

  static OtherReaders of(Settings settings, AgentClock clock) {
    var services = settings.services();
    var dialler = new Dialler(settings.connection(), DEADLINE, clock);
    var isFetching = services.balancers().isPresent() || services.managers() == Use.ON;
    var fetcher =
        isFetching
            ? Optional.of(new Fetcher(DEADLINE, MOST_BYTES, tls(settings, services)))
            : Optional.<Fetcher>empty();
    return new OtherReaders(
        new Agent.Readers(
            services.dials() == Use.ON ? Optional.of(dialler::dial) : Optional.empty(),
            services
                .balancers()
                .flatMap(haproxy -> fetcher.map(it -> balancer(haproxy, it, clock))),
            fetcher.filter(it -> services.managers() == Use.ON).map(it -> manager(it, clock)),
            tables(settings, clock),
            services.dials() == Use.ON
                ? Optional.of(new Agent.Rare<>(new NameReader(clock)::read, NAMES))
                : Optional.empty()),
        fetcher);
  }

  private static Optional<Agent.Rare<Endpoint, ManagerReport>> tables(
      Settings settings, AgentClock clock) {
    var wanted = EnumSet.noneOf(HaManager.class);
    if (settings.services().repmgr() == Use.ON) {
      wanted.add(HaManager.REPMGR);
    }
    if (settings.services().autoFailover() == Use.ON) {
      wanted.add(HaManager.PG_AUTO_FAILOVER);
    }
    var reader = new ManagerTables(settings.connection(), wanted, DEADLINE, clock);
    return wanted.isEmpty() ? Optional.empty() : Optional.of(new Agent.Rare<>(reader::read, RARE));
  }

  /**
   * The certificates that verify PostgreSQL verify Patroni: in Pigsty one authority issues both.
   */
  private static Optional<SSLContext> tls(Settings settings, ServiceSources services) {
    return services.managers() == Use.ON
        ? settings.connection().files().rootCertificate().map(Trust::of)
        : Optional.empty();
  }

  private static Function<ManagerAddress, ManagerReport> manager(
      Fetcher fetcher, AgentClock clock) {
    var reader = new PatroniReader(fetcher, clock);
    return address -> reader.read(address.scheme().label(), address.endpoint(), address.checks());
  }

  private static Function<String, BalancerReport> balancer(
      ServiceSources.Haproxy haproxy, Fetcher fetcher, AgentClock clock) {
    Optional<Statistics> statistics = haproxy.statistics();
    var reader =
        new HaproxyReader(
            fetcher,
            statistics.map(it -> new BasicLogin(it.user(), it.password())),
            address -> statistics.flatMap(it -> it.page(address.host())),
            clock);
    return node -> reader.read(new Endpoint(node, haproxy.port()));
  }

  @Override
  public void close() {
    fetcher.ifPresent(Fetcher::close);
  }
}
