package io.pgtopo.exporter.demo;

import io.pgtopo.lab.LabCluster;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * An incident in the demo's cluster and its repair, step by step. Each step names the drifts that
 * fire after it; no others may.
 */
public record DemoStory(String name, String summary, List<Step> steps) {

  /** What an application writes, some hundred kilobytes of WAL. */
  private static final String APPLICATION =
      "DROP TABLE IF EXISTS orders;"
          + " CREATE TABLE orders AS SELECT id, now() AS placed FROM generate_series(1, 5000) id";

  static final List<DemoStory> ALL =
      List.of(
          new DemoStory(
              "switchover",
              "a planned change of the primary",
              List.of(
                  new Step(
                      "stop pg-test-1, promote pg-test-2, and let the others follow it",
                      cluster -> {
                        cluster.awaitReplay();
                        cluster.instance(1).stop();
                        cluster.instance(2).promote();
                        cluster.instance(1).demote(cluster.instance(2));
                        cluster.instance(3).follow(cluster.instance(2));
                      },
                      "role_swapped pg-test"),
                  new Step("switch back to pg-test-1", DemoStory::switchBack))),
          new DemoStory(
              "failover",
              "the primary is killed, and a replica is promoted",
              List.of(
                  new Step(
                      "kill -9 pg-test-1, the primary",
                      cluster -> {
                        // A replica ahead of the new primary would need pg_rewind.
                        cluster.awaitReplay();
                        cluster.instance(1).kill();
                      },
                      "instance_unreachable pg-test-1",
                      "replica_detached pg-test-2",
                      "replica_detached pg-test-3",
                      "orphaned_replica pg-test-4",
                      "unverifiable pg-test"),
                  new Step(
                      "promote pg-test-2, and let pg-test-3 follow it",
                      cluster -> {
                        cluster.instance(2).promote();
                        cluster.instance(3).follow(cluster.instance(2));
                      },
                      "instance_unreachable pg-test-1",
                      "role_mismatch pg-test-2"),
                  new Step(
                      "rejoin pg-test-1 as a replica of pg-test-2",
                      cluster -> cluster.instance(1).rejoin(cluster.instance(2)),
                      "role_swapped pg-test"),
                  new Step("switch back to pg-test-1", DemoStory::switchBack))),
          new DemoStory(
              "split-brain",
              "a replica is promoted while the primary is running",
              List.of(
                  new Step(
                      "promote pg-test-2 while an application writes to pg-test-1",
                      cluster -> {
                        cluster.instance(1).connectClient();
                        cluster.instance(2).promote();
                        cluster.instance(1).executeAsClients(APPLICATION);
                      },
                      "multiple_primaries pg-test",
                      "role_mismatch pg-test-2"),
                  new Step(
                      "rejoin pg-test-2 as a replica of pg-test-1, and pg-test-4 of pg-test-2",
                      cluster -> {
                        cluster.instance(1).disconnectClients();
                        cluster.instance(2).rejoin(cluster.instance(1));
                        cluster.instance(4).rejoin(cluster.instance(2));
                      }))),
          new DemoStory(
              "cascade-moved",
              "a replica follows another upstream than declared",
              List.of(
                  new Step(
                      "let pg-test-4 follow pg-test-1 instead of pg-test-2",
                      cluster -> cluster.instance(4).follow(cluster.instance(1)),
                      "upstream_mismatch pg-test-4"),
                  new Step(
                      "let it follow pg-test-2 again",
                      cluster -> cluster.instance(4).follow(cluster.instance(2))))),
          new DemoStory(
              "replica-paused",
              "replay of a replica is paused and forgotten",
              List.of(
                  new Step(
                      "SELECT pg_wal_replay_pause() on pg-test-3",
                      cluster -> cluster.instance(3).pauseReplay(),
                      "replay_paused pg-test-3"),
                  new Step(
                      "SELECT pg_wal_replay_resume() on pg-test-3",
                      cluster -> cluster.instance(3).resumeReplay()))),
          new DemoStory(
              "rogue-replica",
              "a clone of the primary joins undeclared",
              List.of(
                  new Step(
                      "clone pg-test-1 and start the clone",
                      cluster ->
                          cluster.addUndeclared(
                              cluster.instances().size() + 5, cluster.instance(1)),
                      "undeclared_instance"),
                  new Step("stop the clone", cluster -> cluster.instances().getLast().stop()))));

  public DemoStory {
    steps = List.copyOf(steps);
  }

  /**
   * One action on the cluster.
   *
   * @param fires the drifts that follow, as {@code kind subject}, or the kind alone
   */
  record Step(String say, Consumer<LabCluster> action, List<String> fires) {
    Step(String say, Consumer<LabCluster> action, String... fires) {
      this(say, action, List.of(fires));
    }
  }

  /** By its name, or by its number in the menu. */
  public static Optional<DemoStory> named(String word) {
    return ALL.stream()
        .filter(story -> story.name.equals(word) || story.number().equals(word))
        .findFirst();
  }

  String number() {
    return String.valueOf(ALL.indexOf(this) + 1);
  }

  public static String names() {
    return String.join(", ", ALL.stream().map(DemoStory::name).toList());
  }

  private static void switchBack(LabCluster cluster) {
    cluster.instance(2).stop();
    cluster.instance(1).promote();
    cluster.instance(2).demote(cluster.instance(1));
    cluster.instance(3).follow(cluster.instance(1));
    cluster.instance(4).follow(cluster.instance(2));
  }
}
