package io.pgtopo.exporter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.observation.Observation;
import io.pgtopo.exporter.testing.Shell;
import io.pgtopo.exporter.testing.Stories;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafeTest {
  @TempDir Path folder;

  private String inventory = "";

  @BeforeEach
  void declare() throws IOException {
    inventory =
        Files.writeString(
                folder.resolve("pigsty.yml"),
                """
                all:
                  children:
                    pg-test:
                      hosts:
                        10.10.10.11: { pg_seq: 1, pg_role: primary }
                        10.10.10.12: { pg_seq: 2, pg_role: replica }
                        10.10.10.13: { pg_seq: 3, pg_role: replica }
                        10.10.10.14: { pg_seq: 4, pg_role: offline, pg_upstream: 10.10.10.12 }
                      vars: { pg_cluster: pg-test }
                """)
            .toString();
  }

  private record Answered(int status, String out, String err) {}

  private Answered safe(List<Observation> observations, String... arguments) {
    var shell = new Shell(observations);
    var all = new ArrayList<>(List.of("safe", "--inventory", inventory));
    all.addAll(List.of(arguments));
    var status = shell.run(all.toArray(String[]::new));
    return new Answered(status, shell.out(), shell.err());
  }

  @Test
  void two_primaries_are_refused_with_the_reason() {
    var answer = safe(Stories.splitBrain());

    assertThat(answer.status()).isEqualTo(1);
    assertThat(answer.out())
        .startsWith("pg-test  failover no, switchover no; no candidate\n")
        .contains("pg-test-1 and pg-test-2 accept writes: promote nothing");
  }

  @Test
  void without_a_primary_nothing_is_known_to_be_safe() {
    var answer = safe(Stories.primaryKilled());

    assertThat(answer.status()).isEqualTo(2);
    assertThat(answer.out())
        .startsWith("pg-test  failover unknown, switchover unknown; no candidate\n")
        .contains("? pg-test-1: not seen.");
  }

  @Test
  void asynchronous_replicas_are_no_safe_failover() {
    var answer = safe(Stories.healthy());

    assertThat(answer.status()).isEqualTo(1);
    assertThat(answer.out())
        .contains("acknowledged commits may be lost: pg-test-1 does not wait for pg-test-2")
        .contains("pg-test-4 is not to lead: it is declared offline");
  }

  @Test
  void only_the_member_that_is_asked_about_is_a_candidate() {
    var answer = safe(Stories.healthy(), "--promote", "pg-test-3");

    assertThat(answer.out())
        .contains("\n  pg-test-3  failover")
        .doesNotContain("pg-test-2  failover");
  }

  @Test
  void a_member_that_cannot_be_promoted_is_said_to_be_the_primary_or_not_seen() {
    var primary = safe(Stories.healthy(), "--promote", "pg-test-1");
    var unseen = safe(Stories.primaryKilled(), "--lose", "10.10.10.11");

    assertThat(primary.status()).isEqualTo(1);
    assertThat(primary.out()).contains("- pg-test-1 is the primary");
    assertThat(unseen.status()).isEqualTo(2);
    assertThat(unseen.out())
        .startsWith("pg-test  failover unknown, switchover unknown; no candidate\n");
  }

  @Test
  void nodes_whose_loss_costs_the_same_are_one_line() {
    var answer = safe(Stories.primaryKilled());

    assertThat(answer.out().replaceAll("\\s+", " "))
        .contains(" or node 10.10.10.13 (pg-test-3)")
        .containsOnlyOnce("It may be a second primary, or have WAL that no other has; unknown:");
  }

  @Test
  void the_loss_of_a_node_is_said_for_its_address_and_for_its_instance() {
    var byAddress = safe(Stories.healthy(), "--lose", "10.10.10.11");
    var byName = safe(Stories.healthy(), "--lose", "pg-test-1");

    assertThat(byAddress.status()).isEqualTo(1);
    assertThat(byAddress.out()).contains("without 10.10.10.11 (pg-test-1): no");
    assertThat(byName.out()).contains("without pg-test-1 (pg-test-1): no");
  }

  @Test
  void a_name_that_is_not_declared_is_refused_and_named() {
    var member = safe(Stories.healthy(), "--promote", "pg-test-9");
    var node = safe(Stories.healthy(), "--lose", "10.9.9.9");

    assertThat(member.status()).isEqualTo(2);
    assertThat(member.err()).contains("instance pg-test-9 is not declared");
    assertThat(node.status()).isEqualTo(2);
    assertThat(node.err()).contains("node, zone or instance 10.9.9.9 is not declared");
  }

  @Test
  void no_server_that_answers_is_unknown() {
    assertThat(safe(Stories.allUnreachable()).status()).isEqualTo(2);
  }
}
