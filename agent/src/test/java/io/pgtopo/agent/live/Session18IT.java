package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.observation.Observation;
import org.junit.jupiter.api.Test;

class Session18IT extends SessionContract {
  Session18IT() {
    super(18);
  }

  /** 17 is the first version that has them. */
  @Test
  void a_login_trigger_finds_the_tables_of_the_servers_search_path() {
    var server = one();
    server.execute("CREATE TABLE logins AS SELECT 1 AS one");
    server.execute("GRANT SELECT ON logins TO PUBLIC");
    server.execute(
        """
        CREATE FUNCTION note() RETURNS event_trigger LANGUAGE plpgsql AS $$
        BEGIN PERFORM one FROM logins; END $$""");
    server.execute("CREATE EVENT TRIGGER note ON login EXECUTE FUNCTION note()");
    server.execute("ALTER EVENT TRIGGER note ENABLE ALWAYS");
    try (var probe = Polls.probe(Polls.LOGIN)) {
      assertThat(probe.observe(Polls.endpoint(server))).isInstanceOf(Observation.Reachable.class);
    }
  }
}
