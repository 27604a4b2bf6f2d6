package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.postgres.JdbcProbe;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.settings.Connection;
import io.pgtopo.lab.Lab;
import io.pgtopo.lab.Postgres;
import java.time.InstantSource;
import java.util.Collections;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a poll costs, counted on the wire. */
class RoundTripIT {
  private static final Connection LOGIN =
      new Connection("dbuser_monitor", "postgres", Optional.empty(), Connection.SslMode.DISABLE);

  @Test
  void a_poll_on_a_kept_connection_is_one_statement_and_one_round_trip() throws Exception {
    try (var lab = Lab.open(Postgres.version(18), progress -> {})) {
      var server = lab.cluster("pg-test").primary(1).start().instance(1);
      try (var wire = new Wire(server.host(), server.port());
          var probe = new JdbcProbe(LOGIN, Watch.DEADLINE, InstantSource.system()::instant)) {
        var endpoint = new Endpoint("127.0.0.1", wire.port());
        assertThat(probe.observe(endpoint)).isInstanceOf(Observation.Reachable.class);
        assertThat(wire.take())
            .startsWith('L')
            .satisfies(messages -> assertThat(Collections.frequency(messages, 'L')).isEqualTo(1));

        for (var poll = 0; poll < 10; poll++) {
          assertThat(probe.observe(endpoint)).isInstanceOf(Observation.Reachable.class);

          // The driver closes statements of the past when their objects are collected, on the way.
          assertThat(wire.take())
              .as("the plan is kept")
              .filteredOn(message -> message != 'C')
              .containsExactly('B', 'E', 'S');
        }
      }
    }
  }
}
