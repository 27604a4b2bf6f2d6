package io.pgtopo.exporter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.observation.Probe;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.exporter.platform.CliContext;
import io.pgtopo.exporter.platform.CliContext.OpenProbe;
import io.pgtopo.exporter.platform.Screen;
import io.pgtopo.exporter.testing.Shell;
import io.pgtopo.exporter.testing.Stories;
import io.pgtopo.exporter.testing.World;
import io.pgtopo.exporter.text.Style;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CliTest {
  private static final String INVENTORY =
      """
      all:
        children:
          pg-test:
            hosts:
              10.10.10.11: { pg_seq: 1, pg_role: primary }
              10.10.10.12: { pg_seq: 2, pg_role: replica }
              10.10.10.13: { pg_seq: 3, pg_role: replica }
              10.10.10.14: { pg_seq: 4, pg_role: offline, pg_upstream: 10.10.10.12 }
            vars: { pg_cluster: pg-test }
      """;

  @TempDir private Path folder = Path.of("");

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private String inventory = "";

  @BeforeEach
  void writeInventory() throws IOException {
    inventory = Files.writeString(folder.resolve("pigsty.yml"), INVENTORY).toString();
  }

  @Test
  void agreement_exits_with_0() {
    assertThat(diff(Stories.healthy())).isZero();

    assertThat(out.toString()).isEmpty();
    assertThat(err).hasToString("1 cluster, 4 instances, 0 drifts, 0 unverifiable\n");
  }

  @Test
  void services_are_printed_whether_they_lead_where_they_should_or_not() {
    assertThat(run(Stories.healthy(), "services")).isZero();
    assertThat(out.toString())
        .startsWith("pg-test\n  service  port  destination  check")
        .contains("replica  5434  pgbouncer    /read-only  pg-test-2 pg-test-3");
    assertThat(run(Stories.promotedByHand(), "services")).isZero();
    assertThat(run(Stories.allUnreachable(), "services")).isEqualTo(2);
    assertThat(run(Stories.healthy(), "services", "--format", "json")).isZero();
  }

  @Test
  void drift_exits_with_1() {
    assertThat(diff(Stories.promotedByHand())).isEqualTo(1);

    assertThat(out.toString()).contains("- pg-test-2: replica\n");
    assertThat(err).hasToString("1 cluster, 4 instances, 2 drifts, 0 unverifiable\n");
  }

  @Test
  void what_is_only_unverifiable_exits_with_2() {
    assertThat(diff(Stories.plainLogin())).isEqualTo(2);

    assertThat(out.toString()).contains("GRANT pg_monitor TO");
  }

  @Test
  void silent_servers_exit_with_2() {
    assertThat(diff(Stories.allUnreachable())).isEqualTo(2);

    assertThat(out.toString()).contains("FATAL: password authentication failed for user");
    assertThat(err.toString())
        .startsWith(
            "pgtopo: no server answered"
                + " (authentication: 1, cannot_connect_now: 1, refused: 1, timeout: 1)\n");
  }

  @Test
  void a_check_plugin_exits_with_the_state_that_it_prints() {
    assertThat(run(Stories.healthy(), "diff", "--format", "nagios")).isZero();
    assertThat(out)
        .hasToString(
            "PGTOPO OK - 1 cluster, 4 instances, 0 drifts, 0 unverifiable"
                + " | instances=4 reachable=4 critical=0 warning=0 info=0 unverifiable=0\n");
    assertThat(err.toString()).isEmpty();
    assertThat(run(Stories.promotedByHand(), "diff", "--format", "nagios")).isEqualTo(2);
    assertThat(run(Stories.rogueReplica(), "diff", "--format", "nagios")).isEqualTo(1);
    assertThat(run(Stories.plainLogin(), "diff", "--format", "nagios")).isEqualTo(3);
    assertThat(run(Stories.allUnreachable(), "diff", "--format", "nagios")).isEqualTo(3);
    assertThat(run(Stories.rogueReplica(), "diff", "--format=nagios", "--fail-on=critical"))
        .isZero();
  }

  @Test
  void a_check_plugin_is_unknown_whatever_fails() {
    assertThat(execute(Stories.healthy(), "diff", "--format", "nagios", "--cluster", "pg-tset"))
        .isEqualTo(3);
    assertThat(execute(Stories.healthy(), "diff", "--format=nagios", "--inventroy", "x"))
        .isEqualTo(3);
    assertThat(execute(Stories.healthy(), "diff", "--format", "nagios", "--inventory", "absent"))
        .isEqualTo(3);

    assertThat(out.toString().lines())
        .hasSize(3)
        .allMatch(line -> line.startsWith("PGTOPO UNKNOWN - "));
  }

  @Test
  void a_tree_is_drawn_of_the_servers_that_answer_and_claims_no_since_of_one_poll() {
    assertThat(run(Stories.primaryKilled(), "tree", "pg-test")).isZero();

    assertThat(out.toString().lines())
        .startsWith(
            "pg-test  system 9876543210987654321  3/4 reachable  3 drifts, 1 unverifiable",
            "  degraded: primary_silent (pg-test-1; 3 of 3 others answer), partial_view (3 of",
            "  4 answered)",
            "  ? no_primary: no primary was seen, and pg-test-1 did not answer",
            "  pg-test-1     10.10.10.11:5432  unknown  tl ?",
            "  │  ✗ instance_unreachable: Connection to 10.10.10.11:5432 refused.",
            "  └─ pg-test-3  10.10.10.13:5432  replica  tl 1  lag ?    one end");
  }

  @Test
  void json_is_what_the_api_answers() {
    assertThat(run(Stories.healthy(), "tree", "--format", "json")).isZero();

    assertThat(out.toString()).startsWith("{").contains("\"grade\" : \"both_ends\"");
  }

  @Test
  void a_tree_is_a_picture_that_stands_alone() {
    assertThat(run(Stories.healthy(), "tree", "--format", "svg")).isZero();

    assertThat(out.toString())
        .startsWith("<svg xmlns=\"http://www.w3.org/2000/svg\"")
        .contains(">pg-test-4</text>")
        .endsWith("</svg>\n");
  }

  @Test
  void with_ascii_no_other_characters_are_drawn() {
    assertThat(run(Stories.healthy(), "tree", "--ascii")).isZero();

    assertThat(out.toString()).contains("|- pg-test-2").doesNotContain("├");
  }

  @Test
  void an_unknown_cluster_is_refused_with_the_declared_ones() {
    assertThat(run(Stories.healthy(), "diff", "--cluster", "pg-tset")).isEqualTo(2);

    assertThat(err.toString())
        .startsWith(
            "pgtopo: cluster pg-tset is not declared; declared: pg-test; did you mean pg-test?\n");
  }

  @Test
  void a_misspelt_command_is_guessed() {
    assertThat(execute(Stories.healthy(), "tre")).isEqualTo(2);

    assertThat(err)
        .hasToString("pgtopo: unknown command tre\nDid you mean tree?\nTry 'pgtopo --help'.\n");
  }

  @Test
  void a_misspelt_option_is_guessed() {
    assertThat(run(Stories.healthy(), "diff", "--fial-on=critical")).isEqualTo(2);

    assertThat(err)
        .hasToString(
            """
            pgtopo: unknown option --fial-on=critical
            Did you mean --fail-on?
            Try 'pgtopo diff --help'.
            """);
  }

  @Test
  void a_misspelt_cluster_is_guessed() {
    assertThat(run(Stories.healthy(), "tree", "pg-tset")).isEqualTo(2);

    assertThat(err.toString()).contains("did you mean pg-test?");
  }

  @Test
  void without_a_command_all_are_listed() {
    assertThat(execute(Stories.healthy())).isEqualTo(2);

    assertThat(err.toString()).contains("Usage: pgtopo", "First steps:");
  }

  @Test
  void drift_below_the_given_severity_does_not_fail() {
    assertThat(run(Stories.rogueReplica(), "diff", "--fail-on", "critical")).isZero();
    assertThat(out.toString()).contains("undeclared_instance");

    assertThat(run(Stories.promotedByHand(), "diff", "--fail-on", "critical")).isEqualTo(1);
  }

  @Test
  void unverifiable_fails_by_the_severity_of_its_kind() {
    assertThat(run(Stories.primaryKilled(), "diff", "--fail-on", "critical")).isEqualTo(2);
  }

  @Test
  void waiting_ends_in_sync() {
    var drifted = byEndpoint(Stories.rogueReplica());
    var healthy = byEndpoint(Stories.healthy());
    var told = new AtomicReference<Shell>();
    var shell =
        new Shell(
            endpoint ->
                (told.get().err().contains("waiting up to") ? healthy : drifted).get(endpoint),
            Map.of("PGTOPO_INTERVAL", "100ms"));
    told.set(shell);

    assertThat(shell.run("diff", "--inventory", inventory, "--wait", "10m")).isZero();

    assertThat(shell.out()).isEmpty();
    assertThat(shell.err())
        .isEqualTo(
            """
            pgtopo: 1 cluster, 4 instances, 1 drift, 0 unverifiable; waiting up to 10m
            1 cluster, 4 instances, 0 drifts, 0 unverifiable
            """);
  }

  @Test
  void waiting_times_out_with_the_drift() {
    var shell =
        new Shell(byEndpoint(Stories.rogueReplica())::get, Map.of("PGTOPO_INTERVAL", "100ms"));

    assertThat(shell.run("diff", "--inventory", inventory, "--wait", "10s")).isEqualTo(1);

    assertThat(shell.out()).contains("undeclared_instance");
  }

  @Test
  void drift_that_a_second_poll_does_not_confirm_is_not_reported() {
    var polls = new AtomicInteger();
    var between = byEndpoint(Stories.promotedByHand());
    var healthy = byEndpoint(Stories.healthy());
    var shell =
        new Shell(
            endpoint -> (polls.incrementAndGet() > 4 ? healthy : between).get(endpoint), Map.of());

    assertThat(shell.run("diff", "--inventory", inventory)).isZero();
  }

  @Test
  void with_verbose_each_answer_is_printed() {
    assertThat(run(Stories.primaryKilled(), "tree", "--verbose")).isZero();

    assertThat(err.toString())
        .contains("pgtopo: read ", "pgtopo: 10.10.10.11:5432 refused: Connection to")
        .contains("pgtopo: 10.10.10.12:5432 answered, PostgreSQL 18.6 (");
  }

  @Test
  void an_invalid_duration_is_refused_with_an_example() {
    assertThat(run(Stories.healthy(), "diff", "--wait", "soon")).isEqualTo(2);

    assertThat(err.toString()).contains("wanted a duration such as 500ms, 5s or 2m. Found: soon");
  }

  private static Map<Endpoint, Observation> byEndpoint(List<Observation> observations) {
    return observations.stream().collect(Collectors.toMap(Observation::endpoint, it -> it));
  }

  @Test
  void without_an_inventory_the_message_says_how_to_name_one() {
    assertThat(execute(Stories.healthy(), "tree")).isEqualTo(2);

    assertThat(err.toString())
        .contains("--inventory FILE", "PGTOPO_INVENTORY", "pgtopo.yml")
        .doesNotContain("Exception", "\tat ");
  }

  @Test
  void all_problems_of_an_inventory_are_listed() throws IOException {
    var broken = INVENTORY.replace("pg_seq: 1", "pg_seq: one").replace("offline", "spare");
    Files.writeString(Path.of(inventory), broken);

    assertThat(run(Stories.healthy(), "tree")).isEqualTo(2);

    assertThat(err.toString().lines().filter(line -> line.startsWith("error: ")))
        .hasSize(2)
        .allSatisfy(line -> assertThat(line).contains("pigsty.yml:"));
  }

  @Test
  void an_inventory_is_printed_without_polling_a_server() {
    assertThat(run(List.of(), "inventory")).isZero();

    assertThat(out.toString()).contains("pg-test-4  10.10.10.14:5432  offline  pg-test-2");
  }

  private int diff(List<Observation> observations) {
    return run(observations, "diff");
  }

  private int run(List<Observation> observations, String command, String... arguments) {
    var all = new ArrayList<>(List.of(command, "--inventory", inventory));
    all.addAll(List.of(arguments));
    return execute(observations, all.toArray(String[]::new));
  }

  private int execute(List<Observation> observations, String... arguments) {
    Map<?, Observation> answers =
        observations.stream().collect(Collectors.toMap(Observation::endpoint, it -> it));
    Probe probe =
        endpoint -> {
          var answer = answers.get(endpoint);
          return answer == null
              ? new Observation.Unreachable(
                  endpoint, World.CYCLE, Failure.of(Failure.Kind.OTHER, "not part of the test"))
              : answer;
        };
    var context =
        new CliContext(
            settings -> new OpenProbe(probe, () -> {}, registry -> {}),
            () -> World.START,
            Map.of(),
            List.of(folder.resolve("pgtopo.yml")),
            Style.PLAIN,
            Screen.NONE);
    return Cli.create(context)
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }
}
