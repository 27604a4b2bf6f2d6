package io.pgtopo.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("NamespaceIT (skipped where the user may not make network namespaces: needs root)")
class NamespaceIT {
  private static final LabOptions OPTIONS =
      LabOptions.of(Postgres.version(18)).network(LabNetwork.NAMESPACES);

  @BeforeEach
  void needsNamespaces() {
    assumeTrue(LabNetwork.NAMESPACES.isAvailable(), "network namespaces need root");
  }

  @Test
  void an_upstream_sees_the_addresses_of_its_standbys() {
    try (Lab lab = Lab.open(OPTIONS)) {
      LabCluster shop =
          lab.cluster("pg-test").primary(1).replica(2).replica(3, r -> r.follows(2)).start();

      String addresses = "SELECT string_agg(host(client_addr), ' ') FROM pg_stat_replication";
      assertThat(shop.instance(1).value(addresses)).contains(shop.instance(2).host());
      assertThat(shop.instance(2).value(addresses)).contains(shop.instance(3).host());
      assertThat(shop.instance(1).port()).isEqualTo(5432);
    }
  }

  @Test
  void a_partitioned_replica_loses_its_primary_and_streams_again_when_healed() {
    try (Lab lab = Lab.open(OPTIONS)) {
      LabCluster shop =
          lab.cluster("pg-test")
              .primary(1, one -> one.set("wal_sender_timeout", "1s"))
              .replica(2, two -> two.set("wal_receiver_timeout", "1s"))
              .start();
      LabInstance primary = shop.instance(1);
      LabInstance replica = shop.instance(2);
      String walsenders = "SELECT count(*) FROM pg_stat_replication";

      replica.partition();

      Await.until(
          "the primary loses its replica",
          () -> primary.value(walsenders).equals(Optional.of("0")));
      assertThatThrownBy(() -> replica.value("SELECT 1")).isInstanceOf(LabException.class);
      assertThat(replica.isRunning()).isTrue();

      replica.heal();

      replica.awaitStreaming();
      assertThat(primary.value(walsenders)).contains("1");
    }
  }

  @Test
  void a_closed_lab_leaves_no_process_no_directory_and_no_namespace() {
    Traces traces;
    try (Lab lab = Lab.open(OPTIONS)) {
      lab.cluster("pg-test").primary(1).replica(2).start();
      traces = Traces.of(lab);
      assertThat(traces.left()).anyMatch(trace -> trace.startsWith("namespace"));
    }

    assertThat(traces.left()).isEmpty();
  }

  @Test
  void a_jvm_killed_with_sigkill_leaves_no_namespace() throws Exception {
    Process jvm = LabLifeIT.labProcess(LabNetwork.NAMESPACES);
    Traces traces = LabLifeIT.readTraces(jvm);
    assertThat(traces.left()).anyMatch(trace -> trace.startsWith("namespace"));

    jvm.destroyForcibly().waitFor();

    Await.until("nothing is left of " + traces, () -> traces.left().isEmpty());
  }
}
