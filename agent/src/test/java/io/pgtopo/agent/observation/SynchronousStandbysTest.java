package io.pgtopo.agent.observation;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.observation.SynchronousStandbys.Method;
import java.util.List;
import org.junit.jupiter.api.Test;

class SynchronousStandbysTest {

  @Test
  void a_bare_list_waits_for_the_first() {
    assertThat(SynchronousStandbys.parse("pg-test-2, pg-test-3"))
        .contains(new SynchronousStandbys(Method.FIRST, 1, List.of("pg-test-2", "pg-test-3")));
    assertThat(SynchronousStandbys.parse("*"))
        .contains(new SynchronousStandbys(Method.FIRST, 1, List.of("*")));
  }

  @Test
  void a_number_needs_no_word_before_it() {
    assertThat(SynchronousStandbys.parse("2 (a, b, c)"))
        .contains(new SynchronousStandbys(Method.FIRST, 2, List.of("a", "b", "c")));
    assertThat(SynchronousStandbys.parse("first 1 (a)"))
        .contains(new SynchronousStandbys(Method.FIRST, 1, List.of("a")));
    assertThat(SynchronousStandbys.parse(" ANY 2 ( a,b ) "))
        .contains(new SynchronousStandbys(Method.ANY, 2, List.of("a", "b")));
  }

  @Test
  void a_quoted_name_may_hold_anything() {
    assertThat(SynchronousStandbys.parse("ANY 1 (\"pg-test-2\", \"a \"\"b\"\", (c)\")"))
        .contains(new SynchronousStandbys(Method.ANY, 1, List.of("pg-test-2", "a \"b\", (c)")));
  }

  @Test
  void an_empty_or_invalid_setting_names_no_standby() {
    for (var setting :
        List.of("", "  ", "ANY 0 (a)", "ANY 99999999999 (a)", "a,,b", "\"a", "a b")) {
      assertThat(SynchronousStandbys.parse(setting)).as(setting).isEmpty();
    }
  }
}
