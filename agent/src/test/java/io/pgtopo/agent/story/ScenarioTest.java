package io.pgtopo.agent.story;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.drift.Comparison;
import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftText;
import io.pgtopo.agent.drift.DriftTracker;
import io.pgtopo.agent.drift.Hysteresis;
import io.pgtopo.agent.drift.JudgedDrift;
import io.pgtopo.agent.drift.Judgement;
import io.pgtopo.agent.drift.Standing;
import io.pgtopo.agent.drift.TrackedDrift;
import io.pgtopo.agent.drift.Verdict;
import io.pgtopo.agent.topology.AddressBook;
import io.pgtopo.agent.topology.Inference;
import io.pgtopo.agent.topology.LinkMemory;
import io.pgtopo.agent.topology.ReplicationClient;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.agent.topology.Trait;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Tells every story under {@code scenarios/}; each is a test of its own. */
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
  Stream<DynamicTest> every_story_ends_as_told() throws IOException, URISyntaxException {
    return files().stream()
        .map(
            file ->
                DynamicTest.dynamicTest(
                    file.getFileName().toString().replace(".yml", ""),
                    file.toUri(),
                    () -> tell(Story.read(file))));
  }

  private static void tell(Story story) {
    assertThat(story.phases()).as("a story has phases").isNotEmpty();
    var names = AddressBook.of(story.inventory());
    var tracker = DriftTracker.starting(new Hysteresis(story.hysteresis()));
    var memory = LinkMemory.EMPTY;
    for (var phase : story.phases()) {
      var observations = new Stage(story.cast()).observations(phase);
      var shared = phase.shared().stream().map(story.cast()::endpoint).collect(Collectors.toSet());
      var topology = Inference.infer(observations, names.without(shared), memory);
      memory = memory.next(topology);
      var now = Stage.START.plus(phase.at());
      var drifts = new ArrayList<>(Comparison.compare(story.inventory(), topology, story.policy()));
      drifts.addAll(Judgement.expired(story.policy(), story.inventory(), now));
      tracker = tracker.next(drifts, now);
      var judgement =
          Judgement.of(story.policy(), story.inventory(), topology, tracker.open(), now);
      check(phase, tracker, judgement, topology, names);
    }
  }

  private static void check(
      Story.Phase phase,
      DriftTracker tracker,
      Judgement judgement,
      Topology topology,
      AddressBook names) {
    assertThat(phase.expected()).as(phase.say() + ": expects something").isNotEmpty();
    phase
        .expected()
        .forEach(
            (topic, expected) -> {
              if (topic.equals("says")) {
                assertThat(inWords(tracker, names)).as(phase.say()).contains(expected);
                return;
              }
              var actual =
                  switch (topic) {
                    case "drifts" -> tracker.open().stream().map(ScenarioTest::line).toList();
                    case "judged" -> judgement.drifts().stream().map(ScenarioTest::line).toList();
                    case "verdicts" ->
                        judgement.verdicts().stream().map(ScenarioTest::line).toList();
                    case "links" -> links(topology, names);
                    case "faint" -> faint(topology, names);
                    case "reasons" -> reasons(topology, names);
                    case "traits" -> traits(topology, names);
                    case "clients" -> clients(topology, names);
                    default -> roles(topology, names);
                  };
              assertThat(actual)
                  .as("%s: %s%n%s", phase.say(), topic, inWords(tracker, names))
                  .containsExactlyInAnyOrderElementsOf(expected);
            });
  }

  private static String line(TrackedDrift tracked) {
    return tracked.state().label() + " " + line(tracked.drift().key());
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
            String.join(", ", verdict.causes().stream().map(Object::toString).toList()))
        .strip();
  }

  private static String inWords(DriftTracker tracker, AddressBook names) {
    var text = new DriftText(names);
    return String.join(
        "\n",
        tracker.open().stream().map(TrackedDrift::drift).map(drift -> line(text, drift)).toList());
  }

  private static String line(DriftText text, Drift drift) {
    return "  %s %s: declared %s, live %s, proof %s"
        .formatted(
            drift.kind().label(),
            drift.subject(),
            text.declared(drift),
            text.live(drift),
            text.proof(drift));
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

  private static List<String> faint(Topology topology, AddressBook names) {
    return topology.faintLinks().stream()
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
