package io.pgtopo.config;

import static io.pgtopo.config.Fixtures.instance;
import static io.pgtopo.config.Fixtures.loadText;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.config.model.DeclaredUpstream;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.reading.Problem;
import io.pgtopo.config.reading.Problem.Code;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members have one name in the model, and may have another one of their own. */
class AliasTest {
  @TempDir Path directory;

  private Config members(String second, String third) {
    return loadText(
        directory,
        """
        all:
          children:
            pg-test:
              vars: { pg_cluster: pg-test }
              hosts:
                10.0.0.1: { pg_seq: 1, pg_role: primary }
                10.0.0.2: { pg_role: replica, %s }
                10.0.0.3: { pg_role: replica, %s }
        """
            .formatted(second, third));
  }

  @Test
  void a_member_has_no_alias_unless_it_is_declared() {
    var config = members("pg_seq: 2", "pg_seq: 3, pg_instance: pg-test-3");

    assertThat(config.inventory().instances()).allSatisfy(it -> assertThat(it.alias()).isEmpty());
  }

  @Test
  void an_alias_is_what_pg_instance_says() {
    var config = members("pg_seq: 2, pg_instance: db2", "pg_seq: 3, pg_upstream: db2");

    assertThat(instance(config, "pg-test-2").alias()).contains("db2");
    assertThat(instance(config, "pg-test-3").upstream())
        .isEqualTo(new DeclaredUpstream.Member(new Endpoint("10.0.0.2", 5432)));
    assertThat(config.warnings()).isEmpty();
  }

  @Test
  void a_number_with_leading_zeros_is_part_of_the_name_that_pigsty_makes() {
    var config = members("pg_seq: \"08\"", "pg_seq: 09");

    assertThat(instance(config, "pg-test-8").alias()).contains("pg-test-08");
    assertThat(instance(config, "pg-test-9").alias()).contains("pg-test-09");
    assertThat(config.warnings())
        .extracting(Problem::code)
        .containsExactly(Code.BAD_SEQ, Code.BAD_SEQ);
  }
}
