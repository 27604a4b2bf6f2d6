package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.topology.LogicalLink;
import io.pgtopo.lab.LabInstance;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class Logical18IT extends LogicalContract {
  Logical18IT() {
    super(18);
  }

  private LabInstance subscriber() {
    return lab.cluster("pg-sub")
        .primary(1, one -> one.set("max_logical_replication_workers", "4"))
        .start()
        .instance(1);
  }

  /** Since 16 a standby decodes. */
  @Test
  void a_subscription_of_a_standby_is_joined_with_the_slot_of_the_standby() {
    var publishers =
        lab.cluster("pg-pub")
            .primary(1, one -> one.set("wal_level", "logical"))
            .replica(2, two -> two.set("wal_level", "logical").set("hot_standby_feedback", "on"))
            .start();
    var primary = publishers.instance(1);
    var standby = publishers.instance(2);
    var subscriber = subscriber();
    table(primary);
    table(subscriber);
    primary.execute("CREATE PUBLICATION orders FOR TABLE orders");
    untilReplayed(standby, primary);
    try (var watch = Watch.of(lab)) {
      var created =
          CompletableFuture.runAsync(
              () -> subscribe(subscriber, standby, "WITH (copy_data = false)"));
      while (!created.isDone()) {
        // Where nothing runs, a slot of a standby waits for such a record.
        primary.execute("SELECT pg_log_standby_snapshot()");
      }
      created.join();

      var joined =
          watch.until(
              "joined", it -> link(it, "orders").filter(LogicalContract::isJoined).isPresent());

      assertThat(link(joined, "orders").flatMap(LogicalLink::publisher).orElseThrow().at().host())
          .isEqualTo(standby.host());
      primary.execute("INSERT INTO orders SELECT generate_series(1, 100)");
      watch.until(
          "applied",
          it ->
              subscriber.value("SELECT 1 FROM orders WHERE id = 100").isPresent()
                  && link(it, "orders").flatMap(link -> link.lagBytes(it.topology())).isPresent());
    }
  }

  /** 18 counts them, and skips the change. */
  @Test
  void changes_of_rows_that_the_subscriber_has_not_are_told() {
    var publisher =
        lab.cluster("pg-pub")
            .primary(1, one -> one.set("wal_level", "logical"))
            .start()
            .instance(1);
    var subscriber = subscriber();
    table(publisher);
    table(subscriber);
    publisher.execute("CREATE PUBLICATION orders FOR TABLE orders");
    publisher.execute("INSERT INTO orders SELECT generate_series(1, 1000)");
    try (var watch = Watch.of(lab)) {
      subscribe(subscriber, publisher);
      watch.until(
          "copied", it -> subscriber.value("SELECT 1 FROM orders WHERE id = 1000").isPresent());
      watch.untilDriftsAre();

      subscriber.execute("DELETE FROM orders");
      var next = new AtomicInteger();

      var told =
          watch.until(
              "conflicts are told",
              it -> {
                publisher.execute("DELETE FROM orders WHERE id = " + next.incrementAndGet());
                return Watch.drifts(it).contains(FAILING);
              });

      assertThat(watch.sentence(told, FAILING))
          .contains("changes are applied to rows that differ", "more conflicts without an error");
    }
  }
}
