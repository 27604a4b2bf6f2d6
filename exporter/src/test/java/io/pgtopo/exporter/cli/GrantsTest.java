package io.pgtopo.exporter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.observation.InstanceFacts;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.RefusableFact;
import io.pgtopo.agent.observation.ReplicationView;
import io.pgtopo.exporter.testing.Golden;
import io.pgtopo.exporter.testing.Shell;
import io.pgtopo.exporter.testing.Stories;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class GrantsTest {
  private static Shell before(List<Observation> observations) {
    Map<?, Observation> answers =
        observations.stream().collect(Collectors.toMap(Observation::endpoint, Function.identity()));
    return new Shell(answers::get, Map.of("HOME", "/no/home", "PGUSER", "ann"));
  }

  @Test
  void without_a_server_it_is_a_script_for_that_version() {
    var eighteen = new Shell(List.of());
    var twelve = new Shell(List.of());

    assertThat(eighteen.run("grants", "--user", "monitor")).isZero();
    assertThat(twelve.run("grants", "--user", "Monitor", "--postgres", "12")).isZero();

    Golden.assertEqual("grants-18.txt", eighteen.out());
    Golden.assertEqual("grants-12.txt", twelve.out());
  }

  @Test
  void missing_privileges_are_printed_with_what_they_hide() {
    var shell = before(Stories.plainLogin());

    assertThat(shell.run("grants", "10.10.10.12")).isOne();

    Golden.assertEqual("grants-missing.txt", shell.out());
  }

  @Test
  void the_statements_are_printed_where_the_login_is_refused_and_not_where_nothing_listens() {
    var refused = before(Stories.allUnreachable());
    var closed = before(Stories.allUnreachable());

    assertThat(refused.run("grants", "10.10.10.13")).isEqualTo(2);
    assertThat(closed.run("grants", "10.10.10.11")).isEqualTo(2);

    assertThat(refused.out()).contains("  CREATE ROLE ann LOGIN;\n", "pg_hba.conf");
    assertThat(closed.out()).doesNotContain("CREATE ROLE");
  }

  @Test
  void what_was_revoked_from_everybody_is_printed_with_its_own_grant() {
    var shell = before(Stories.healthy().stream().map(GrantsTest::refusingSlots).toList());

    assertThat(shell.run("grants", "10.10.10.12")).isOne();

    assertThat(shell.out())
        .contains("pg_replication_slots  refused  hides all drift of slots")
        .endsWith("  GRANT SELECT ON pg_replication_slots TO ann;\n")
        .doesNotContain("GRANT pg_monitor");
  }

  private static Observation refusingSlots(Observation observation) {
    var answer = (Observation.Reachable) observation;
    var facts = answer.facts();
    var reason = RefusableFact.reason(List.of("pg_replication_slots"));
    var view =
        new ReplicationView(
            facts.replication().senders(), Reading.denied(reason), facts.replication().sessions());
    var hiding =
        new InstanceFacts(
            facts.identity(),
            facts.time(),
            facts.timeline(),
            facts.state(),
            view,
            facts.recovery(),
            facts.survey());
    return new Observation.Reachable(answer.endpoint(), answer.window(), hiding);
  }

  @Test
  void nothing_is_missing_where_everything_is_visible() {
    var shell = before(Stories.healthy());

    assertThat(shell.run("grants", "10.10.10.12:5432", "10.10.10.11")).isZero();

    assertThat(shell.out()).doesNotContain("missing", "GRANT").contains("as ann");
  }

  @Test
  void a_silent_server_exits_with_2() {
    var shell = before(Stories.allUnreachable());

    assertThat(shell.run("grants", "10.10.10.13")).isEqualTo(2);

    assertThat(shell.out()).contains("authentication: FATAL: password authentication failed");
  }

  @Test
  void a_version_that_is_too_old_is_refused() {
    var shell = new Shell(List.of());

    assertThat(shell.run("grants", "--postgres", "9")).isEqualTo(2);

    assertThat(shell.err()).startsWith("pgtopo: --postgres is 10 or newer. Found: 9\n");
  }
}
