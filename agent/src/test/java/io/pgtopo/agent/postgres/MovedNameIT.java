package io.pgtopo.agent.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.observation.Observation;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.settings.Connection;
import io.pgtopo.lab.Lab;
import io.pgtopo.lab.LabInstance;
import io.pgtopo.lab.Postgres;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** A name whose addresses change while a connection to one of them is kept. */
class MovedNameIT {
  private static final Connection LOGIN =
      new Connection("dbuser_monitor", "postgres", Optional.empty(), Connection.SslMode.DISABLE);
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  /** Where a name leads, and the time, which each poll moves on as if it were due. */
  private final AtomicReference<List<String>> leadsTo =
      new AtomicReference<>(List.of("127.0.0.1", "127.0.0.7"));

  private final AtomicReference<Instant> now = new AtomicReference<>(START);

  private InetAddress[] addresses(String name) throws UnknownHostException {
    var addresses = new ArrayList<InetAddress>();
    for (var address : leadsTo.get()) {
      addresses.add(InetAddress.getByName(address));
    }
    return addresses.toArray(InetAddress[]::new);
  }

  @Test
  void a_connection_is_kept_while_its_name_leads_there_and_opened_anew_when_not() {
    try (var lab = Lab.open(Postgres.version(18), progress -> {});
        var probe =
            new JdbcProbe(LOGIN, Duration.ofSeconds(5), now::get, new Resolver(this::addresses))) {
      var server = lab.cluster("pg-test").primary(1).start().instance(1);
      server.set("listen_addresses", server.host() + ",127.0.0.1");
      server.restart();
      var named = new Endpoint("localhost", server.port());

      var first = session(probe, named, server);
      leadsTo.set(List.of("127.0.0.7", "127.0.0.1"));
      for (var poll = 0; poll < 20; poll++) {
        assertThat(session(probe, named, server)).isEqualTo(first);
      }

      leadsTo.set(List.of("127.0.0.7", "127.0.0.8"));
      var patience = Instant.now().plusSeconds(120);
      while (session(probe, named, server).equals(first)) {
        assertThat(Instant.now()).isBefore(patience);
      }
    }
  }

  private String session(JdbcProbe probe, Endpoint named, LabInstance server) {
    now.updateAndGet(before -> before.plusSeconds(11));
    assertThat(probe.observe(named)).isInstanceOf(Observation.Reachable.class);
    return server
        .value("SELECT min(backend_start) FROM pg_stat_activity WHERE application_name = 'pgtopo'")
        .orElseThrow();
  }
}
