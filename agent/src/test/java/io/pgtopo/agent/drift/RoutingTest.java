package io.pgtopo.agent.drift;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.config.Config;
import io.pgtopo.config.model.Cluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Services as Pigsty's inventories declare them, after members 1 and 2 have swapped their roles.
 */
class RoutingTest {
  @TempDir Path directory;

  private List<String> after(String members, String services) throws IOException {
    var file =
        Files.writeString(
            directory.resolve("pigsty.yml"),
            "all: { children: { pg-test: { hosts: { %s }, vars: { pg_cluster: pg-test %s } } } }"
                .formatted(members, services));
    return swap(
        Config.load(Optional.empty(), List.of(file.toString()), Map.of())
            .inventory()
            .clusters()
            .getFirst());
  }

  private static List<String> swap(Cluster cluster) {
    var demoted = cluster.instances().getFirst();
    var promoted = cluster.instances().get(1);
    return Routing.after(demoted, promoted, cluster).stream()
        .map(routing -> routing.service() + " " + routing.effect())
        .toList();
  }

  private static final String TWO =
      "10.0.0.1: { pg_seq: 1, pg_role: primary }, 10.0.0.2: { pg_seq: 2, pg_role: replica }";
  private static final String THREE = TWO + ", 10.0.0.3: { pg_seq: 3, pg_role: replica }";

  /** Reads reach the new primary too, and the old one is only a backup. */
  @Test
  void with_a_replica_left_the_default_services_go_on() throws IOException {
    assertThat(after(THREE, "")).containsExactly("replica MIXED");
  }

  /** All reads reach the new primary, and slow queries no server. */
  @Test
  void of_two_members_the_default_services_for_replicas_are_misrouted() throws IOException {
    assertThat(after(TWO, "")).containsExactly("replica WRONG_ROLE", "offline NOWHERE");
  }

  @Test
  void a_service_that_takes_all_members_follows_its_health_check() throws IOException {
    assertThat(
            after(
                TWO,
                ", pg_default_services: [], pg_services: [{ name: any, port: 5435, selector: '[]',"
                    + " check: /sync }]"))
        .isEmpty();
  }

  @Test
  void a_check_for_something_that_is_not_known_leaves_the_service_unknown() throws IOException {
    assertThat(
            after(
                THREE,
                ", pg_default_services: [], pg_services: [{ name: standby, port: 5435, selector:"
                    + " '[]', backup: '[? pg_role == `primary`]', check: /sync }]"))
        .containsExactly("standby UNKNOWN");
  }

  @Test
  void a_service_of_the_declared_primary_alone_leads_nowhere() throws IOException {
    assertThat(
            after(
                THREE,
                ", pg_default_services: [], pg_services: [{ name: writer, port: 5435, selector:"
                    + " '[? pg_role == `primary`]', check: /primary }]"))
        .containsExactly("writer NOWHERE");
  }

  @Test
  void a_service_that_reached_no_server_before_is_not_misrouted() throws IOException {
    assertThat(
            after(
                THREE,
                ", pg_default_services: [], pg_services: [{ name: none, port: 5435, selector:"
                    + " '[? pg_role == `primary`]', check: /standby-leader }]"))
        .isEmpty();
  }
}
