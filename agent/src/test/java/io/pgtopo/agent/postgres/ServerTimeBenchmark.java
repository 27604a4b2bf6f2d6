package io.pgtopo.agent.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.lab.Lab;
import io.pgtopo.lab.LabInstance;
import io.pgtopo.lab.Postgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * What The statement of a poll costs the server, beside the view that every exporter reads, and
 * where its time goes.
 *
 * <p>Of each statement the backend's own processor time is taken, by Linux' word in {@code
 * /proc/PID/schedstat}, so that other work on the machine hardly counts, and the time that a client
 * waits. All run in turn; the median of the rounds counts.
 */
class ServerTimeBenchmark {
  private static final System.Logger LOG = System.getLogger("server time");
  private static final int ROUNDS = 9;
  private static final int EXECUTIONS = 100;
  private static final int CROWD = 200;

  private static final String VIEW = "SELECT * FROM pg_stat_replication";
  private static final String PLANNED_ONCE = "a poll";

  private static final Map<String, String> STATEMENTS = new LinkedHashMap<>();

  static {
    STATEMENTS.put("SELECT 1", "SELECT 1");
    STATEMENTS.put(VIEW, VIEW);
    STATEMENTS.put("a poll, if it were planned each time", PollQuery.forMajor(18));
    STATEMENTS.put("pg_stat_get_wal_senders()", "SELECT * FROM pg_stat_get_wal_senders()");
    STATEMENTS.put("pg_stat_get_activity(NULL)", "SELECT * FROM pg_stat_get_activity(NULL)");
    STATEMENTS.put("pg_stat_activity", "SELECT count(*) FROM pg_stat_activity");
    STATEMENTS.put(
        "pg_stat_activity by its function",
        "SELECT count(a.wait_event) FROM pg_stat_get_activity(NULL) a");
    STATEMENTS.put(
        "pg_stat_wal_receiver with its start",
        "SELECT * FROM pg_stat_wal_receiver r LEFT JOIN pg_stat_activity a ON a.pid = r.pid");
    STATEMENTS.put(
        "pg_stat_wal_receiver by its function",
        "SELECT * FROM pg_stat_get_wal_receiver() r"
            + " LEFT JOIN pg_stat_get_activity(NULL) a ON a.pid = r.pid");
    STATEMENTS.put("pg_replication_slots", "SELECT * FROM pg_replication_slots");
    STATEMENTS.put("pg_get_replication_slots()", "SELECT * FROM pg_get_replication_slots()");
    STATEMENTS.put(
        "pg_control_*()",
        "SELECT * FROM pg_control_system(), pg_control_checkpoint(), pg_control_recovery()");
    STATEMENTS.put(
        "nine settings and positions",
        "SELECT current_setting('port'), current_setting('cluster_name'),"
            + " current_setting('primary_slot_name'), current_setting('restore_command'),"
            + " pg_is_in_recovery(), pg_postmaster_start_time(), pg_conf_load_time(),"
            + " pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()");
  }

  /** Microseconds an execution. */
  private record Cost(double processor, double elapsed) {}

  @Test
  void run() throws SQLException, IOException {
    try (var lab = Lab.open(Postgres.version(18), progress -> {})) {
      var cluster =
          lab.cluster("pg-test")
              .primary(1, one -> one.set("max_connections", "400"))
              .replica(2, two -> two.set("max_connections", "400"))
              .replica(3, three -> three.slot().set("max_connections", "400"))
              .replica(4, four -> four.follows(2).set("max_connections", "400"))
              .start();
      report("primary of two replicas", cluster.instance(1));
      report("replica with a cascade", cluster.instance(2));
      var crowd = new ArrayList<Connection>();
      try {
        for (var i = 0; i < CROWD; i++) {
          crowd.add(DriverManager.getConnection(cluster.instance(1).jdbcUrl()));
        }
        report("the primary with " + CROWD + " idle sessions", cluster.instance(1));
      } finally {
        for (var session : crowd) {
          session.close();
        }
      }
    }
  }

  private static void report(String where, LabInstance instance) throws SQLException, IOException {
    var costs = measure(instance);
    assertThat(costs).hasSize(STATEMENTS.size() + 2);
    var view = costs.get(VIEW);
    var text = new StringBuilder(where + ", microseconds an execution:\n");
    text.append("| | processor | beside the view | elapsed |\n|---|---|---|---|\n");
    costs.forEach(
        (name, cost) ->
            text.append(
                "| %s | %.0f | %.2f | %.0f |\n"
                    .formatted(
                        name,
                        cost.processor,
                        cost.processor / (view == null ? Double.NaN : view.processor),
                        cost.elapsed)));
    LOG.log(System.Logger.Level.INFO, text.toString());
  }

  private static Map<String, Cost> measure(LabInstance instance) throws SQLException, IOException {
    var rounds = new LinkedHashMap<String, List<Cost>>();
    var url = instance.jdbcUrl("dbuser_monitor") + "&sslmode=disable&binaryTransfer=false";
    // A poll keeps its plan with the connection; a query by hand is planned each time.
    try (var each = DriverManager.getConnection(url + "&prepareThreshold=0");
        var once = DriverManager.getConnection(url + "&prepareThreshold=1")) {
      for (var round = 0; round <= ROUNDS; round++) {
        for (var statement : STATEMENTS.entrySet()) {
          var cost = measure(each, statement.getValue());
          rounds.computeIfAbsent(statement.getKey(), name -> new ArrayList<>()).add(cost);
        }
        var view = measure(once, VIEW);
        rounds.computeIfAbsent(VIEW + ", planned once", name -> new ArrayList<>()).add(view);
        var planned = measure(once, PollQuery.forMajor(18));
        rounds.computeIfAbsent(PLANNED_ONCE, name -> new ArrayList<>()).add(planned);
      }
    }
    // The first round fills caches.
    rounds.values().forEach(costs -> costs.removeFirst());
    var medians = new LinkedHashMap<String, Cost>();
    rounds.forEach((name, costs) -> medians.put(name, median(costs)));
    return medians;
  }

  private static Cost measure(Connection connection, String sql) throws SQLException, IOException {
    var times = Path.of("/proc/" + backend(connection) + "/schedstat");
    try (var statement = connection.prepareStatement(sql)) {
      var processorBefore = processorNanos(times);
      var before = System.nanoTime();
      for (var i = 0; i < EXECUTIONS; i++) {
        try (var rows = statement.executeQuery()) {
          while (rows.next()) {
            // Each row is to arrive.
          }
        }
      }
      var elapsed = System.nanoTime() - before;
      var processor = processorNanos(times) - processorBefore;
      return new Cost(processor / 1e3 / EXECUTIONS, elapsed / 1e3 / EXECUTIONS);
    }
  }

  private static Cost median(List<Cost> costs) {
    var middle = costs.size() / 2;
    return new Cost(
        costs.stream().map(Cost::processor).sorted().toList().get(middle),
        costs.stream().map(Cost::elapsed).sorted().toList().get(middle));
  }

  /** The first number of the file: nanoseconds on a processor. */
  private static long processorNanos(Path times) throws IOException {
    return Long.parseLong(Files.readString(times).split(" ", 2)[0]);
  }

  private static long backend(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var row = statement.executeQuery("SELECT pg_backend_pid()")) {
      row.next();
      return row.getLong(1);
    }
  }
}
