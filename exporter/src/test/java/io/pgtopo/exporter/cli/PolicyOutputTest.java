package io.pgtopo.exporter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.config.model.IgnoreRule;
import io.pgtopo.config.model.Maintenance;
import io.pgtopo.config.model.Policy;
import io.pgtopo.exporter.testing.Golden;
import io.pgtopo.exporter.testing.Shell;
import io.pgtopo.exporter.testing.Site;
import io.pgtopo.exporter.testing.Stories;
import io.pgtopo.exporter.testing.World;
import io.pgtopo.exporter.text.DiffJunit;
import io.pgtopo.exporter.text.DiffText;
import io.pgtopo.exporter.text.Style;
import io.pgtopo.exporter.text.TreeText;
import io.pgtopo.exporter.view.SnapshotReport;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What a policy makes of drift, in the forms of the command line. */
class PolicyOutputTest {
  private static final Instant END = Instant.parse("2026-12-31T00:00:00Z");

  /** pg-test-1 is being worked on; that pg-test-4 is cut off is accepted. */
  private static final Snapshot QUIET =
      World.judged(
          World.lasting(Stories.primaryKilled()),
          new Policy(
              Policy.NONE.everywhere(),
              new TreeMap<>(),
              List.of(
                  new IgnoreRule(
                      "orphaned_replica",
                      new IgnoreRule.Where("pg-*", Optional.empty(), Optional.empty()),
                      "dba",
                      "a report",
                      END)),
              List.of(
                  new Maintenance("pg-test", Optional.of("pg-test-1"), END, "ops", "new disk"))));

  private static Snapshot rated(String kind, String severity) {
    return World.judged(
        World.firstSight(Stories.rogueReplica()),
        new Policy(
            new Policy.Rating(
                Optional.empty(),
                new TreeMap<>(Map.of(kind, severity)),
                Optional.empty(),
                Optional.empty()),
            new TreeMap<>(),
            List.of(),
            List.of()));
  }

  private static SnapshotReport report(Snapshot snapshot) {
    return SnapshotReport.of(snapshot);
  }

  @Test
  void ignored_and_suspended_drifts_are_printed_apart_with_their_owner() {
    Golden.assertEqual("diff-quiet.txt", DiffText.quiet(report(QUIET).drift(), Style.PLAIN));
    assertThat(DiffText.render(SnapshotReport.of(QUIET), Style.PLAIN))
        .contains("replica_detached")
        .doesNotContain("orphaned_replica");
  }

  @Test
  void a_cluster_under_maintenance_is_drifted_and_its_two_primaries_are_named() {
    var snapshot =
        World.judged(
            World.lasting(Stories.promotedByHand()),
            new Policy(
                Policy.NONE.everywhere(),
                new TreeMap<>(),
                List.of(),
                List.of(new Maintenance("pg-test", Optional.empty(), END, "ops", "new disk"))));

    assertThat(TreeText.render(report(snapshot), Style.PLAIN).lines())
        .startsWith(
            "pg-test  system 9876543210987654321  4/4 reachable  drifted, 2 suspended",
            "  suspended: split_brain_undetermined (2 primaries)",
            "  ✗ suspended multiple_primaries: declared one primary, live 2 primaries:")
        .noneMatch(line -> line.contains("in sync"));
  }

  @Test
  void ignored_and_suspended_drifts_are_skipped_cases_and_on_demand_notices() {
    Golden.assertEqual("diff-quiet.junit.xml", DiffJunit.render(report(QUIET)));
    Golden.assertEqual("diff-quiet.github.txt", DiffText.github(report(QUIET).drift().quiet()));
  }

  @Test
  void an_agent_reports_what_does_not_count_as_a_poll_by_the_command_does() {
    var tree = new Shell();
    var diff = new Shell();
    var silent = new Shell();
    try (var site = new Site()) {
      site.show(QUIET, Duration.ZERO);

      tree.run("tree", "--agent", site.url());
      diff.run("diff", "--ignored", "--agent", site.url());
      silent.run("diff", "--agent", site.url());
    }

    var open = DiffText.render(SnapshotReport.of(QUIET), Style.PLAIN);
    assertThat(tree.out()).isEqualTo(TreeText.render(SnapshotReport.of(QUIET), Style.PLAIN));
    assertThat(diff.out())
        .isEqualTo(open + "\n" + DiffText.quiet(report(QUIET).drift(), Style.PLAIN));
    assertThat(diff.err()).contains("ignored or suspended");
    assertThat(silent.out()).isEqualTo(open);
  }

  @Test
  void the_exit_status_follows_the_severity_of_the_policy() {
    try (var site = new Site()) {
      site.show(rated("undeclared_instance", "info"), Duration.ZERO);
      assertThat(new Shell().run("diff", "--agent", site.url())).isOne();
      assertThat(new Shell().run("diff", "--fail-on", "info", "--agent", site.url())).isOne();
      assertThat(new Shell().run("diff", "--fail-on", "warning", "--agent", site.url())).isZero();
      site.show(rated("undeclared_instance", "critical"), Duration.ZERO);
      assertThat(new Shell().run("diff", "--fail-on", "critical", "--agent", site.url())).isOne();
    }
  }

  @Test
  void info_is_a_notice() {
    assertThat(DiffText.github(report(rated("undeclared_instance", "info")).drift().open()))
        .startsWith("::notice title=pg-test%3A undeclared_instance");
  }
}
