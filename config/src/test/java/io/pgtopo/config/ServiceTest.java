package io.pgtopo.config;

import static io.pgtopo.config.Fixtures.load;
import static io.pgtopo.config.Fixtures.loadText;
import static io.pgtopo.config.Fixtures.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Service;
import io.pgtopo.config.model.Service.Destination;
import io.pgtopo.config.pigsty.Selector;
import io.pgtopo.config.reading.Problem;
import io.pgtopo.config.reading.Problem.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceTest {
  private final Config config = load("services.yml");

  @Test
  void the_servers_of_the_default_services_are_those_that_pigsty_renders() {
    assertThat(servers("full"))
        .containsExactly(
            "primary: full-1 full-2 full-3",
            "replica: full-2 full-3, backup full-1",
            "default: full-1 full-2 full-3",
            "offline: full-3, backup full-2");
    assertThat(servers("octo"))
        .containsExactly(
            "primary: octo-1 octo-2 octo-3 octo-4 octo-5",
            "replica: octo-2 octo-3 octo-4, backup octo-1 octo-5",
            "default: octo-1 octo-2 octo-3 octo-4 octo-5",
            "offline: octo-5, backup octo-2 octo-3 octo-4");
  }

  @Test
  void a_quoted_false_is_true_to_a_selector_as_it_is_to_pigsty() {
    assertThat(servers("dual")).contains("offline: dual-1");
  }

  /** Each node of the cluster, unless {@code pg_service_provider} names a group of others. */
  @Test
  void clients_connect_to_the_nodes_of_the_load_balancers(@TempDir Path directory)
      throws IOException {
    var inventory =
        """
        all:
          children:
            proxy: { children: { proxies: { hosts: { 10.0.0.8: {}, 10.0.0.9: {} } } } }
            pg-own: { hosts: { 10.0.0.2: { pg_seq: 2, pg_role: replica }, 10.0.0.1: { pg_seq: 1, pg_role: primary } }, vars: { pg_cluster: pg-own } }
            pg-far:
              hosts: { 10.0.0.3: { pg_seq: 1, pg_role: primary } }
              vars:
                pg_cluster: pg-far
                pg_service_provider: proxy
                pg_services: [{ name: vip, ip: 10.0.0.99, port: 5435, selector: '[]' }]
        """;
    var file = Files.writeString(directory.resolve("pigsty.yml"), inventory);
    var clusters =
        Config.load(Optional.empty(), List.of(file.toString()), Map.of()).inventory().clusters();

    assertThat(addresses(clusters.get(0), "primary"))
        .containsExactly("10.0.0.8:5433", "10.0.0.9:5433");
    assertThat(addresses(clusters.get(0), "vip")).containsExactly("10.0.0.99:5435");
    assertThat(addresses(clusters.get(1), "replica"))
        .containsExactly("10.0.0.1:5434", "10.0.0.2:5434");
  }

  @Test
  void services_beyond_the_four_are_added_to_them() {
    assertThat(servers("single"))
        .containsExactly(
            "primary: single-1",
            "replica: , backup single-1",
            "default: single-1",
            "offline: ",
            "standby: single-1",
            "tds: single-1");
  }

  @Test
  void the_destination_says_which_port_connections_go_to() {
    var services = cluster("single").services();

    assertThat(services)
        .extracting(service -> service.definition().destination())
        .containsExactly(
            Destination.Standard.POSTGRES,
            Destination.Standard.POSTGRES,
            Destination.Standard.POSTGRES,
            Destination.Standard.POSTGRES,
            Destination.Standard.PGBOUNCER,
            new Destination.Port(1433));
    assertThat(services.get(4).members())
        .containsExactly(new Service.Server("single-1", new Endpoint("10.10.40.1", 6433), 100));
    assertThat(services.get(4).listen())
        .isEqualTo(new Service.Listen("10.10.40.9", 5435, List.of("10.10.40.1")));
  }

  @Test
  void a_server_has_the_weight_of_its_instance() {
    assertThat(cluster("full").services().getFirst().members())
        .extracting(Service.Server::weight)
        .containsExactly(100, 100, 50);
  }

  @Test
  void bare_literals_are_quoted_and_others_kept() {
    assertThat(Selector.quoteLiterals("[? a == `b` || c == `1` || d == `\"e\"` || f == '`g`']"))
        .isEqualTo("[? a == `\"b\"` || c == `1` || d == `\"e\"` || f == '`g`']");
  }

  @Test
  void a_selector_that_is_no_expression_or_picks_no_hosts_is_refused(@TempDir Path directory) {
    var problems =
        refused(
            directory,
            """
            all:
              hosts: { 10.0.0.1: { pg_cluster: a, pg_seq: 1, pg_role: primary } }
              vars:
                pg_services:
                  - { name: x, port: 5440, selector: "[? pg_role ==" }
                  - { name: y, port: 5441, check: /primary, selector: "[].pg_seq" }
                  - { name: z, port: 5442, check: /primary, selector: "[]", backup: "sum(@)" }
            """);

    assertThat(problems)
        .extracting(problem -> problem.code() + " " + problem.path())
        .containsExactly(
            "BAD_SELECTOR all.vars.pg_services[0].selector",
            "BAD_SELECTOR all.vars.pg_services[1].selector",
            "BAD_SELECTOR all.vars.pg_services[2].backup");
  }

  @Test
  void suspicious_services_are_warnings_that_name_the_consequence(@TempDir Path directory) {
    var config =
        loadText(
            directory,
            """
            a:
              hosts:
                10.0.0.1: { pg_seq: 1, pg_role: primary }
                10.0.0.2: { pg_seq: 2, pg_role: replica }
              vars:
                pg_cluster: a
                pg_services:
                  - { name: standby, port: 5435, selector: "[]", backup: "[? pg_role == `primary`]" }
                  - { name: sync, port: 5437, check: /sync, selector: "[]", backup: "[? pg_role == `primary`]" }
                  - { name: busy, port: 5433, check: /primary, selector: "[]" }
                  - { name: odd, port: 8008, check: /primary, selector: "[]" }
                  - { name: empty, port: 5439, check: /primary, selector: "[? pg_seq > `9`]" }
            """);

    assertThat(config.warnings())
        .extracting(Problem::code)
        .containsExactly(
            Code.SERVICE_CHECK_DEFAULT,
            Code.SYNC_CHECK_WITH_PRIMARY_BACKUP,
            Code.DUP_SERVICE_PORT,
            Code.RESERVED_PORT,
            Code.EMPTY_SERVICE);
    assertThat(config.warnings().getFirst().message())
        .isEqualTo(
            "wanted a check such as /replica for the service standby. Found: /, which only the"
                + " primary passes; its standbys never serve");
  }

  /** {@code haproxy_services} of any host, the members' or that of a proxy. */
  @Test
  void a_proxy_that_another_variable_or_cluster_declares_is_no_undeclared_service(
      @TempDir Path directory) throws IOException {
    var clusters =
        loadText(
                directory,
                """
                proxy:
                  hosts: { 10.0.0.9: {} }
                  vars: { haproxy_services: [{ name: pg-test-ro, port: 5440 }, { name: 7 }, { port: 1 }, x] }
                pg-test:
                  hosts: { 10.0.0.1: { pg_seq: 1, pg_role: primary } }
                  vars: { pg_cluster: pg-test, haproxy_services: '{{ others }}' }
                pg-test-eu: { hosts: { 10.0.0.2: { pg_seq: 1, pg_role: primary } }, vars: { pg_cluster: pg-test-eu } }
                """)
            .inventory()
            .clusters();

    assertThat(
            Stream.of(
                    "pg-test-primary",
                    "pg-test-ro",
                    "pg-test-eu-primary",
                    "pg-test-eu-old",
                    "pg-test-old",
                    "pg-testing",
                    "minio")
                .filter(clusters.getFirst()::isUndeclaredService))
        .containsExactly("pg-test-old");
    assertThat(clusters.getLast().isUndeclaredService("pg-test-eu-old")).isTrue();
  }

  private Cluster cluster(String name) {
    return config.inventory().clusters().stream()
        .filter(cluster -> cluster.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private List<String> servers(String cluster) {
    return cluster(cluster).services().stream()
        .map(
            service ->
                service.name()
                    + ": "
                    + names(service.members())
                    + (service.backups().isEmpty() ? "" : ", backup " + names(service.backups())))
        .toList();
  }

  private static String names(List<Service.Server> servers) {
    return servers.stream().map(Service.Server::instance).collect(Collectors.joining(" "));
  }

  private static List<String> addresses(Cluster cluster, String name) {
    return cluster.services().stream()
        .filter(service -> service.name().equals(name))
        .flatMap(service -> service.listen().endpoints().stream())
        .map(Endpoint::toString)
        .toList();
  }
}
