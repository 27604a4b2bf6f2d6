package io.pgtopo.agent.simulator;

import io.pgtopo.agent.observation.HaManager;
import io.pgtopo.agent.observation.ManagerReport;
import io.pgtopo.agent.observation.ManagerReport.Flag;
import io.pgtopo.agent.observation.ManagerReport.ManagedServer;
import io.pgtopo.agent.observation.ManagerReport.Word;
import io.pgtopo.agent.observation.Window;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/**
 * The table of a repmgr in each cluster: written by primaries, in every second world only at first,
 * and copied by the standbys that stream. Its dice are its own, so that worlds are the same with it
 * and without.
 */
final class TrueRepmgr {
  private static final Duration READING = Duration.ofSeconds(1);

  private final boolean isThere;
  private final boolean isWritten;

  /** The table of each server. */
  private final Map<String, Map<String, Entry>> tables = new HashMap<>();

  private List<ManagerReport> last = List.of();

  /** What a table says of one server. */
  private record Entry(boolean isPrimary, boolean isActive) {
    static Entry of(TrueServer server) {
      return new Entry(server.isInProduction, server.isAlive);
    }
  }

  /** It may run where Patroni does not. */
  TrueRepmgr(long seed, TrueManagers patroni, TrueWorld world) {
    var random = new Random(seed);
    this.isThere = !patroni.isThere && random.nextBoolean();
    this.isWritten = random.nextBoolean();
    world.servers.forEach(server -> tables.put(server.name, truth(server.cluster, world)));
  }

  private static Map<String, Entry> truth(String cluster, TrueWorld world) {
    var truth = new HashMap<String, Entry>();
    world.of(cluster).forEach(server -> truth.put(server.name, Entry.of(server)));
    return truth;
  }

  /** What is read of all that answer with a poll. */
  List<ManagerReport> read(TrueWorld world) {
    var reports = new ArrayList<ManagerReport>();
    if (isThere) {
      world.servers.stream()
          .filter(server -> server.leadsTo.isEmpty() && tables.containsKey(server.name))
          .filter(server -> server.isRunning() && server.refusal.isEmpty())
          .forEach(server -> reports.add(report(server, world)));
      write(world);
    }
    last = List.copyOf(reports);
    return last;
  }

  private void write(TrueWorld world) {
    for (var server : world.servers) {
      if (isWritten && server.isInProduction && server.isRunning()) {
        tables.put(server.name, truth(server.cluster, world));
      } else if (server.isStreaming()) {
        server
            .upstream
            .filter(upstream -> upstream.cluster.equals(server.cluster))
            .map(upstream -> tables.get(upstream.name))
            .ifPresent(table -> tables.put(server.name, table));
      }
    }
  }

  private ManagerReport report(TrueServer server, TrueWorld world) {
    var members = new ArrayList<ManagedServer>();
    for (var other : world.of(server.cluster)) {
      entry(server, other)
          .map(
              entry ->
                  new ManagedServer(
                      Optional.of(other.name),
                      entry.isPrimary ? "primary" : "standby",
                      entry.isActive ? "active" : "inactive",
                      Optional.of(other.endpoint),
                      Optional.empty(),
                      Optional.empty()))
          .ifPresent(members::add);
    }
    return new ManagerReport(
        server.endpoint,
        Optional.of(HaManager.REPMGR),
        new Window(world.now.minus(READING), world.now),
        new Word.Spoken(
            Optional.empty(),
            Optional.empty(),
            server.isInProduction ? EnumSet.noneOf(Flag.class) : EnumSet.of(Flag.COPY),
            members,
            Optional.empty(),
            Collections.emptySortedMap()));
  }

  private Optional<Entry> entry(TrueServer table, TrueServer of) {
    return Optional.ofNullable(tables.get(table.name)).map(rows -> rows.get(of.name));
  }

  /**
   * The servers of which the table of a primary said something wrong when it was read last. That of
   * a standby is late.
   */
  Set<String> wrongAbout(TrueWorld world) {
    var wrong = new TreeSet<String>();
    for (var server : world.servers) {
      last.stream()
          .map(report -> (Word.Spoken) report.word())
          .filter(word -> word.flags().isEmpty())
          .flatMap(word -> word.members().stream())
          .filter(said -> said.endpoint().equals(Optional.of(server.endpoint)))
          .filter(said -> isWrong(said, server))
          .forEach(said -> wrong.add(server.name));
    }
    return wrong;
  }

  /** An active record does not say that the server runs, and an inactive one has a past role. */
  private static boolean isWrong(ManagedServer said, TrueServer server) {
    var there = server.leadsTo.orElse(server);
    return there.isAlive
        && (said.state().equals("inactive")
            || said.role().equals("primary") != there.isInProduction);
  }
}
