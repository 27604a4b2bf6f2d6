package io.pgtopo.agent.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The answers of Patroni's REST API, role by role; PatroniBeliefsIT asks a real one. Each cell is
 * in this table and not in a story, which would have to stage six servers for each path, and would
 * show the cells only by the services that they change.
 */
class HealthCheckTest {
  /** In the order of {@link CheckedRole}: y passes, n fails, ? is unknown. */
  private static String answers(String path) {
    var check = new HealthCheck(path);
    var answers = new ArrayList<String>();
    for (var role : CheckedRole.values()) {
      answers.add(
          switch (check.of(role)) {
            case PASSES -> "y";
            case FAILS -> "n";
            case UNKNOWN -> "?";
          });
    }
    return String.join(" ", answers);
  }

  @Test
  void the_columns_of_the_table_below_are_the_roles() {
    assertThat(CheckedRole.values())
        .containsExactlyElementsOf(
            List.of(
                CheckedRole.PRIMARY,
                CheckedRole.STANDBY_LEADER,
                CheckedRole.SYNC_STANDBY,
                CheckedRole.ASYNC_STANDBY,
                CheckedRole.REPLICA,
                CheckedRole.UNKNOWN));
  }

  @ParameterizedTest
  @CsvSource({
    "/,                       y n n n n ?",
    "/primary,                y n n n n ?",
    "/master,                 y n n n n ?",
    "/read-write,             y n n n n ?",
    "/leader,                 y y n n n ?",
    "/standby-leader,         n y n n n ?",
    "/standby_leader,         n y n n n ?",
    "/replica,                n n y y y ?",
    "/read-only,              y y y y y ?",
    "/sync,                   n n y n ? ?",
    "/synchronous,            n n y n ? ?",
    "/read-only-sync,         y y y n ? ?",
    "/read-only-synchronous,  y y y n ? ?",
    "/async,                  n n n y ? ?",
    "/asynchronous,           n n n y ? ?",
    "/quorum,                 n n ? n ? ?",
    "/read-only-quorum,       y y ? n ? ?",
    "/health,                 y y y y y ?",
  })
  void each_check_passes_the_roles_that_it_is_for(String path, String expected) {
    assertThat(answers(path)).isEqualTo(expected);
  }

  /** Patroni answers OPTIONS of these with 503, and GET of them otherwise. */
  @ParameterizedTest
  @CsvSource({"/liveness", "/readiness", "/patroni", "/Primary", "/my-own"})
  void nothing_is_claimed_of_another_path(String path) {
    assertThat(answers(path)).isEqualTo("? ? ? ? ? ?");
  }

  @ParameterizedTest
  @CsvSource({
    "/primary?lag=1MB,                 y n n n n ?",
    "/leader?tag_dc=a,                 y y n n n ?",
    "/replica?lag=1MB,                 n n ? ? ? ?",
    "/replica?replication_state=streaming, n n ? ? ? ?",
    "/read-only?lag=1MB,               y y ? ? ? ?",
    "/read-only?tag_dc=a,              ? ? ? ? ? ?",
    "/async?lag=1MB,                   n n n ? ? ?",
  })
  void a_query_leaves_open_what_depends_on_lag_or_tags(String path, String expected) {
    assertThat(answers(path)).isEqualTo(expected);
  }
}
