package io.pgtopo.agent.live;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.failover.Candidate;
import io.pgtopo.agent.failover.Concern;
import io.pgtopo.agent.failover.FailoverRules;
import io.pgtopo.agent.failover.Readiness;
import io.pgtopo.agent.failover.Safety;
import io.pgtopo.agent.failover.Scenario;
import io.pgtopo.agent.observation.Lsn;
import io.pgtopo.agent.observation.ReplicationSlot;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.config.model.Instance;
import io.pgtopo.lab.Lab;
import io.pgtopo.lab.LabCluster;
import io.pgtopo.lab.LabInstance;
import io.pgtopo.lab.Postgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** One failover or switchover on real servers, asked about and then done while a client commits. */
final class PredictedRound implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Duration FOLLOWING = Duration.ofSeconds(60);

  /** In which a member that is said to stay behind is given the chance to follow. */
  private static final Duration STAYING = Duration.ofSeconds(5);

  /** Commits before and after the answer. */
  static final int SOME = 200;

  private final PredictedShape shape;
  private final int major;
  private final Lab lab;

  PredictedRound(PredictedShape shape, int major) {
    this.shape = shape;
    this.major = major;
    this.lab = Lab.open(Postgres.version(major), progress -> {});
  }

  PredictionLog.Outcome play() throws Exception {
    var cluster = shape.start(lab);
    var primary = cluster.instance(1);
    primary.execute("CREATE TABLE acknowledged (number int, position text)");
    primary.execute("CREATE TABLE accepted (number int)");
    var subscriber = shape.hasSubscriber() ? shape.subscribe(lab, cluster) : null;
    try (var watch = Watch.of(lab)) {
      var client = new CommittingClient(primary.jdbcUrl());
      until(PATIENCE, () -> client.acknowledged > SOME);
      var snapshot = watch.cycle();
      var readiness = readiness(watch, snapshot, cluster.instance(2));
      var end = System.nanoTime() + PATIENCE.toNanos();
      while (!shape.isReady(readiness) && System.nanoTime() < end) {
        snapshot = watch.cycle();
        readiness = readiness(watch, snapshot, cluster.instance(2));
      }
      var before = client.acknowledged;
      until(PATIENCE, () -> client.acknowledged > before + SOME);
      if (shape.isSwitchover()) {
        primary.stop();
      } else {
        primary.kill();
      }
      client.ended.get();
      return failOver(cluster, subscriber, readiness, client);
    }
  }

  private PredictionLog.Outcome failOver(
      LabCluster cluster,
      @Nullable LabInstance subscriber,
      Readiness readiness,
      CommittingClient client)
      throws Exception {
    var candidate = promoted(cluster);
    var predicted =
        readiness.candidates().stream()
            .filter(it -> it.member().name().equals(candidate.name()))
            .findFirst()
            .orElseThrow();
    var primary = readiness.primary().orElseThrow();
    var written = ((ServerState.InProduction) primary.facts().state()).written();
    var seconds = promote(candidate);
    var kept = Integer.parseInt(candidate.value("SELECT count(*) FROM acknowledged").orElseThrow());
    var end = Lsn.parse(candidate.value("SELECT pg_last_wal_replay_lsn()").orElseThrow());
    var followers = followers(cluster, candidate, predicted);
    var slots = new TreeMap<String, String>();
    for (var slot : primary.facts().replication().slots()) {
      if (slot.type() == ReplicationSlot.Type.LOGICAL && subscriber != null) {
        slots.put(slot.name(), slot(slot, predicted, candidate, subscriber));
      }
    }
    return new PredictionLog.Outcome(
        shape,
        major,
        shape == PredictedShape.QUORUM ? readiness.failover() : shape.answer(predicted),
        shape == PredictedShape.QUORUM
            ? readiness.isSafeForMostAdvanced()
            : isGuaranteed(shape, predicted),
        most(shape, predicted, Math.max(0, client.last.bytesAfter(written))),
        Math.max(0, client.last.bytesAfter(end)),
        client.acknowledged,
        Math.max(0, client.acknowledged - kept),
        predicted.toReplay().orElse(-1L),
        seconds,
        followers,
        slots);
  }

  private LabInstance promoted(LabCluster cluster) {
    var two = cluster.instance(2);
    if (shape != PredictedShape.QUORUM) {
      return two;
    }
    var three = cluster.instance(3);
    return received(two).compareTo(received(three)) >= 0 ? two : three;
  }

  private static Lsn received(LabInstance standby) {
    return Lsn.parse(standby.value("SELECT pg_last_wal_receive_lsn()").orElseThrow());
  }

  /** No commit that was acknowledged is missing, by the prediction. */
  static boolean isGuaranteed(PredictedShape shape, Candidate predicted) {
    return shape.isSwitchover()
        ? predicted.switchover() == Safety.YES
        : predicted.findings().stream()
            .filter(it -> it.failover() != Safety.YES)
            .map(it -> it.concern())
            .noneMatch(
                it ->
                    it instanceof Concern.Asynchronous
                        || it instanceof Concern.QuorumOfOthers
                        || it instanceof Concern.RecentlySynchronous
                        || it instanceof Concern.CommitsDoNotWait
                        || it instanceof Concern.FactHidden);
  }

  /**
   * The bytes that it may lack then by the prediction; negative if that is unknown.
   *
   * @param since what was written after the answer
   */
  static long most(PredictedShape shape, Candidate predicted, long since) {
    if (shape.isSwitchover()) {
      return predicted.switchover() == Safety.YES ? 0 : -1;
    }
    return predicted.lost().map(lost -> lost.most() + since).orElse(-1L);
  }

  /** Seconds until it accepts the first write. */
  private static double promote(LabInstance candidate) throws Exception {
    try (var connection = DriverManager.getConnection(candidate.jdbcUrl())) {
      var start = System.nanoTime();
      var promotion = CompletableFuture.runAsync(candidate::promote);
      until(PATIENCE, () -> accepts(connection));
      var seconds = (System.nanoTime() - start) / 1e9;
      promotion.get();
      return seconds;
    }
  }

  static boolean accepts(Connection connection) {
    try (var insert = connection.prepareStatement("INSERT INTO accepted VALUES (1)")) {
      insert.executeUpdate();
      return true;
    } catch (SQLException readOnly) {
      return false;
    }
  }

  /** Each other member, with what was said of it and what it did. */
  private SortedMap<String, String> followers(
      LabCluster cluster, LabInstance candidate, Candidate predicted) {
    var all = new TreeMap<String, String>();
    for (var member : cluster.instances()) {
      if (member.name().equals(candidate.name()) || (member.seq() == 1 && !shape.isSwitchover())) {
        continue;
      }
      if (member.seq() == 1) {
        member.demote(candidate);
      } else if (shape != PredictedShape.CASCADE) {
        member.follow(candidate);
      }
      all.put(
          member.name(),
          follower(
              shape,
              predicted,
              member.name(),
              () -> member.value("SELECT 1 FROM accepted").isPresent()));
    }
    return all;
  }

  /** What was said of a member, and what it does. */
  static String follower(
      PredictedShape shape, Candidate predicted, String name, BooleanSupplier hasWhatIsNew) {
    var said = said(shape, predicted, name);
    var follows = until(said.equals("stays") ? STAYING : FOLLOWING, hasWhatIsNew);
    return said + "/" + (follows ? "follows" : "stays");
  }

  private static String said(PredictedShape shape, Candidate predicted, String name) {
    var mayBeAhead = false;
    for (var concern : PredictedShape.concerns(predicted)) {
      switch (concern) {
        case Concern.StaysOnTimeline(var member, var target) when member.name().equals(name) -> {
          return "stays";
        }
        case Concern.NeedsRemovedWal(var member, var server) when member.name().equals(name) -> {
          return "stays";
        }
        case Concern.SettingsTooLow(var member, var server, var low)
            when member.name().equals(name) -> {
          return "stays";
        }
        // After a clean shutdown each that streams from the primary has all.
        case Concern.MayBeAhead(var members) when !shape.isSwitchover() ->
            mayBeAhead |= members.stream().map(Instance::name).anyMatch(name::equals);
        default -> {}
      }
    }
    return mayBeAhead ? "may be ahead" : "follows";
  }

  /** What was said of a slot, and what became of it and of its subscriber. */
  private String slot(
      ReplicationSlot slot, Candidate predicted, LabInstance candidate, LabInstance subscriber) {
    var ends =
        PredictedShape.concerns(predicted).stream()
            .anyMatch(
                it ->
                    it instanceof Concern.SlotEnds(var server, var ended, var link)
                        && ended.name().equals(slot.name()));
    var isThere =
        candidate
            .value("SELECT 1 FROM pg_replication_slots WHERE slot_name = '" + slot.name() + "'")
            .isPresent();
    if (!isThere) {
      return (ends ? "ends" : "survives") + "/ends";
    }
    subscriber.execute(
        "ALTER SUBSCRIPTION acknowledged CONNECTION '%s'"
            .formatted(PredictedShape.conninfo(candidate)));
    candidate.execute("INSERT INTO acknowledged VALUES (-1, '')");
    var count = "SELECT count(*) FROM acknowledged";
    var receives = until(FOLLOWING, () -> subscriber.value(count).equals(candidate.value(count)));
    return (ends ? "ends" : "survives") + "/" + (receives ? "survives" : "loses rows");
  }

  private static Readiness readiness(Watch watch, Snapshot snapshot, LabInstance candidate) {
    var all = readiness(snapshot, Optional.empty());
    if (all.isSafeForMostAdvanced()) {
      return all;
    }
    return readiness(
        snapshot,
        watch.inventory().instances().filter(it -> it.name().equals(candidate.name())).findFirst());
  }

  /** Of one candidate, or of all. */
  static Readiness readiness(Snapshot snapshot, Optional<Instance> candidate) {
    var cluster =
        snapshot.inventory().clusters().stream()
            .filter(it -> it.name().equals("pg-test"))
            .findFirst()
            .orElseThrow();
    return new FailoverRules(
            snapshot.inventory(),
            snapshot.topology(),
            snapshot.compared(),
            snapshot.others().managers(),
            snapshot.written(),
            Duration.ZERO)
        .of(cluster, new Scenario(candidate, Set.of()));
  }

  static boolean until(Duration patience, BooleanSupplier isSo) {
    var end = System.nanoTime() + patience.toNanos();
    while (!isSo.getAsBoolean()) {
      if (System.nanoTime() > end) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() {
    lab.close();
  }
}
