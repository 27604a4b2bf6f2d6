package io.pgtopo.agent.story;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.advice.Advice;
import io.pgtopo.agent.advice.Adviser;
import io.pgtopo.agent.compare.ComparisonResult;
import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.history.Change;
import io.pgtopo.agent.judge.Cause;
import io.pgtopo.agent.judge.JudgedDrift;
import io.pgtopo.agent.judge.Standing;
import io.pgtopo.agent.judge.Verdict;
import io.pgtopo.agent.topology.AddressBook;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.topology.ReplicationClient;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.agent.topology.Trait;
import io.pgtopo.agent.track.DriftTracker;
import io.pgtopo.agent.track.TrackedDrift;
import io.pgtopo.agent.words.CauseText;
import io.pgtopo.agent.words.DriftText;
import io.pgtopo.config.model.Inventory;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Runs every story under {@code scenarios/}; each is a test of its own. */
class ScenarioTest {

  static Path folder() throws URISyntaxException {
    return Path.of(Objects.requireNonNull(ScenarioTest.class.getResource("/scenarios")).toURI());
  }

  static List<Path> files() throws IOException, URISyntaxException {
    try (var files = Files.list(folder())) {
      return files.filter(file -> file.toString().endsWith(".yml")).sorted().toList();
    }
  }

  @TestFactory
  Stream<DynamicTest> every_story_ends_as_expected() throws IOException, URISyntaxException {
    return files().stream()
        .map(
            file ->
                DynamicTest.dynamicTest(
                    file.getFileName().toString().replace(".yml", ""),
                    file.toUri(),
                    () -> run(Story.read(file))));
  }

  private static void run(Story story) {
    assertThat(story.phases()).as("a story has phases").isNotEmpty();
    StoryPlay.play(story, ScenarioTest::check);
  }

  /** What to do about each open drift. */
  private static List<String> advice(DriftTracker tracker, Adviser adviser, AddressBook names) {
    var text = new DriftText(names);
    return tracker.open().stream()
        .flatMap(
            open ->
                adviser
                    .of(open)
                    .map(it -> "%s: %s".formatted(line(open), text.advice(it)))
                    .stream())
        .toList();
  }

  private static void check(StoryPlay.Cycle cycle) {
    var phase = cycle.phase();
    var history = cycle.history();
    var judgement = cycle.judgement();
    var topology = cycle.topology();
    var compared = cycle.compared();
    var declared = cycle.declared();
    var names = cycle.names();
    var safeties =
        new Safeties(declared, topology, compared, cycle.managers(), cycle.written(), names);
    var tracker = history.tracker();
    assertThat(phase.expected()).as(phase.say() + ": expects something").isNotEmpty();
    var adviser = new Adviser(declared, topology, cycle.managers(), tracker.open());
    tracker.open().stream()
        .flatMap(open -> adviser.of(open).stream())
        .forEach(advice -> addsNoPrimary(advice, topology, phase.say()));
    phase
        .expected()
        .forEach(
            (topic, expected) -> {
              if (topic.equals("says")) {
                assertThat(inWords(tracker, names)).as(phase.say()).contains(expected);
                return;
              }
              if (topic.equals("advises")) {
                assertThat(advice(tracker, adviser, names)).as(phase.say()).containsAll(expected);
                return;
              }
              if (topic.equals("warns")) {
                assertThat(safeties.inWords()).as(phase.say()).contains(expected);
                return;
              }
              if (topic.equals("evaluated")) {
                assertThat(evaluated(compared, declared)).as(phase.say()).containsAll(expected);
                return;
              }
              if (topic.equals("not_evaluated")) {
                assertThat(evaluated(compared, declared))
                    .as(phase.say())
                    .doesNotContainAnyElementsOf(expected);
                return;
              }
              var actual =
                  switch (topic) {
                    case "drifts" -> tracker.open().stream().map(ScenarioTest::line).toList();
                    case "judged" -> judgement.drifts().stream().map(ScenarioTest::line).toList();
                    case "verdicts" ->
                        judgement.verdicts().stream().map(ScenarioTest::line).toList();
                    case "changes" -> history.news().stream().map(ScenarioTest::line).toList();
                    case "links" -> links(topology, names);
                    case "logical" -> Subscriptions.links(topology, names);
                    case "unproven" -> unproven(topology, names);
                    case "reasons" -> reasons(topology, names);
                    case "traits" -> traits(topology, names);
                    case "clients" -> clients(topology, names);
                    case "safe" -> safeties.answers();
                    case "loses" -> safeties.losses();
                    default -> roles(topology, names);
                  };
              assertThat(actual)
                  .as(
                      "%s: %s%n%s%n%s",
                      phase.say(), topic, inWords(tracker, names), safeties.inWords())
                  .containsExactlyInAnyOrderElementsOf(expected);
            });
  }

  /** Nobody is told to start or promote a server where one that accepts writes is seen. */
  private static void addsNoPrimary(Advice advice, Topology topology, String say) {
    var cluster =
        switch (advice) {
          case Advice.Start it -> it.instance().cluster();
          case Advice.Promote it -> it.cluster().name();
          case Advice.RestoreOrReplace it -> it.instance().cluster();
          default -> "";
        };
    assertThat(topology.instances().values())
        .as("%s: %s", say, advice)
        .noneMatch(
            found ->
                found.role() == LiveRole.PRIMARY
                    && found.facts().identity().clusterName().equals(cluster));
  }

