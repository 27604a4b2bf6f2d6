package io.pgtopo.agent.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.pgtopo.agent.observation.InstanceFacts;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.lab.Lab;
import io.pgtopo.lab.LabInstance;
import io.pgtopo.lab.Postgres;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Rows of a real server, among them the one that it gives while it leaves recovery. */
class FactsMappingIT {
  @Test
  void a_row_of_both_states_is_a_promotion_and_not_a_fact() throws Exception {
    try (var lab = Lab.open(Postgres.version(18), progress -> {})) {
      var primary = lab.cluster("pg-test").primary(1).start().instance(1);
      var statement = PollQuery.forMajor(18);
      var promotedAfterItsFirstColumn =
          statement.replace("pg_is_in_recovery() AS in_recovery", "true AS in_recovery");

      assertThat(facts(primary, statement).state()).isInstanceOf(ServerState.InProduction.class);
      assertThat(promotedAfterItsFirstColumn).isNotEqualTo(statement);
      assertThatThrownBy(() -> facts(primary, promotedAfterItsFirstColumn))
          .asInstanceOf(type(SQLException.class))
          .matches(Retry::isPromotion, "is a promotion");
    }
  }

  private static InstanceFacts facts(LabInstance server, String statement) throws SQLException {
    var url =
        "jdbc:postgresql://%s:%d/postgres?user=postgres".formatted(server.host(), server.port());
    try (var connection = DriverManager.getConnection(url);
        var row = connection.createStatement().executeQuery(statement)) {
      assertThat(row.next()).isTrue();
      return FactsMapping.map(row, Reading.denied("not read"), Map.of());
    }
  }
}
