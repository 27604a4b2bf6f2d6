package io.pgtopo.exporter.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.lab.Lab;
import io.pgtopo.lab.Postgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The agent as a process, with real servers, while what surrounds it goes wrong by a seed: files,
 * names, clocks, limits, clients, servers. After each fault it shows what is true again, by itself,
 * or it has ended with a reason and shows it after a start. Nothing is said that is not so: no
 * critical drift fires, and nobody gets in without the login. The long form is {@code
 * -Dattack.seconds=N -Dattack.seed=N}.
 */
class SoakIT {
  private static final long SECONDS = Long.getLong("attack.seconds", 0);
  private static final long FIRST_SEED = Long.getLong("attack.seed", 0);
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** As many as the service may have. */
  private static final int MOST_THREADS = 64;

  private static final int MOST_NEW_FILES = 64;
  private static final String NAME = "db.pgtopo.test";

  private final Map<String, Integer> played = new TreeMap<>();
  private long mostResident;
  private int mostThreads;
  private int mostFiles;

  @Test
  void what_surrounds_it_goes_wrong_and_it_goes_on(@TempDir Path folder) throws Exception {
    var end = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
    var seed = FIRST_SEED;
    try (var lab = Lab.open(Postgres.version(18), progress -> {});
        var listener = new MoodyListener();
        var names = AgentProcess.HAS_OWN_NAMES ? new NameServer() : null) {
      var cluster = lab.cluster("pg-test").primary(1).replica(2).start();
      var named = lab.cluster("pg-name").primary(1).start();
      var host = named.instance(1).host();
      try (var agent = new AgentProcess(folder, inventory(lab, host, listener))) {
        Files.writeString(agent.names(), host + " " + NAME + "\n");
        await(agent, "the first start", () -> isTrueAgain(agent));
        var files = agent.files();
        var faults = new Faults(agent, cluster, named, listener, Optional.ofNullable(names));
        while (seed < FIRST_SEED + Faults.KINDS || System.nanoTime() < end) {
          try {
            play(agent, faults.of(seed));
            assertThat(agent.files()).as("open files").isLessThan(files + MOST_NEW_FILES);
          } catch (Exception | AssertionError found) {
            throw new AssertionError(
                "with seed %d%n%s%n%s".formatted(seed, agent.metrics(), agent.log()), found);
          }
          seed++;
        }
        assertThat(agent.log()).doesNotContain(AgentProcess.CANARY);
        System.out.printf(
            "soak: %d faults from seed %d: %s; %d starts, at most %d MiB resident, %d threads, %d files%n",
            seed - FIRST_SEED,
            FIRST_SEED,
            played,
            agent.starts(),
            mostResident,
            mostThreads,
            mostFiles);
      }
    }
  }

  private static String inventory(Lab lab, String host, MoodyListener listener) {
    return lab.inventory().replace("        " + host + ":", "        " + NAME + ":")
        + """
            pg-bad:
              hosts:
                %s: { pg_seq: 1, pg_role: primary }
              vars: { pg_cluster: pg-bad, pg_port: %d }
        """
            .formatted(listener.host(), listener.port());
  }

  private void play(AgentProcess agent, Fault fault) throws Exception {
    System.out.println("soak: " + fault.name());
    fault.begin().run();
    await(
        agent,
        fault.name() + " is seen",
        () -> {
          isHonest(agent);
          return !agent.isAlive() || fault.isSeen().holds();
        });
    fault.end().run();
    if (!agent.isAlive()) {
      assertThat(agent.log()).as(fault.name()).containsAnyOf("cannot go on", "No more cycles");
      agent.start();
    }
    await(
        agent,
        "all is well after " + fault.name(),
        () -> {
          isHonest(agent);
          return isTrueAgain(agent);
        });
    played.merge(fault.name(), 1, Integer::sum);
    mostResident = Math.max(mostResident, agent.residentMebibytes());
    mostThreads = Math.max(mostThreads, agent.threads());
    mostFiles = Math.max(mostFiles, agent.files());
    assertThat(mostThreads).isLessThanOrEqualTo(MOST_THREADS);
  }

  /** What must be so at any time. */
  private static void isHonest(AgentProcess agent) throws InterruptedException {
    assertThat(agent.statusForStrangers("/metrics")).as("without a login").isNotEqualTo(200);
    assertThat(firing(agent.metrics(), "severity=\"critical\"")).isEmpty();
  }

  /** Servers that are up are shown as up, what is repaired does not fire, files are read. */
  private static boolean isTrueAgain(AgentProcess agent) throws InterruptedException {
    var metrics = agent.metrics();
    return up(metrics, "pg-test-1")
        && up(metrics, "pg-test-2")
        && up(metrics, "pg-name-1")
        && AgentProcess.values(metrics, "pgtopo_config_last_reload_successful").equals(List.of(1.0))
        && firing(metrics, "cls=\"pg-test\"").isEmpty()
        && firing(metrics, "cls=\"pg-name\"").isEmpty();
  }

  private static boolean up(String metrics, String instance) {
    return AgentProcess.values(metrics, "pgtopo_up", "ins=\"" + instance + "\"")
        .equals(List.of(1.0));
  }

  private static List<String> firing(String metrics, String label) {
    return metrics
        .lines()
        .filter(line -> line.startsWith("pgtopo_drift{"))
        .filter(line -> line.contains("state=\"firing\"") && line.contains(label))
        .filter(line -> line.endsWith(" 1") || line.endsWith(" 1.0"))
        .toList();
  }

  private static void await(AgentProcess agent, String what, Fault.Condition condition)
      throws Exception {
    var end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.holds()) {
      assertThat(System.nanoTime()).as(what).isLessThan(end);
      agent.pause();
    }
  }
}