  /** Of each instance, and of each cluster as a whole. */
  private static List<String> evaluated(ComparisonResult compared, Inventory declared) {
    var ofInstances =
        compared.evaluated().entrySet().stream()
            .filter(entry -> entry.getKey().instance().isPresent())
            .flatMap(
                entry ->
                    entry.getValue().stream().map(kind -> kind.label() + " " + entry.getKey()));
    var ofClusters =
        declared.clusters().stream()
            .flatMap(
                cluster ->
                    compared.evaluatedIn(cluster).stream()
                        .map(kind -> kind.label() + " " + cluster.name()));
    return Stream.concat(ofInstances, ofClusters).toList();
  }

  private static String line(TrackedDrift tracked) {
    if (tracked.state() == TrackedDrift.State.FLAPPING) {
      return tracked.state().label() + " " + line(tracked.drift().key());
    }
    var doubt =
        tracked.presence() == TrackedDrift.Presence.SEEN ? "" : tracked.presence().label() + " ";
    var flaps = tracked.isFlapping() ? "flapping " : "";
    return tracked.state().label() + " " + flaps + doubt + line(tracked.drift().key());
  }

  private static String line(Change change) {
    return Stream.of(
            Optional.of(change.kind().label()),
            change.drift().map(key -> key.kind().label()),
            change.subject().map(Subject::toString))
        .flatMap(Optional::stream)
        .collect(Collectors.joining(" "));
  }

  private static String line(Drift.Key key) {
    return key.kind().label()
        + key.about().map(about -> " " + about.label()).orElse("")
        + " "
        + key.subject();
  }

  private static String line(JudgedDrift judged) {
    var standing =
        switch (judged.standing()) {
          case Standing.Counts counts -> "";
          case Standing.Ignored ignored -> "ignored ";
          case Standing.Suspended suspended -> "suspended ";
        };
    var cause = judged.cause().map(key -> " because " + line(key)).orElse("");
    return standing + judged.severity().label() + " " + line(judged.key()) + cause;
  }

  private static String line(Verdict verdict) {
    return "%s %s %s %s"
        .formatted(
            verdict.cluster(),
            verdict.sync().label(),
            verdict.health().label(),
            String.join(", ", verdict.causes().stream().map(ScenarioTest::line).toList()))
        .strip();
  }

  private static String line(Cause cause) {
    var detail = CauseText.detail(cause);
    return detail.isEmpty() ? cause.code().label() : cause.code().label() + " (" + detail + ")";
  }

  private static String inWords(DriftTracker tracker, AddressBook names) {
    var text = new DriftText(names);
    return String.join("\n", tracker.open().stream().map(tracked -> line(text, tracked)).toList());
  }

  private static String line(DriftText text, TrackedDrift tracked) {
    var drift = tracked.drift();
    return "  %s %s: %s, evidence %s; %s"
        .formatted(
            drift.kind().label(),
            drift.subject(),
            DriftText.difference(text.declared(drift), text.live(drift)),
            text.evidence(drift),
            DriftText.remark(tracked).orElse(""));
  }

  private static List<String> links(Topology topology, AddressBook names) {
    return topology.clusters().values().stream()
        .flatMap(cluster -> cluster.links().stream())
        .map(
            link ->
                "%s -> %s %s"
                    .formatted(
                        names.nameOf(link.upstream()),
                        names.nameOf(link.downstream()),
                        link.grade().label()))
        .toList();
  }

  private static List<String> unproven(Topology topology, AddressBook names) {
    return topology.unprovenLinks().stream()
        .map(
            link ->
                "%s -> %s %s %s"
                    .formatted(
                        names.nameOf(link.upstream()),
                        names.nameOf(link.downstream()),
                        link.grade().label(),
                        link.source().label()))
        .toList();
  }

  private static List<String> reasons(Topology topology, AddressBook names) {
    return topology.clusters().values().stream()
        .flatMap(cluster -> cluster.links().stream())
        .map(
            link ->
                names.nameOf(link.downstream())
                    + link.reasons().stream()
                        .map(reason -> " " + reason.label())
                        .collect(Collectors.joining()))
        .toList();
  }

  /** Only of those that have any. */
  private static List<String> traits(Topology topology, AddressBook names) {
    return topology.instances().values().stream()
        .filter(live -> !Trait.of(live, topology, names).isEmpty())
        .map(
            live ->
                names.nameOf(live.endpoint())
                    + Trait.of(live, topology, names).stream()
                        .map(trait -> " " + trait.label())
                        .collect(Collectors.joining()))
        .toList();
  }

  private static List<String> clients(Topology topology, AddressBook names) {
    return topology.instances().values().stream()
        .flatMap(
            live ->
                ReplicationClient.of(live.facts().replication()).stream()
                    .map(
                        client ->
                            client.sender().applicationName()
                                + " at "
                                + names.nameOf(live.endpoint())
                                + " "
                                + client.kind().label()))
        .toList();
  }

  private static List<String> roles(Topology topology, AddressBook names) {
    return topology.instances().values().stream()
        .map(live -> names.nameOf(live.endpoint()) + " " + live.role().label())
        .toList();
  }
}
