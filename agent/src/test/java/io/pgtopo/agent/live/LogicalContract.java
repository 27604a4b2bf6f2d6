package io.pgtopo.agent.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.observation.Subscription;
import io.pgtopo.agent.topology.LogicalLink;
import io.pgtopo.agent.topology.ReplicationLink.Evidence;
import io.pgtopo.agent.topology.ReplicationLink.Grade;
import io.pgtopo.lab.LabInstance;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Subscriptions of real servers, and the slots that they receive from. */
abstract class LogicalContract extends RealServers {
  private static final String DOWN = "subscription_down pg-sub-1 subscription postgres.orders";
  static final String FAILING = "subscription_failing pg-sub-1 subscription postgres.orders";
  private static final String INCOMPLETE =
      "subscription_incomplete pg-sub-1 subscription postgres.orders";
  private static final String CHANGED = "publisher_changed pg-sub-1 subscription postgres.orders";
  private static final int FIRST_THAT_COUNTS_ERRORS = 15;

  LogicalContract(int major) {
    super(major);
  }

  @Test
  void a_subscription_is_joined_with_its_slot_and_found_down_or_failing() {
    var publisher = publisher();
    var subscriber =
        lab.cluster("pg-sub")
            .primary(1, one -> one.set("max_logical_replication_workers", "4"))
            .replica(2)
            .start()
            .instance(1);
    table(publisher);
    table(subscriber);
    publisher.execute("CREATE PUBLICATION orders FOR TABLE orders");
    publisher.execute("SELECT pg_create_logical_replication_slot('audit', 'test_decoding')");
    publisher.execute("INSERT INTO orders VALUES (0)");
    holdCopies(subscriber);
    try (var watch = Watch.of(lab)) {
      subscribe(subscriber, publisher);
      watch.until(
          "the table is being copied",
          it ->
              publisher
                  .value("SELECT 1 FROM pg_replication_slots WHERE slot_name LIKE '%sync%'")
                  .isPresent());

      var joined =
          watch.until(
              "joined", it -> link(it, "orders").filter(LogicalContract::isJoined).isPresent());

      assertThat(link(joined, "orders").orElseThrow().reasons())
          .contains(Evidence.APPLICATION_NAME, Evidence.SLOT, Evidence.SAME_START);
      assertThat(joined.topology().logicalLinks())
          .extracting(LogicalLink::grade)
          .containsExactlyInAnyOrder(Grade.BOTH_ENDS, Grade.UPSTREAM_ONLY);
      subscriber.disconnectClients();
      publisher.execute("INSERT INTO orders SELECT generate_series(1, 1000)");
      watch.until(
          "caught up",
          it ->
              link(it, "orders")
                  .flatMap(link -> link.lagBytes(it.topology()))
                  .equals(Optional.of(0L)));
      watch.untilDriftsAre();

      subscriber.execute("INSERT INTO orders VALUES (2000)");
      publisher.execute("INSERT INTO orders VALUES (2000)");

      watch.untilDriftsAre(major < FIRST_THAT_COUNTS_ERRORS ? DOWN : FAILING);

      subscriber.execute("DELETE FROM orders WHERE id = 2000");
      watch.until(
          "applied", it -> subscriber.value("SELECT 1 FROM orders WHERE id = 2000").isPresent());
      watch.skip(Duration.ofMinutes(1));
      watch.untilDriftsAre();

      publisher.execute("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots");
      subscriber.execute("ALTER SUBSCRIPTION orders DISABLE");
      watch.until(
          "parted",
          it -> link(it, "orders").filter(link -> link.publisher().isEmpty()).isPresent());
      watch.untilDriftsAre();
    }
  }

