package io.pgtopo.agent.campaign;

import io.pgtopo.lab.Lab;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One seed: a few clusters, incidents on each of them, and one agent that watches all. */
final class Campaign {
  private static final Duration SAMPLE = Duration.ofMillis(250);
  private static final Duration SETTLE = Duration.ofSeconds(6);

  private final long seed;
  private final int incidents;
  private final CountDownLatch end = new CountDownLatch(1);
  private final List<Arena> arenas = new ArrayList<>();

  /** How a seed went. */
  record Outcome(
      long seed,
      List<String> clusters,
      SortedSet<Integer> majors,
      int incidents,
      Duration length,
      long cycles,
      List<Tally> tallies,
      List<String> steps) {
    List<Tally.Finding> findings() {
      return tallies.stream().flatMap(it -> it.findings().stream()).toList();
    }
  }

  Campaign(long seed, int incidents) {
    this.seed = seed;
    this.incidents = incidents;
  }

  Outcome run(Path report) {
    var labs = new ArrayList<Lab>();
    var begin = Instant.now();
    try {
      var plans = Fleets.plans(seed);
      for (var plan : plans) {
        var lab = Fleets.open(plan);
        labs.add(lab);
        arenas.add(Fleets.start(lab, plan, new Random(seed * 17 + labs.size())));
      }
      var struck = play();
      var tallies =
          arenas.stream().map(it -> Judge.judge(it.chronicle, it.traits.isMonitor())).toList();
      var outcome =
          new Outcome(
              seed,
              plans.stream().map(Fleets::describe).toList(),
              plans.stream()
                  .map(Arena.Traits::major)
                  .collect(Collectors.toCollection(TreeSet::new)),
              struck,
              Duration.between(begin, Instant.now()),
              arenas.getFirst().chronicle.shown().size(),
              tallies,
              arenas.stream()
                  .flatMap(
                      it ->
                          it.chronicle.steps().stream()
                              .map(
                                  step ->
                                      it.name()
                                          + " "
                                          + step.number()
                                          + " "
                                          + step.at()
                                          + " "
                                          + step.text()))
                  .toList());
      new CampaignReport(outcome, arenas).write(report);
      return outcome;
    } finally {
      end.countDown();
      labs.forEach(Lab::close);
    }
  }

  private int play() {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      try {
        var agent = threads.submit(this::watch);
        var sampler = threads.submit(this::sample);
        arenas.forEach(
            arena ->
                arena.servers.forEach(
                    server -> threads.execute(new Writer(server, arena.traits.writes(), end))));
        var stagers = arenas.stream().map(arena -> threads.submit(() -> incidents(arena))).toList();
        var struck = 0;
        for (var stager : stagers) {
          struck += stager.get();
        }
        end.countDown();
        agent.get();
        sampler.get();
        return struck;
      } finally {
        end.countDown();
        threads.shutdownNow();
      }
    } catch (InterruptedException | java.util.concurrent.ExecutionException failed) {
      throw new IllegalStateException("seed " + seed, failed);
    }
  }

  private Void watch() throws InterruptedException {
    try (var agent = new WatchingAgent(List.copyOf(arenas), Fleets.login(seed))) {
      while (end.getCount() > 0) {
        var next = System.nanoTime() + WatchingAgent.INTERVAL.toNanos();
        agent.cycle();
        end.await(next - System.nanoTime(), TimeUnit.NANOSECONDS);
      }
      return null;
    }
  }

  private Void sample() throws InterruptedException {
    do {
      var servers = new HashMap<String, Measured>();
      arenas.stream()
          .flatMap(it -> Stream.concat(it.servers.stream(), it.strangers.stream()))
          .forEach(it -> servers.put(it.address(), Measuring.of(it.instance.dataDirectory())));
      var at = Instant.now();
      arenas.stream()
          .flatMap(it -> it.servers.stream())
          .forEach(it -> it.measured(at, Objects.requireNonNull(servers.get(it.address()))));
      arenas.forEach(it -> it.chronicle.add(Truths.of(at, it, servers)));
    } while (!end.await(SAMPLE.toMillis(), TimeUnit.MILLISECONDS));
    return null;
  }

  private int incidents(Arena arena) {
    var random = new Random(seed * 7919 + arena.name().hashCode());
    var stager = new Stager(arena, random, end);
    var repairs = new Repairs(arena, stager);
    var all = Incidents.only(System.getProperty("campaign.only", ""));
    var struck = 0;
    arena.chronicle.step(Instant.now(), "at the beginning");
    stager.waits(SETTLE);
    while (struck < incidents) {
      var together = random.nextInt(3) == 0 ? 2 : 1;
      for (var i = 0; i < together; i++) {
        var incident = all.get(random.nextInt(all.size()));
        for (var tries = 0; tries < 20 && incident.strike().at(stager).isEmpty(); tries++) {
          incident = all.get(random.nextInt(all.size()));
        }
        struck++;
        stager.waits(Duration.ofSeconds(incident.lasts(arena.traits) + random.nextInt(4)));
      }
      if (!repairs.all(random.nextInt(3) == 0)) {
        arena.chronicle.step(Instant.now(), "the repair did not succeed: this cluster ends here");
        break;
      }
      stager.waits(SETTLE.plusSeconds(random.nextInt(4)));
    }
    return struck;
  }
}
