package io.pgtopo.exporter.demo;

import io.pgtopo.agent.Snapshot;
import io.pgtopo.agent.track.TrackedDrift;
import io.pgtopo.config.Config;
import io.pgtopo.config.reading.InvalidConfigException;
import io.pgtopo.exporter.daemon.Daemon;
import io.pgtopo.exporter.platform.CliContext;
import io.pgtopo.exporter.platform.CommandFailed;
import io.pgtopo.exporter.text.DiffText;
import io.pgtopo.exporter.text.TextTable;
import io.pgtopo.exporter.text.TreeText;
import io.pgtopo.exporter.text.Wrap;
import io.pgtopo.exporter.view.SnapshotReport;
import io.pgtopo.lab.Lab;
import io.pgtopo.lab.LabCluster;
import io.pgtopo.lab.Postgres;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A real cluster of four, watched by a real agent, with incidents to stage. */
public final class Demo implements AutoCloseable {
  private static final String MARGIN = "    ";

  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  /** As its user starts it; the package's is on the PATH. */
  private static final String COMMAND = System.getProperty("pgtopo.command", "pgtopo");

  /** Shorter than the defaults, so that a drift fires while the user watches. */
  private static final Map<String, String> SETTINGS =
      Map.of("PGTOPO_INTERVAL", "1s", "PGTOPO_HYSTERESIS", "3s", "PGTOPO_GRACE", "0s");

  private final CliContext context;
  private final PrintWriter out;
  private final Instant started;
  private final Lab lab;
  private final LabCluster cluster;
  private final Path inventory;
  private final Daemon daemon;

  private Demo(Postgres version, CliContext context, PrintWriter out) {
    this.context = context;
    this.out = out;
    this.started = context.clock().instant();
    say(
        "starting four PostgreSQL "
            + version.major()
            + " servers: a primary, two replicas and a cascade");
    lab = Lab.open(version, this::say);
    try {
      cluster =
          lab.cluster("pg-test")
              .primary(1)
              .replica(2)
              .replica(3)
              .replica(4, four -> four.follows(2))
              .start();
      inventory = write(lab);
      daemon = watch(Config.load(Optional.empty(), List.of(inventory.toString()), SETTINGS));
    } catch (RuntimeException failure) {
      lab.close();
      throw failure;
    }
  }

  /** Starts it, and waits until the cluster is in sync. */
  public static Demo start(Postgres version, CliContext context, PrintWriter out)
      throws InterruptedException {
    var demo = new Demo(version, context, out);
    demo.say("watch it in a browser: " + demo.url() + "/#/cluster/" + demo.cluster.name());
    demo.await(List.of());
    demo.introduce();
    return demo;
  }

