package io.pgtopo.config;

import static io.pgtopo.config.Fixtures.instance;
import static io.pgtopo.config.Fixtures.load;
import static io.pgtopo.config.Fixtures.loadText;
import static io.pgtopo.config.Fixtures.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.pgtopo.config.ansible.HostRange;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.Role;
import io.pgtopo.config.reading.InvalidConfigException;
import io.pgtopo.config.reading.Problem;
import io.pgtopo.config.reading.Problem.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrecedenceTest {
  @TempDir Path directory;

  private String names(Config config) {
    return String.join(" ", config.inventory().instances().map(Instance::name).toList());
  }

  @Test
  void directories_of_variables_win_over_the_file_and_hosts_over_groups() {
    var config = load("directories/hosts.yml");

    assertThat(config.inventory().clusters().getFirst().traits().version()).contains(17);
    assertThat(config.inventory().clusters().getFirst().traits().mode()).isEqualTo("ivory");
    assertThat(instance(config, "deep-1").endpoint().port()).isEqualTo(2002);
    assertThat(config.inventory().instances().map(one -> one.traffic().weight()))
        .containsExactly(3, 44, 45);
  }

  @Test
  void an_encrypted_file_of_variables_is_passed_over_with_a_warning() {
    assertThat(load("directories/hosts.yml").warnings())
        .extracting(problem -> problem.code() + " " + Path.of(problem.file()).getFileName())
        .containsExactly("ENCRYPTED vault.yml");
  }

  @Test
  void deeper_groups_win_over_their_parents_and_later_names_over_earlier_ones() {
    var config =
        loadText(
            directory,
            """
            all:
              vars: { pg_weight: 1, pg_port: 1 }
              children:
                b: { hosts: { h: {} }, vars: { pg_weight: 20, pg_port: 20 } }
                a: { hosts: { h: {} }, vars: { pg_weight: 10, pg_port: 10 } }
                z: { children: { y: { hosts: { h: { pg_cluster: c, pg_seq: 0, pg_role: primary } } } }, vars: { pg_port: 30 } }
                y: { vars: { pg_weight: 40 } }
            """);

    var only = instance(config, "c-0");
    assertThat(only.traffic().weight()).isEqualTo(40);
    assertThat(only.endpoint().port()).isEqualTo(30);
  }

  @Test
  void a_greater_priority_wins_among_groups_of_one_depth() {
    var config =
        loadText(
            directory,
            """
            a: { hosts: { h: { pg_cluster: c, pg_seq: 0, pg_role: primary } }, vars: { pg_port: 10, ansible_group_priority: 2 } }
            b: { hosts: { h: }, vars: { pg_port: 20 } }
            """);

    assertThat(instance(config, "c-0").endpoint().port()).isEqualTo(10);
  }

  @Test
  void a_priority_in_quotes_counts_and_one_that_is_no_number_is_refused() {
    var groups =
        """
        a: { hosts: { h: { pg_cluster: c, pg_seq: 0, pg_role: primary } }, vars: { pg_port: 10, ansible_group_priority: "%s" } }
        b: { hosts: { h: }, vars: { pg_port: 20 } }
        """;

    assertThat(instance(loadText(directory, groups.formatted("9")), "c-0").endpoint().port())
        .isEqualTo(10);
    assertThat(refused(directory, groups.formatted("high")))
        .extracting(problem -> problem.code() + " " + problem.path())
        .containsExactly("BAD_VALUE a.vars.ansible_group_priority");
  }

  @Test
  void variables_of_ungrouped_reach_hosts_in_no_other_group() {
    var config =
        loadText(
            directory,
            """
            all:
              hosts: { a: { pg_cluster: c, pg_seq: 1, pg_role: primary }, b: { pg_cluster: c, pg_seq: 2, pg_role: replica } }
              children: { ungrouped: { vars: { pg_port: 2 } }, g: { hosts: { b: } } }
            """);

    assertThat(config.inventory().instances().map(one -> one.endpoint().port()))
        .containsExactly(2, 5432);
  }

  @Test
  void nothing_over_a_value_of_a_group_is_the_default_with_a_warning() {
    var config =
        loadText(
            directory,
            """
            all:
              vars: { pg_port: 5433, pg_weight: 1 }
              hosts: { a: { pg_cluster: c, pg_seq: 1, pg_role: primary, pg_port: ~, pg_upstream: } }
            """);

    assertThat(instance(config, "c-1").endpoint().port()).isEqualTo(5432);
    assertThat(config.warnings())
        .extracting(problem -> problem.code() + " " + problem.path() + " " + problem.line())
        .containsExactly("NULL_VALUE all.hosts.a.pg_port 3");
  }

  @Test
  void an_ini_inventory_is_an_inventory_with_the_lines_of_its_problems() throws IOException {
    var hosts =
        """
        [pg-test]
        10.0.0.[1:2] pg_role=replica
        10.0.0.3 pg_seq=3 pg_role=primary  # the primary
        [pg-test:vars]
        pg_cluster=pg-test
        pg_users=[{'name': 'app', 'login': True}]
        """;
    var file = Files.writeString(directory.resolve("hosts"), hosts).toString();

    var thrown =
        catchThrowableOfType(
            InvalidConfigException.class,
            () -> Config.load(Optional.empty(), List.of(file), Map.of()));

    assertThat(thrown.problems())
        .extracting(problem -> problem.code() + " " + problem.path() + " " + problem.line())
        .hasSize(2)
        .containsOnly("MISSING_IDENTITY pg-test.hosts.10.0.0.[1:2].pg_seq 2");
    Files.writeString(directory.resolve("hosts"), hosts.replace("[1:2]", "1 pg_seq=1"));
    var config = Config.load(Optional.empty(), List.of(file), Map.of());
    assertThat(names(config)).isEqualTo("pg-test-1 pg-test-3");
    assertThat(config.inventory().clusters().getFirst().roles())
        .extracting(Role::name)
        .containsExactly("app");
  }

  @Test
  void a_directory_is_the_inventories_in_it_and_variables_are_beside_the_configuration_too()
      throws IOException {
    var inventories = Files.createDirectories(directory.resolve("inventories/production"));
    Files.writeString(inventories.resolve("2.yml"), "c: { hosts: { h: { pg_seq: 2 } } }");
    Files.writeString(inventories.resolve("1"), "[c]\nh pg_seq=1 pg_cluster=c pg_role=primary\n");
    Files.writeString(inventories.resolve("notes.txt"), "nothing");
    Files.createDirectories(inventories.resolve("group_vars"));
    Files.writeString(inventories.resolve("group_vars/c.yml"), "{ pg_port: 1, pg_weight: 1 }");
    Files.createDirectories(directory.resolve("group_vars"));
    Files.writeString(directory.resolve("group_vars/all.yml"), "{ pg_port: 2, pg_version: 17 }");
    var arguments = List.of(inventories.toString());

    var without = Config.load(Optional.empty(), arguments, Map.of()).inventory().clusters();
    Files.writeString(directory.resolve("ansible.cfg"), "[defaults]");
    Files.writeString(directory.resolve("group_vars/c.yml"), "pg_port: 3");
    var with = Config.load(Optional.empty(), arguments, Map.of());

    assertThat(without.getFirst().traits().version()).isEmpty();
    assertThat(with.inventory().clusters().getFirst().traits().version()).contains(17);
    assertThat(instance(with, "c-2").endpoint().port()).isEqualTo(3);
    assertThat(instance(with, "c-2").traffic().weight()).isEqualTo(1);
  }

  @Test
  void one_host_in_several_groups_is_one_host() {
    var config =
        loadText(
            directory,
            """
            infra: { hosts: { 10.0.0.1: { infra_seq: 1 } } }
            pg: { hosts: { 10.0.0.1: { pg_seq: 1, pg_role: primary } }, vars: { pg_cluster: pg-meta } }
            etcd: { hosts: { 10.0.0.1: { etcd_seq: 1, pg_weight: 5 } }, vars: { etcd_cluster: etcd } }
            """);

    assertThat(names(config)).isEqualTo("pg-meta-1");
    assertThat(instance(config, "pg-meta-1").traffic().weight()).isEqualTo(5);
  }

  @Test
  void a_cluster_on_the_hosts_of_one_group_is_as_good_as_one_on_the_group() {
    var config =
        loadText(
            directory,
            """
            pg-citus:
              hosts:
                10.0.0.1: { pg_cluster: pg-citus0, pg_group: 0, pg_seq: 0, pg_role: primary, pg_vip_address: 10.0.0.9/24 }
                10.0.0.2: { pg_cluster: pg-citus0, pg_group: 0, pg_seq: 1, pg_role: replica, pg_vip_address: 10.0.0.9/24 }
                10.0.0.3: { pg_cluster: pg-citus1, pg_group: 1, pg_seq: 0, pg_role: primary, pg_vip_address: 10.0.0.8/24 }
              vars: { pg_mode: citus, pg_shard: pg-citus, pg_vip_enabled: true }
            """);

    assertThat(names(config)).isEqualTo("pg-citus0-0 pg-citus0-1 pg-citus1-0");
    assertThat(config.inventory().clusters())
        .extracting(cluster -> cluster.traits().shard() + "/" + cluster.traits().group())
        .containsExactly("pg-citus/0", "pg-citus/1");
    assertThat(config.warnings()).isEmpty();
  }

  @Test
  void empty_maps_and_nothing_at_all_are_what_ansible_takes_them_for() {
    var config =
        loadText(
            directory,
            """
            all:
              vars:
              hosts: {}
              children:
                empty:
                nothing: { hosts: , vars: , children: }
                lone: { hosts: 10.0.0.1 }
                pg-a: { hosts: { 10.0.0.1: }, vars: { pg_cluster: a, pg_seq: 3, pg_role: primary } }
            """);

    assertThat(names(config)).isEqualTo("a-3");
    assertThat(config.warnings()).isEmpty();
  }

  @Test
  void host_ranges_expand() {
    assertThat(HostRange.expand("10.10.10.[11:13]"))
        .containsExactly("10.10.10.11", "10.10.10.12", "10.10.10.13");
    assertThat(HostRange.expand("db[08:10]-[a:b].example:2222"))
        .containsExactly(
            "db08-a.example",
            "db08-b.example",
            "db09-a.example",
            "db09-b.example",
            "db10-a.example",
            "db10-b.example");
    assertThat(HostRange.expand("n[1:7:3]")).containsExactly("n1", "n4", "n7");
    assertThat(HostRange.expand("fd00::1")).containsExactly("fd00::1");
    assertThat(HostRange.expand("[fd00::1]:22")).containsExactly("fd00::1");
    assertThat(HostRange.expand("10.0.0.1:22")).containsExactly("10.0.0.1");
  }

  @Test
  void a_range_that_runs_backwards_or_too_far_is_refused() {
    var problems =
        refused(
            directory,
            "all: { hosts: { 'n[3:1]': , 'n[1:99999999]': , 'n[1:9:0]': , 'n[09:100]': , 'n[aa:b]':"
                + " } }");

    assertThat(problems).extracting(Problem::code).containsOnly(Code.BAD_RANGE).hasSize(5);
  }

  @Test
  void the_json_of_ansible_inventory_is_an_inventory() {
    var config = load("list.json");

    assertThat(names(config)).isEqualTo("pg-test-1 pg-test-2");
    assertThat(config.inventory().instances())
        .extracting(one -> one.endpoint() + " " + one.traffic().weight())
        .containsExactly("10.10.10.11:5433 9", "10.10.10.12:5433 7");
    assertThat(config.inventory().clusters().getFirst().roles())
        .extracting(Role::name)
        .containsExactly("test");
    assertThat(config.warnings()).isEmpty();
  }

  @Test
  void several_files_are_one_inventory_and_patterns_are_files_by_name() throws IOException {
    Files.writeString(directory.resolve("b.yml"), "all: { vars: { pg_port: 6000 } }");
    Files.writeString(
        directory.resolve("a.yml"),
        "x: { hosts: { h: { pg_seq: 1, pg_role: primary, pg_cluster: x } } }");
    Files.writeString(directory.resolve("c.txt"), "no: [");

    var config = Config.load(Optional.empty(), List.of(directory + "/*.yml"), Map.of());

    assertThat(instance(config, "x-1").endpoint()).isEqualTo(new Endpoint("h", 6000));
    assertThat(config.files())
        .containsExactly(directory.resolve("a.yml"), directory.resolve("b.yml"));
  }

  @Test
  void different_values_of_a_group_in_two_files_are_a_warning() throws IOException {
    Files.writeString(directory.resolve("a.yml"), "all: { vars: { pg_port: 1, admin_ip: a } }");
    Files.writeString(
        directory.resolve("b.yml"),
        "all: { vars: { pg_port: 2, admin_ip: b }, hosts: { h: { pg_seq: 1, pg_role: primary,"
            + " pg_cluster: x } } }");

    var config = Config.load(Optional.empty(), List.of(directory + "/[ab].yml"), Map.of());

    assertThat(config.warnings())
        .extracting(problem -> problem.code() + " " + problem.path())
        .containsExactly("FILES_DISAGREE all.vars.pg_port");
  }

  @Test
  void a_group_inside_itself_is_refused() {
    assertThat(refused(directory, "a: { children: { b: { children: { a: } } } }"))
        .extracting(Problem::toString)
        .containsExactly(
            directory.resolve("inventory.yml")
                + ":1: a.children.b.children.a: wanted groups without cycles. Found: a inside"
                + " itself");
  }

  @Test
  void a_template_is_an_error_only_where_the_model_needs_the_value() {
    var problems =
        refused(
            directory,
            """
            all:
              vars: { repo_url: "{{ x }}", pg_data: "{{ y }}", pg_port: "{{ port }}" }
              hosts: { h: { pg_cluster: !unsafe "c", pg_seq: 1, pg_role: "{{ role }}" } }
            """);

    assertThat(problems)
        .extracting(problem -> problem.code() + " " + problem.path() + " " + problem.line())
        .containsExactly("TEMPLATE all.vars.pg_port 2", "TEMPLATE all.hosts.h.pg_role 3");
  }

  @Test
  void placeholders_of_pigsty_are_plain_text() {
    var config =
        loadText(
            directory,
            """
            all:
              vars: { admin_ip: 10.0.0.1, repo_endpoint: "http://${admin_ip}:80", pg_listen: "${ip},${vip},${lo}" }
              hosts: { 10.0.0.1: { pg_cluster: c, pg_seq: 1, pg_role: primary } }
            """);

    assertThat(config.warnings()).isEmpty();
  }
}