  /** Its walsender gives its slot back a moment before it ends. */
  @Test
  void an_apply_worker_that_connects_again_and_again_is_no_undeclared_server() {
    var publisher = publisher();
    var subscriber =
        lab.cluster("pg-sub")
            .primary(
                1,
                one ->
                    one.set("max_logical_replication_workers", "4")
                        .set("wal_retrieve_retry_interval", "1ms"))
            .start()
            .instance(1);
    table(publisher);
    table(subscriber);
    publisher.execute("CREATE PUBLICATION orders FOR TABLE orders");
    try (var watch = Watch.of(lab)) {
      subscribe(subscriber, publisher);
      watch.until("joined", it -> link(it, "orders").filter(LogicalContract::isJoined).isPresent());
      subscriber.execute("INSERT INTO orders VALUES (2000)");
      publisher.execute("INSERT INTO orders VALUES (2000)");

      for (var poll = 0; poll < 1500; poll++) {
        assertThat(Watch.drifts(watch.cycle())).noneMatch(it -> it.contains("undeclared"));
      }
    }
  }

  /** Its row in pg_stat_subscription stays. */
  @Test
  void a_worker_that_is_stopped_by_a_signal_applies_nothing_though_it_is_there() {
    var publisher = publisher();
    var subscriber =
        lab.cluster("pg-sub")
            .primary(
                1,
                one ->
                    one.set("max_logical_replication_workers", "4")
                        .set("wal_receiver_timeout", "4s"))
            .start()
            .instance(1);
    table(publisher);
    table(subscriber);
    publisher.execute("CREATE PUBLICATION orders FOR TABLE orders");
    try (var watch = Watch.of(lab)) {
      subscribe(subscriber, publisher);
      watch.until("joined", it -> link(it, "orders").filter(LogicalContract::isJoined).isPresent());
      watch.untilDriftsAre();
      var worker = "SELECT pid FROM pg_stat_subscription WHERE pid IS NOT NULL AND relid IS NULL";
      signal("STOP", Long.parseLong(subscriber.value(worker).orElseThrow()));

      var snapshot = watch.toldTwoPollsAfter(() -> isHeardOf(subscriber, "> '13 s'"), DOWN);
      assertThat(watch.sentence(snapshot, DOWN))
          .contains("live its apply worker is silent", "it is never longer than 2 s unless");

      signal("CONT", Long.parseLong(subscriber.value(worker).orElseThrow()));
      watch.twoPollsAfter(() -> isHeardOf(subscriber, "< '2 s'"));
      assertThat(watch.alarms()).isEmpty();
    }
  }

  private static boolean isHeardOf(LabInstance subscriber, String age) {
    return isTrue(
        subscriber,
        "SELECT bool_or(clock_timestamp() - last_msg_receipt_time %s) FROM pg_stat_subscription"
                .formatted(age)
            + " WHERE pid IS NOT NULL AND relid IS NULL");
  }

  /** It says more of a copy that fails where it counts errors. */
  @Test
  void a_table_whose_copy_fails_is_told_and_one_that_is_being_copied_is_not() {
    var publisher = publisher();
    var subscriber =
        lab.cluster("pg-sub")
            .primary(1, one -> one.set("max_logical_replication_workers", "4"))
            .start()
            .instance(1);
    table(publisher);
    table(subscriber);
    publisher.execute("INSERT INTO orders VALUES (1)");
    publisher.execute("CREATE PUBLICATION orders FOR TABLE orders");
    holdCopies(subscriber);
    try (var watch = Watch.of(lab)) {
      subscribe(subscriber, publisher);
      watch.until(
          "the table is being copied",
          it ->
              link(it, "orders")
                  .flatMap(LogicalLink::subscriber)
                  .map(LogicalLink.Subscriber::subscription)
                  .filter(seen -> seen.workers().copying() == 1 && !seen.isIncomplete())
                  .flatMap(seen -> seen.tables().ifSeen())
                  .equals(Optional.of(new Subscription.Tables(1, List.of("public.orders")))));
      watch.untilDriftsAre();

      subscriber.disconnectClients();
      for (var server : List.of(publisher, subscriber)) {
        server.execute("CREATE TABLE prices (id int PRIMARY KEY)");
        server.execute("INSERT INTO prices VALUES (1)");
      }
      publisher.execute("ALTER PUBLICATION orders ADD TABLE prices");
      subscriber.execute("ALTER SUBSCRIPTION orders REFRESH PUBLICATION");

      var drift = major < FIRST_THAT_COUNTS_ERRORS ? INCOMPLETE : FAILING;
      var told = watch.untilDriftsAre(drift);
      assertThat(watch.sentence(told, drift))
          .contains("1 of its tables is not copied: public.prices");

      subscriber.execute("DELETE FROM prices");
      watch.until("copied", it -> subscriber.value("SELECT 1 FROM prices").isPresent());
      watch.skip(Duration.ofMinutes(1));
      watch.untilDriftsAre();
    }
  }

