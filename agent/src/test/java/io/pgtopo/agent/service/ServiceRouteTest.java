package io.pgtopo.agent.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Service;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ServiceRouteTest {
  private static final CheckedRole P = CheckedRole.PRIMARY;
  private static final CheckedRole R = CheckedRole.REPLICA;

  private static Service.Server server(String name, int weight) {
    return new Service.Server(name, new Endpoint("10.0.0.1", 5432), weight);
  }

  /** A member or backup is a name, and its weight if it is not 100. */
  private static List<Service.Server> servers(String names) {
    return Arrays.stream(names.split(" ", -1))
        .filter(name -> !name.isEmpty())
        .map(name -> name.split(":", 2))
        .map(part -> server(part[0], part.length == 2 ? Integer.parseInt(part[1]) : 100))
        .toList();
  }

  private static ServiceRoute route(
      String check, String members, String backups, Map<String, CheckedRole> roles) {
    var service =
        new Service(
            "test",
            new Service.Listen("*", 5434, List.of("10.0.0.1")),
            new Service.Definition(
                "[]", Optional.empty(), Service.Destination.Standard.POSTGRES, check),
            servers(members),
            servers(backups));
    return ServiceRoute.of(service, name -> roles.getOrDefault(name, CheckedRole.UNKNOWN));
  }

  private static String turns(ServiceRoute route) {
    return route.servers().stream()
        .map(it -> it.server().instance() + " " + it.turn().label())
        .collect(Collectors.joining(", "));
  }

  @Test
  void a_backup_is_idle_while_a_member_is_available() {
    var route = route("/read-only", "b c", "a", Map.of("a", P, "b", R, "c", R));

    assertThat(turns(route)).isEqualTo("b serves, c serves, a idle");
    assertThat(route.reached()).contains(Set.of(LiveRole.REPLICA));
  }

  /** Pigsty's default service for reads after a switchover from a to b. */
  @Test
  void after_a_switchover_the_real_replica_idles_as_a_backup() {
    var route = route("/read-only", "b c", "a", Map.of("a", R, "b", P, "c", R));

    assertThat(turns(route)).isEqualTo("b serves, c serves, a idle");
    assertThat(route.reached()).contains(Set.of(LiveRole.PRIMARY, LiveRole.REPLICA));
  }

  @Test
  void of_several_backups_only_the_first_available_one_serves() {
    var route = route("/replica", "a", "b c d", Map.of("a", P, "b", P, "c", R, "d", R));

    assertThat(turns(route)).isEqualTo("a out, b out, c serves, d idle");
    assertThat(route.serving()).extracting(it -> it.server().instance()).containsExactly("c");
  }

  /** As if it were down: HAProxy counts no server of weight 0 as usable. */
  @Test
  void a_server_of_weight_0_gets_nothing_and_keeps_no_backup_idle() {
    var route = route("/replica", "a:0", "b", Map.of("a", R, "b", R));

    assertThat(turns(route)).isEqualTo("a out, b serves");
  }

  @Test
  void no_server_is_reached_where_none_passes() {
    var route = route("/replica", "a", "b", Map.of("a", P, "b", P));

    assertThat(turns(route)).isEqualTo("a out, b out");
    assertThat(route.reached()).contains(Set.of());
  }

  @Test
  void a_member_of_unknown_role_leaves_open_whether_a_backup_serves() {
    var route = route("/replica", "a b", "c d", Map.of("a", P, "c", R, "d", P));

    assertThat(turns(route)).isEqualTo("a out, b unknown, c unknown, d out");
    assertThat(route.reached()).isEmpty();
  }

  @Test
  void a_backup_of_unknown_role_leaves_open_whether_the_next_one_serves() {
    var route = route("/replica", "a", "b c", Map.of("a", P, "c", R));

    assertThat(turns(route)).isEqualTo("a out, b unknown, c unknown");
  }

  @Test
  void a_backup_of_unknown_role_is_idle_while_a_member_is_available() {
    var route = route("/replica", "a", "b", Map.of("a", R));

    assertThat(turns(route)).isEqualTo("a serves, b idle");
    assertThat(route.isKnown()).isTrue();
  }

  /** It passes the check whatever its role is, if it runs at all. */
  @Test
  void a_server_that_was_not_seen_may_fail_any_check() {
    var route = route("/read-only", "a b", "", Map.of("a", R));

    assertThat(turns(route)).isEqualTo("a serves, b unknown");
    assertThat(route.reached()).isEmpty();
  }
}