  private static Path write(Lab lab) {
    var file = lab.directory().resolve("inventory.yml");
    try {
      return Files.writeString(file, lab.inventory());
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** At the default port, or at any if that is in use. */
  private Daemon watch(Config config) {
    var port = config.settings().web().listen().port();
    try {
      return Daemon.start(config, () -> config, context, port);
    } catch (InvalidConfigException taken) {
      say("port " + port + " is in use: listening on another one");
      return Daemon.start(config, () -> config, context, 0);
    }
  }

  /** Where the page is, and the API. */
  public String url() {
    return "http://127.0.0.1:" + daemon.port();
  }

  private void introduce() {
    say("their inventory, in Pigsty's format: " + inventory);
    indented(lab.inventory());
    say("pgtopo has polled all of them:");
    show();
    var url = url();
    say("it polls every second; a drift fires after three seconds");
    out.println("    page      " + url + "/");
    out.println("    metrics   " + url + "/metrics");
    out.println("    topology  " + url + "/api/v1/topology");
    out.println("    drift     " + url + "/api/v1/drift");
    out.println("    terminal  " + COMMAND + " tree --inventory " + inventory);
    out.println(
        "    database  psql -h %s -p %d -U postgres"
            .formatted(cluster.instance(1).host(), cluster.instance(1).port()));
    out.flush();
  }

  /** Stages an incident step by step, and shows what pgtopo reports. */
  public void stage(DemoStory story) throws InterruptedException {
    say("story " + story.name() + ": " + story.summary());
    for (var step : story.steps()) {
      say("now: " + step.say());
      step.action().accept(cluster);
      var begin = context.clock().instant();
      await(step.fires());
      say(
          "%s after %.1f s:"
              .formatted(step.fires().isEmpty() ? "in sync again" : "fired", seconds(begin)));
      show();
    }
  }

  /** Stages what the user chooses, until the end of the input. */
  public void serve(InputStream input) throws InterruptedException {
    try (var lines = new BufferedReader(new InputStreamReader(input, Charset.defaultCharset()))) {
      menu();
      for (var line = lines.readLine(); line != null && !line.strip().equals("q"); ) {
        var chosen = DemoStory.named(line.strip());
        if (chosen.isPresent()) {
          stage(chosen.get());
        } else if (line.isBlank()) {
          show();
        } else {
          say("unknown story %s; choose by number or name:".formatted(line.strip()));
        }
        menu();
        line = lines.readLine();
      }
    } catch (IOException gone) {
      throw new UncheckedIOException(gone);
    }
  }

  private void menu() {
    out.println();
    var stories = new TextTable();
    DemoStory.ALL.forEach(story -> stories.row(story.number(), story.name(), story.summary()));
    out.print(stories.wrapped(MARGIN, context.terminal().width()));
    out.println(MARGIN + "Enter shows the cluster, q stops all servers and removes everything.");
    out.print("> ");
    out.flush();
  }

  /** Waits until exactly these drifts fire. */
  private void await(List<String> fires) throws InterruptedException {
    var end = context.clock().instant().plus(TIMEOUT);
    while (true) {
      var cycle = daemon.latest();
      if (cycle.filter(snapshot -> isExpected(snapshot, fires)).isPresent()) {
        return;
      }
      if (context.clock().instant().isAfter(end)) {
        show();
        throw new CommandFailed(
            "wanted within %d s: %s. Found: %s"
                .formatted(TIMEOUT.toSeconds(), fires, cycle.map(Demo::open)));
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  private static boolean isExpected(Snapshot snapshot, List<String> fires) {
    var open = new ArrayList<>(open(snapshot));
    return open.size() == fires.size()
        && snapshot.drifts().stream()
            .allMatch(tracked -> tracked.state() == TrackedDrift.State.FIRING)
        && fires.stream().allMatch(expected -> open.removeIf(name -> name.startsWith(expected)));
  }

  private static List<String> open(Snapshot snapshot) {
    return snapshot.drifts().stream()
        .map(tracked -> tracked.drift().kind().label() + " " + tracked.drift().subject())
        .toList();
  }

  private void show() {
    daemon
        .latest()
        .ifPresent(
            snapshot -> {
              var terminal = context.terminal();
              var style = terminal.withWidth(terminal.width() - MARGIN.length());
              var report = SnapshotReport.of(snapshot);
              indented(TreeText.render(report, style));
              if (!snapshot.drifts().isEmpty()) {
                indented(DiffText.render(report, style));
              }
              out.flush();
            });
  }

  private void indented(String text) {
    out.println();
    text.lines().map(line -> line.isBlank() ? "" : MARGIN + line).forEach(out::println);
  }

  private void say(String what) {
    var start = "[%5.1f s] ".formatted(seconds(started));
    out.println();
    Wrap.hanging(start, what, context.terminal().width()).forEach(out::println);
    out.flush();
  }

  private double seconds(Instant since) {
    return Duration.between(since, context.clock().instant()).toMillis() / 1000.0;
  }

  @Override
  public void close() {
    daemon.close();
    lab.close();
    say("all servers are stopped and their files removed");
  }
}
