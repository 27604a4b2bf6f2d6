package io.pgtopo.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pgtopo.config.model.DriftVocabulary;
import io.pgtopo.config.model.IgnoreRule;
import io.pgtopo.config.model.Maintenance;
import io.pgtopo.config.model.Policy;
import io.pgtopo.config.reading.InvalidConfigException;
import io.pgtopo.config.settings.MaintenanceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyTest {
  private static final DriftVocabulary WORDS =
      new DriftVocabulary(
          List.of("role_mismatch", "replay_paused"), List.of("critical", "warning", "info"));

  @TempDir Path directory;

  @BeforeEach
  void writeInventory() throws IOException {
    Files.writeString(
        directory.resolve("pigsty.yml"),
        "all: { hosts: { h: { pg_cluster: pg-test, pg_seq: 1, pg_role: primary } } }");
  }

  private Config load(String text) throws IOException {
    var file = Files.writeString(directory.resolve("pgtopo.yml"), "inventory: pigsty.yml\n" + text);
    return Config.load(Optional.of(file), List.of(), Map.of(), WORDS);
  }

  private List<String> refused(String text) {
    return catchThrowableOfType(InvalidConfigException.class, () -> load(text)).problems().stream()
        .map(problem -> problem.line() + ": " + problem.path() + ": " + problem.message())
        .toList();
  }

  private List<String> warned(String text) throws IOException {
    return load(text).warnings().stream()
        .map(problem -> problem.line() + ": " + problem.path() + ": " + problem.message())
        .toList();
  }

  @Test
  void without_a_policy_roles_are_initial_and_kinds_keep_their_severity() throws IOException {
    assertThat(load("").policy()).isEqualTo(Policy.NONE);
    assertThat(Policy.NONE.roles("pg-test")).isEqualTo(Policy.Roles.INITIAL);
    assertThat(Policy.NONE.severity("pg-test", "role_mismatch")).isEmpty();
  }

  @Test
  void the_lag_that_is_allowed_is_an_amount_of_wal() throws IOException {
    var policy =
        load("policy: { max_lag: 16MB, clusters: { pg-test: { max_lag: 512kB } } }").policy();

    assertThat(policy.maxLag("pg-test")).contains(512L * 1024);
    assertThat(policy.maxLag("pg-other")).contains(16L * 1024 * 1024);
    assertThat(Policy.NONE.maxLag("pg-test")).isEmpty();
    assertThat(refused("policy: { max_lag: 30s }"))
        .containsExactly(
            "2: policy.max_lag: wanted an amount of WAL, such as 16MB. Found: \"30s\"");
  }

  @Test
  void a_rating_of_a_cluster_wins_over_the_rating_of_all() throws IOException {
    var policy =
        load("""
        policy:
          roles: strict
          severity: { replay_paused: info, role_mismatch: critical }
          clusters:
            pg-test: { roles: initial, severity: { role_mismatch: info } }
        """)
            .policy();

    assertThat(policy.roles("pg-test")).isEqualTo(Policy.Roles.INITIAL);
    assertThat(policy.roles("pg-other")).isEqualTo(Policy.Roles.STRICT);
    assertThat(policy.severity("pg-test", "role_mismatch")).contains("info");
    assertThat(policy.severity("pg-other", "role_mismatch")).contains("critical");
    assertThat(policy.severity("pg-test", "replay_paused")).contains("info");
  }

  @Test
  void an_ignore_rule_is_read_with_its_end() throws IOException {
    var policy =
        load("""
        policy:
          ignore:
            - kind: replay_paused
              cluster: pg-*
              instance: pg-test-?
              owner: dba
              reason: a backup runs
              until: 2026-12-31
            - { kind: role_mismatch, owner: dba, reason: r, until: "2026-12-31T09:00+01:00" }
        """)
            .policy();

    assertThat(policy.ignored())
        .containsExactly(
            new IgnoreRule(
                "replay_paused",
                new IgnoreRule.Where("pg-*", Optional.of("pg-test-?"), Optional.empty()),
                "dba",
                "a backup runs",
                Instant.parse("2027-01-01T00:00:00Z")),
            new IgnoreRule(
                "role_mismatch",
                new IgnoreRule.Where("*", Optional.empty(), Optional.empty()),
                "dba",
                "r",
                Instant.parse("2026-12-31T08:00:00Z")));
  }

  @Test
  void a_pattern_takes_all_but_its_two_signs_literally() {
    var where = new IgnoreRule.Where("pg.*", Optional.of("pg-?"), Optional.empty());

    assertThat(where.isIn("pg.test")).isTrue();
    assertThat(where.isIn("pg-test")).isFalse();
    assertThat(where.isAt(Optional.of("pg-1"))).isTrue();
    assertThat(where.isAt(Optional.of("pg-10"))).isFalse();
    assertThat(where.isAt(Optional.empty())).isFalse();
    assertThat(where.isOf(Optional.empty())).isTrue();
  }

  @Test
  void a_rule_works_until_its_end_and_not_at_it() {
    var end = Instant.parse("2026-12-31T08:00:00Z");
    var rule =
        new IgnoreRule(
            "role_mismatch",
            new IgnoreRule.Where("*", Optional.empty(), Optional.empty()),
            "dba",
            "r",
            end);

    assertThat(rule.hasExpired(end.minusMillis(1))).isFalse();
    assertThat(rule.hasExpired(end)).isTrue();
  }

  @Test
  void everything_that_is_wrong_is_reported_at_once() {
    assertThat(
            refused(
                """
                policy:
                  roles: strickt
                  severity: { replay_pausd: info, role_mismatch: bad }
                  clusters: { pg-test: { role: strict } }
                  ignore:
                    - { kind: role_mismatch }
                    - { kind: rol_mismatch, owner: o, reason: r, until: tomorrow, clster: x }
                    - { kind: role_mismatch, owner: o, reason: r, until: 2026-12-31T08:00:00 }
                maintenance: [{ cluster: pg-test, until: 2026-12-31 }]
                """))
        .containsExactly(
            "3: policy.roles: wanted one of initial, strict. Found: \"strickt\"",
            "4: policy.severity.replay_pausd: wanted a kind of drift. Found: unknown kind"
                + " replay_pausd; did you mean replay_paused?",
            "4: policy.severity.role_mismatch: wanted one of critical, warning, info. Found:"
                + " \"bad\"",
            "5: policy.clusters.pg-test.role: wanted one of roles, severity, max_lag, max_pause. Found:"
                + " unknown key role; did you mean roles?",
            "7: policy.ignore[0].owner: wanted the responsible person or team. Found: nothing",
            "7: policy.ignore[0].reason: wanted the reason why it is accepted. Found: nothing",
            "7: policy.ignore[0].until: wanted a time with its offset such as 2026-12-31T08:00:00Z,"
                + " or a day such as 2026-12-31. Found: nothing",
            "8: policy.ignore[1].clster: wanted one of kind, cluster, instance, part, owner,"
                + " reason, until. Found: unknown key clster; did you mean cluster?",
            "8: policy.ignore[1].kind: wanted a kind of drift. Found: unknown kind rol_mismatch;"
                + " did you mean role_mismatch?",
            "8: policy.ignore[1].until: wanted a time with its offset such as 2026-12-31T08:00:00Z,"
                + " or a day such as 2026-12-31. Found: \"tomorrow\"",
            "9: policy.ignore[2].until: wanted a time with its offset such as 2026-12-31T08:00:00Z,"
                + " or a day such as 2026-12-31. Found: \"2026-12-31T08:00:00\"",
            "10: maintenance[0].owner: wanted the responsible person or team. Found: nothing",
            "10: maintenance[0].reason: wanted the reason for the maintenance. Found: nothing");
  }

  @Test
  void a_rule_for_what_is_not_declared_is_a_warning_and_does_not_fail_the_load()
      throws IOException {
    assertThat(
            warned(
                """
                policy:
                  clusters: { pg-tset: { roles: strict } }
                  ignore: [{ kind: role_mismatch, cluster: my-*, owner: o, reason: r, until: 2026-12-31 }]
                maintenance:
                  - { cluster: pg-test, instance: pg-test-9, owner: o, reason: r, until: 2026-12-31 }
                """))
        .containsExactly(
            "3: policy.clusters.pg-tset: wanted the name of a declared cluster. Found: pg-tset, so"
                + " this has no effect; did you mean pg-test?",
            "4: policy.ignore[0].cluster: wanted the name of a declared cluster, or a pattern."
                + " Found: my-*, so this rule has no effect",
            "6: maintenance[0].instance: wanted one of pg-test-1. Found: pg-test-9, so this has no"
                + " effect");
  }

  @Test
  void what_is_written_into_a_maintenance_file_is_read_from_it() throws IOException {
    var file = new MaintenanceFile(directory.resolve("maintenance.yml"), List.of());
    var entry =
        new Maintenance(
            "pg-test",
            Optional.of("pg-test-1"),
            Instant.parse("2026-12-31T08:00:00Z"),
            "Ann \"dba\" \\ B.",
            "new disk: #7\n€");

    file.with(entry).write();

    var config = load("maintenance_file: maintenance.yml");
    assertThat(config.maintenanceFile()).contains(file.with(entry));
    assertThat(config.policy().maintenance()).containsExactly(entry);
    assertThat(config.files()).contains(file.path());
    assertThat(directory.toFile().list())
        .containsExactlyInAnyOrder("maintenance.yml", "pgtopo.yml", "pigsty.yml");

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.path())))
        .isEqualTo("rw-------");
    Files.setPosixFilePermissions(file.path(), PosixFilePermissions.fromString("rw-r-----"));

    config.maintenanceFile().orElseThrow().without("pg-test-1").write();

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.path())))
        .as("one that exists keeps its mode")
        .isEqualTo("rw-r-----");

    assertThat(load("maintenance_file: maintenance.yml").policy().maintenance()).isEmpty();
  }

  @Test
  void a_maintenance_file_that_is_not_there_is_watched_for() throws IOException {
    var config = load("maintenance_file: later.yml");

    assertThat(config.warnings()).isEmpty();
    assertThat(config.policy().maintenance()).isEmpty();
    assertThat(config.files()).contains(directory.resolve("later.yml"));
  }

  @Test
  void a_problem_of_a_maintenance_file_names_that_file() throws IOException {
    Files.writeString(directory.resolve("broken.yml"), "- x\n");

    assertThat(refused("maintenance_file: broken.yml"))
        .containsExactly("1: : wanted a map with maintenance. Found: a list");
  }

  @Test
  void a_new_entry_replaces_the_old_one_and_expired_entries_are_dropped() {
    var early = maintenance("pg-test", "2026-01-01T00:00:00Z");
    var late = maintenance("pg-test", "2026-02-01T00:00:00Z");
    var other = maintenance("pg-meta", "2026-01-15T00:00:00Z");
    var file = new MaintenanceFile(Path.of("m.yml"), List.of(early, other));

    assertThat(file.with(late).entries()).containsExactly(other, late);
    assertThat(file.with(late).inForce(Instant.parse("2026-01-20T00:00:00Z")).entries())
        .containsExactly(late);
    assertThat(file.without("pg-meta").entries()).containsExactly(early);
  }

  private static Maintenance maintenance(String cluster, String until) {
    return new Maintenance(cluster, Optional.empty(), Instant.parse(until), "o", "r");
  }
}
