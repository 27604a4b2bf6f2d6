package io.pgtopo.exporter.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.config.Config;
import io.pgtopo.exporter.daemon.Daemon;
import io.pgtopo.exporter.testing.RealServers;
import io.pgtopo.lab.Lab;
import io.pgtopo.lab.LabCluster;
import io.pgtopo.lab.Postgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * From real servers that break to who is on call: two agents, a real Prometheus with the rules, a
 * real Alertmanager with its example. The programs must be on the PATH.
 */
@Timeout(600)
class AlertsIT {
  private static final Map<String, String> SETTINGS =
      Map.of("PGTOPO_INTERVAL", "500ms", "PGTOPO_HYSTERESIS", "1s", "PGTOPO_GRACE", "0s");

  private final long started = System.nanoTime();

  @TempDir private Path directory;

  /**
   * An incident.
   *
   * @param labels of its one alert, besides those that every alert of the cluster has
   */
  private record Story(
      String event,
      Consumer<LabCluster> incident,
      String alert,
      Map<String, String> labels,
      String receiver,
      String repaired,
      Consumer<LabCluster> repair) {}

  private static List<Story> stories() {
    return List.of(
        new Story(
            "kill -9 of pg-test-1, the primary",
            cluster -> {
              cluster.awaitReplay();
              cluster.instance(1).kill();
            },
            "PgtopoPrimaryNotSeen",
            Map.of("severity", "critical"),
            "pager",
            "pg-test-1 is started again",
            cluster -> cluster.instance(1).start()),
        new Story(
            "pg-test-2 is promoted while pg-test-1 runs",
            cluster -> cluster.instance(2).promote(),
            "PgtopoMultiplePrimaries",
            Map.of("severity", "critical", "kind", "multiple_primaries"),
            "pager",
            "pg-test-2 follows pg-test-1 again, and pg-test-4 follows it",
            cluster -> {
              cluster.instance(2).rejoin(cluster.instance(1));
              cluster.instance(4).rejoin(cluster.instance(2));
            }),
        new Story(
            "a clone of pg-test-1 is started",
            cluster -> cluster.addUndeclared(9, cluster.instance(1)),
            "PgtopoUndeclaredInstance",
            Map.of("severity", "warning", "kind", "undeclared_instance"),
            "team",
            "the clone is stopped",
            cluster -> cluster.instances().getLast().stop()),
        new Story(
            "a switchover from pg-test-1 to pg-test-2",
            cluster -> switchOver(cluster, 1, 2),
            "PgtopoRoleSwapped",
            Map.of("severity", "info", "kind", "role_swapped"),
            "log",
            "the switchover back",
            cluster -> switchOver(cluster, 2, 1)));
  }

  private static void switchOver(LabCluster cluster, int from, int to) {
    cluster.awaitReplay();
    cluster.instance(from).stop();
    cluster.instance(to).promote();
    cluster.instance(from).demote(cluster.instance(to));
    cluster.instance(3).follow(cluster.instance(to));
    cluster.instance(4).follow(cluster.instance(2));
  }

  @Test
  void the_right_alert_and_no_other_reaches_who_is_on_call_and_is_resolved() throws IOException {
    try (var lab = Lab.open(Postgres.version(18), progress -> {})) {
      var cluster =
          lab.cluster("pg-test")
              .primary(1)
              .replica(2)
              .replica(3)
              .replica(4, four -> four.follows(2))
              .start();
      var inventory = Files.writeString(directory.resolve("pigsty.yml"), lab.inventory());
      var config = Config.load(Optional.empty(), List.of(inventory.toString()), SETTINGS);
      try (var one = Daemon.start(config, () -> config, RealServers.context(), 0);
          var two = Daemon.start(config, () -> config, RealServers.context(), 0);
          var stage = new AlertStage(directory, List.of(one.port(), two.port()))) {
        stage.await("count(pgtopo_cluster_sync{state=\"in_sync\"} == 1) == 2");
        stage.awaitAlerts();
        say("ready", "a healthy cluster of four, two agents, Prometheus, Alertmanager");
        for (var story : stories()) {
          run(story, cluster, stage);
        }
        assertThat(stage.notifications().stream().map(AlertStage.Notification::name).distinct())
            .containsExactlyElementsOf(stories().stream().map(Story::alert).toList());
      }
    }
  }

  private void run(Story story, LabCluster cluster, AlertStage stage) throws IOException {
    var before = stage.notifications().size();
    var begin = System.nanoTime();
    say("event", story.event());
    story.incident().accept(cluster);
    var alert = stage.awaitNotification(before, "firing", story.alert());
    say("alert", story.alert() + " to " + alert.receiver() + ": " + alert.summary(), begin);
    // What would come later is pending now.
    stage.awaitAlerts(story.alert());

    var repairing = System.nanoTime();
    say("repair", story.repaired());
    story.repair().accept(cluster);
    stage.awaitNotification(before, "resolved", story.alert());
    say("resolved", story.alert(), repairing);
    stage.awaitAlerts();

    assertThat(stage.notifications().stream().skip(before).map(AlertsIT::inShort))
        .as("once for two agents, and nothing else")
        .containsExactlyElementsOf(
            Stream.of("firing ", "resolved ").map(status -> status + story.alert()).toList());
    var labels = new TreeMap<>(story.labels());
    labels.put("alertname", story.alert());
    labels.put("cls", "pg-test");
    assertThat(alert.labels()).containsAllEntriesOf(labels).doesNotContainKeys("instance", "job");
    assertThat(alert.receiver()).isEqualTo(story.receiver());
  }

  private static String inShort(AlertStage.Notification sent) {
    return sent.status() + " " + sent.name();
  }

  private void say(String what, String text) {
    System.out.printf("[%6.1f s] %-9s %s%n", seconds(started), what, text);
  }

  private void say(String what, String text, long since) {
    say(what, "%s (after %.1f s)".formatted(text, seconds(since)));
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }
}
