package io.pgtopo.agent.live;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.failover.Candidate;
import io.pgtopo.agent.failover.Readiness;
import io.pgtopo.agent.fetch.Fetcher;
import io.pgtopo.agent.observation.Lsn;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.patroni.PatroniReader;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/** A failover or a switchover that a real Patroni does, asked about before. */
final class PatroniRound implements AutoCloseable {
  /** Of the servers of Debian's packages. */
  static final int VERSION = 15;

  private static final int CANDIDATE = 2;

  private final PredictedShape shape;
  private final PatroniCluster cluster = PatroniCluster.start();
  private final Fetcher fetcher = new Fetcher(Watch.DEADLINE, 1 << 20, Optional.empty());

  PatroniRound(PredictedShape shape) {
    this.shape = shape;
  }

  PredictionLog.Outcome play() throws Exception {
    cluster.execute(1, "CREATE TABLE acknowledged (number int, position text)");
    cluster.execute(1, "CREATE TABLE accepted (number int)");
    var reader = new PatroniReader(fetcher, InstantSource.system()::instant);
    try (var watch = Watch.withPatroni(cluster.inventory(), reader)) {
      var client = new CommittingClient(url(1));
      until("rows", () -> client.acknowledged > PredictedRound.SOME);
      var readiness =
          PredictedRound.readiness(watch.until("an answer", this::isReady), Optional.empty());
      var before = client.acknowledged;
      until("more rows", () -> client.acknowledged > before + PredictedRound.SOME);
      var start = System.nanoTime();
      var leader = shape.isSwitchover() ? switchOver() : failOver();
      client.ended.get();
      return outcome(readiness, leader, client, (System.nanoTime() - start) / 1e9);
    }
  }

  private boolean isReady(Snapshot snapshot) {
    var readiness = PredictedRound.readiness(snapshot, Optional.empty());
    return readiness.candidates().size() == 2 && shape.isReady(readiness);
  }

  private int switchOver() throws Exception {
    var answer = cluster.switchover(1, CANDIDATE);
    until("writes on node " + CANDIDATE, () -> accepts(CANDIDATE));
    if (answer.get().statusCode() != 200) {
      throw new IllegalStateException(answer.get().body());
    }
    return CANDIDATE;
  }

  private int failOver() {
    cluster.kill(1);
    until("writes elsewhere", () -> accepts(2) || accepts(3));
    return cluster.leads(2) ? 2 : 3;
  }

  private PredictionLog.Outcome outcome(
      Readiness readiness, int leader, CommittingClient client, double seconds) {
    var predicted =
        readiness.candidates().stream()
            .filter(it -> it.member().seq() == leader)
            .findFirst()
            .orElseThrow();
    var primary = readiness.primary().orElseThrow();
    var written = ((ServerState.InProduction) primary.facts().state()).written();
    var kept = Integer.parseInt(value(leader, "SELECT count(*)::text FROM acknowledged"));
    var end = Lsn.parse(value(leader, "SELECT pg_last_wal_replay_lsn()::text"));
    return new PredictionLog.Outcome(
        shape,
        VERSION,
        shape.answer(predicted),
        PredictedRound.isGuaranteed(shape, predicted),
        PredictedRound.most(shape, predicted, Math.max(0, client.last.bytesAfter(written))),
        Math.max(0, client.last.bytesAfter(end)),
        client.acknowledged,
        Math.max(0, client.acknowledged - kept),
        predicted.toReplay().orElse(-1L),
        seconds,
        followers(leader, predicted),
        new TreeMap<>());
  }

  /** The former primary of a failover stays down. */
  private SortedMap<String, String> followers(int leader, Candidate predicted) {
    var all = new TreeMap<String, String>();
    for (int node : shape.isSwitchover() ? PatroniCluster.NODES : List.of(2, 3)) {
      if (node != leader) {
        var name = PatroniCluster.NAME + "-" + node;
        all.put(
            name,
            PredictedRound.follower(
                shape,
                predicted,
                name,
                () -> tryValue(node, "SELECT number::text FROM accepted").isPresent()));
      }
    }
    return all;
  }

  private boolean accepts(int node) {
    try (var connection = DriverManager.getConnection(url(node))) {
      return PredictedRound.accepts(connection);
    } catch (SQLException notYet) {
      return false;
    }
  }

  private String value(int node, String query) {
    return tryValue(node, query).orElseThrow(() -> new IllegalStateException(query));
  }

  private Optional<String> tryValue(int node, String query) {
    try (var connection = DriverManager.getConnection(url(node));
        var statement = connection.createStatement();
        var rows = statement.executeQuery(query)) {
      return rows.next()
          ? Optional.of(Objects.requireNonNull(rows.getString(1)))
          : Optional.empty();
    } catch (SQLException notYet) {
      return Optional.empty();
    }
  }

  private String url(int node) {
    return "jdbc:postgresql://%s:%d/postgres?user=postgres"
        .formatted(cluster.address(node), PatroniCluster.POSTGRES_PORT);
  }

  private static void until(String what, BooleanSupplier isSo) {
    if (!PredictedRound.until(PredictedRound.PATIENCE, isSo)) {
      throw new IllegalStateException("not within " + PredictedRound.PATIENCE + ": " + what);
    }
  }

  @Override
  public void close() {
    cluster.close();
    fetcher.close();
  }
}
