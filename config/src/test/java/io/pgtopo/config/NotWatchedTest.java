package io.pgtopo.config;

import static io.pgtopo.config.Fixtures.loadText;
import static io.pgtopo.config.Fixtures.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.reading.InvalidConfigException;
import io.pgtopo.config.reading.Problem;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An error costs the cluster that it is in, and no other one. */
class NotWatchedTest {
  private static final String SOUND =
      """
      pg-a: { hosts: { 10.0.0.1: { pg_seq: 1, pg_role: primary } }, vars: { pg_cluster: pg-a } }
      """;

  @TempDir Path directory;

  private static String watched(Config config) {
    return String.join(" ", config.inventory().clusters().stream().map(Cluster::name).toList());
  }

  @Test
  void clusters_beside_one_with_an_error_are_loaded_and_it_is_named() {
    var config =
        loadText(
            directory,
            SOUND
                + """
                pg-b:
                  hosts: { 10.0.1.1: { pg_seq: 1, pg_role: primary }, 10.0.1.2: { pg_seq: 2, pg_role: slave } }
                  vars: { pg_cluster: pg-b }
                """);

    assertThat(watched(config)).isEqualTo("pg-a");
    assertThat(config.notWatched()).containsExactly("pg-b");
    assertThat(config.inventory().elsewhere()).extracting(Instance::name).containsExactly("pg-b-1");
    assertThat(config.inventory().nodes()).hasSize(1);
    assertThat(config.warnings())
        .extracting(problem -> problem.level() + " " + problem.code())
        .containsExactlyInAnyOrder("ERROR BAD_ROLE", "ERROR NOT_WATCHED");
    assertThatThrownBy(config::whole).isInstanceOf(InvalidConfigException.class);
  }

  @Test
  void an_inventory_without_an_error_is_whole() {
    var config = loadText(directory, SOUND);

    assertThat(config.notWatched()).isEmpty();
    assertThat(config.whole()).isEqualTo(config);
  }

  @Test
  void an_error_in_a_list_that_clusters_inherit_costs_each_of_them() {
    var config =
        loadText(
            directory,
            SOUND
                + """
                both:
                  vars: { pg_users: [ { name: x, connlimit: many } ] }
                  children:
                    pg-b: { hosts: { 10.0.1.1: { pg_seq: 1, pg_role: primary } }, vars: { pg_cluster: pg-b } }
                    pg-c: { hosts: { 10.0.2.1: { pg_seq: 1, pg_role: primary } }, vars: { pg_cluster: pg-c } }
                """);

    assertThat(watched(config)).isEqualTo("pg-a");
    assertThat(config.notWatched()).containsExactly("pg-b", "pg-c");
  }

  @Test
  void a_host_without_a_cluster_costs_those_beside_it() {
    var config =
        loadText(
            directory,
            SOUND
                + """
                pg-b: { hosts: { 10.0.1.1: { pg_seq: 1, pg_role: primary, pg_cluster: pg-b }, 10.0.1.2: { pg_seq: 2, pg_role: replica } } }
                """);

    assertThat(watched(config)).isEqualTo("pg-a");
    assertThat(config.notWatched()).containsExactly("host 10.0.1.2", "pg-b");
  }

  @Test
  void an_error_of_a_remote_instance_costs_its_cluster() {
    var config =
        loadText(
            directory,
            SOUND
                + """
                infra: { hosts: { 10.0.9.9: }, vars: { pg_exporters: { 20001: { pg_cluster: pg-rds, pg_seq: 1, pg_host: rds-a }, 20002: { pg_cluster: pg-rds, pg_seq: x, pg_host: b } } } }
                """);

    assertThat(watched(config)).isEqualTo("pg-a");
    assertThat(config.notWatched()).containsExactly("pg-rds");
  }

  @Test
  void nothing_left_and_errors_outside_of_clusters_fail_the_load() {
    assertThat(refused(directory, SOUND.replace("primary", "master")))
        .extracting(Problem::code)
        .containsExactly(Problem.Code.BAD_ROLE);
    assertThat(refused(directory, SOUND + "pg-b: { hosts: [ 10.0.1.1 ] }"))
        .extracting(Problem::code)
        .containsExactly(Problem.Code.STRUCTURE);
  }
}
