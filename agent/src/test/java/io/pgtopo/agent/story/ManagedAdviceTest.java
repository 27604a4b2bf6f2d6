package io.pgtopo.agent.story;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.advice.Advice;
import io.pgtopo.agent.advice.Adviser;
import io.pgtopo.agent.advice.Situation;
import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.observation.HaManager;
import io.pgtopo.agent.words.DriftText;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What every story advises, with each HA manager and without one. {@code -Dupdate.golden=true}
 * writes {@code advice.txt}: read the difference as somebody who follows it at night.
 */
class ManagedAdviceTest {
  private static final Path LISTED = Path.of("src/test/resources/advice.txt");
  private static final String NONE = "no manager";

  /** A session that shows each. */
  private static final Map<String, String> SESSIONS =
      Map.of(
          HaManager.PATRONI.product(), "Patroni",
          HaManager.REPMGR.product(), "repmgrd",
          HaManager.PG_AUTO_FAILOVER.product(), "pgautofailover_standby_1",
          HaManager.CLOUDNATIVEPG.product(), "cnpg_metrics_exporter");

  private static final Map<String, String> COMMANDS =
      Map.of(
          HaManager.PATRONI.product(), "patronictl|Patroni",
          HaManager.REPMGR.product(), "repmgr",
          HaManager.PG_AUTO_FAILOVER.product(), "pg_autoctl",
          HaManager.CLOUDNATIVEPG.product(), "kubectl");

  /** What a manager that runs the servers does itself, so that nobody does it beside it. */
  private static final String BY_HAND =
      "pg_promote|pg_ctl|standby\\.signal|pg_rewind|its primary_conninfo to";

  /** Texts by kind of drift, and the managers by text. */
  private static final NavigableMap<String, NavigableMap<String, TreeSet<String>>> ADVICE =
      new TreeMap<>();

  @BeforeAll
  static void play_every_story_with_every_manager() throws IOException, URISyntaxException {
    for (var file : ScenarioTest.files()) {
      var story = Story.read(file);
      StoryPlay.play(story, ManagedAdviceTest::note);
      SESSIONS.values().forEach(it -> StoryPlay.play(story.managedBy(it), ManagedAdviceTest::note));
    }
  }

  private static void note(StoryPlay.Cycle cycle) {
    var adviser =
        new Adviser(
            cycle.declared(), cycle.topology(), cycle.managers(), cycle.history().tracker().open());
    var text = new DriftText(cycle.names());
    for (var open : cycle.history().tracker().open()) {
      var lines =
          adviser.of(open).stream()
              .flatMap(advice -> Stream.concat(inOrder(text, advice), text.avoid(advice).stream()))
              .toList();
      for (var line : lines) {
        ADVICE
            .computeIfAbsent(open.drift().kind().label(), kind -> new TreeMap<>())
            .computeIfAbsent(shape(line), it -> new TreeSet<>())
            .add(seen(open.drift(), cycle));
      }
    }
  }

  private static Stream<String> inOrder(DriftText text, Advice advice) {
    var steps = text.steps(advice);
    return steps.isEmpty()
        ? Stream.of(text.advice(advice))
        : Stream.of(String.join("; then ", steps));
  }

  /** Which manager the members of its cluster show: those that are silent show none. */
  private static String seen(Drift drift, StoryPlay.Cycle cycle) {
    return cycle.declared().clusters().stream()
        .filter(cluster -> cluster.name().equals(drift.subject().cluster()))
        .findFirst()
        .map(Situation.of(cycle.declared(), cycle.topology()))
        .flatMap(Situation::manager)
        .map(manager -> manager.product().product())
        .orElse(NONE);
  }

  /** Without what differs from story to story. */
  private static String shape(String line) {
    return line.replaceAll("(?<![-\\w])pg-[a-z0-9]+(-[0-9]+)?(?![-\\w])", "X")
        .replaceAll("\\b10(\\.\\d+){3}(:\\d+)?", "X")
        .replaceAll("X(, X| and X)+", "X")
        .replaceAll("\\b[0-9A-F]+/[0-9A-F]+", "LSN")
        .replaceAll("\\b\\d+\\b(?!\\+)", "N");
  }

  @Test
  void what_is_advised_is_what_was_read() throws IOException {
    var listed =
        ADVICE.entrySet().stream()
            .map(
                kind ->
                    kind.getValue().entrySet().stream()
                        .map(
                            it ->
                                "  [%s]%n    %s%n"
                                    .formatted(
                                        it.getValue().size() == SESSIONS.size() + 1
                                            ? "all"
                                            : String.join(", ", it.getValue()),
                                        it.getKey()))
                        .collect(Collectors.joining("", kind.getKey() + "\n", "")))
            .collect(Collectors.joining("\n"));
    if (Boolean.getBoolean("update.golden")) {
      Files.writeString(LISTED, listed);
    }

    assertThat(listed).isEqualTo(Files.readString(LISTED));
  }

  @Test
  void a_manager_that_is_seen_is_the_only_one_that_is_named() {
    each(
        (manager, text) ->
            COMMANDS.forEach(
                (other, command) -> {
                  if (!other.equals(manager)) {
                    assertThat(text).as(manager).doesNotContainPattern(command);
                  }
                }));
  }

  @Test
  void nothing_is_done_by_hand_beside_a_manager_that_runs_the_servers() {
    each(
        (manager, text) -> {
          if (!manager.equals(HaManager.REPMGR.product())) {
            assertThat(text).as(manager).doesNotContainPattern(BY_HAND);
          }
        });
  }

  @Test
  void every_manager_is_tried() {
    assertThat(SESSIONS.keySet())
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(HaManager.values()).map(HaManager::product).toList());
  }

  private static void each(BiConsumer<String, String> check) {
    List.copyOf(SESSIONS.keySet())
        .forEach(
            manager ->
                ADVICE
                    .values()
                    .forEach(
                        texts ->
                            texts.forEach(
                                (text, managers) -> {
                                  if (managers.contains(manager)) {
                                    check.accept(manager, text);
                                  }
                                })));
  }
}