  @Test
  void a_subscription_that_is_redirected_to_another_cluster_is_told() {
    var publisher = publisher();
    var other =
        lab.cluster("pg-other")
            .primary(1, one -> one.set("wal_level", "logical"))
            .start()
            .instance(1);
    var subscriber =
        lab.cluster("pg-sub")
            .primary(1, one -> one.set("max_logical_replication_workers", "4"))
            .start()
            .instance(1);
    for (var server : List.of(publisher, other, subscriber)) {
      table(server);
    }
    for (var server : List.of(publisher, other)) {
      server.execute("CREATE PUBLICATION orders FOR TABLE orders");
    }
    other.execute("SELECT pg_create_logical_replication_slot('orders', 'pgoutput')");
    try (var watch = Watch.of(lab)) {
      subscribe(subscriber, publisher);
      watch.until("joined", it -> link(it, "orders").filter(LogicalContract::isJoined).isPresent());
      watch.untilDriftsAre();

      redirect(subscriber, other);

      var told = watch.untilDriftsAre(CHANGED);
      assertThat(watch.sentence(told, CHANGED))
          .contains("declared receives from pg-pub-1 (system", "live receives from pg-other-1");

      redirect(subscriber, publisher);
      watch.untilDriftsAre();

      redirect(subscriber, other);
      watch.untilDriftsAre(CHANGED);
      subscriber.execute("ALTER SUBSCRIPTION orders DISABLE");
      subscriber.execute("ALTER SUBSCRIPTION orders SET (slot_name = NONE)");
      subscriber.execute("DROP SUBSCRIPTION orders");
      watch.untilDriftsAre();
    }
  }

  private static void redirect(LabInstance subscriber, LabInstance publisher) {
    subscriber.execute(
        "ALTER SUBSCRIPTION orders CONNECTION 'host=%s port=%d user=%s dbname=postgres'"
            .formatted(publisher.host(), publisher.port(), "postgres"));
  }

  private LabInstance publisher() {
    return lab.cluster("pg-pub")
        .primary(1, one -> one.set("wal_level", "logical"))
        .start()
        .instance(1);
  }

  static void table(LabInstance server) {
    server.execute("CREATE TABLE orders (id int PRIMARY KEY)");
  }

  /** Lets each copy of a table into a server wait until its clients are disconnected. */
  private static void holdCopies(LabInstance subscriber) {
    subscriber.execute(
        """
        CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN NEW; END';
        CREATE TRIGGER wait BEFORE INSERT ON orders FOR EACH ROW EXECUTE PROCEDURE wait();
        ALTER TABLE orders ENABLE ALWAYS TRIGGER wait
        """);
    subscriber.connectClient();
    subscriber.executeAsClients("SELECT pg_advisory_lock(1)");
  }

  static void subscribe(LabInstance subscriber, LabInstance publisher) {
    subscribe(subscriber, publisher, "");
  }

  static void subscribe(LabInstance subscriber, LabInstance publisher, String options) {
    subscriber.execute(
        "CREATE SUBSCRIPTION orders CONNECTION 'host=%s port=%d user=%s dbname=postgres' PUBLICATION orders %s"
            .formatted(publisher.host(), publisher.port(), "postgres", options));
  }

  static boolean isJoined(LogicalLink link) {
    return link.grade() == Grade.BOTH_ENDS;
  }

  /** The link of a subscription. */
  static Optional<LogicalLink> link(Snapshot snapshot, String subscription) {
    return snapshot.topology().logicalLinks().stream()
        .filter(
            link ->
                link.subscriber()
                    .filter(end -> end.subscription().name().equals(subscription))
                    .isPresent())
        .findFirst();
  }
}
