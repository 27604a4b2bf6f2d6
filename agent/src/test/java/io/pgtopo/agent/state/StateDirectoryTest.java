package io.pgtopo.agent.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pgtopo.agent.RandomWorld;
import io.pgtopo.agent.compare.Comparison;
import io.pgtopo.agent.history.Change;
import io.pgtopo.agent.history.History;
import io.pgtopo.agent.service.OtherSources;
import io.pgtopo.agent.topology.AddressBook;
import io.pgtopo.agent.topology.Inference;
import io.pgtopo.agent.track.DriftTracker;
import io.pgtopo.agent.track.Episode;
import io.pgtopo.agent.track.Hysteresis;
import io.pgtopo.agent.track.TrackedDrift;
import io.pgtopo.config.model.Inventory;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateDirectoryTest {
  private static final Hysteresis HYSTERESIS =
      new Hysteresis(Duration.ofSeconds(5), Duration.ofSeconds(30));
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final RandomWorld WORLD = RandomWorld.troubled(8);

  @TempDir Path folder;

  private static History cycle(RandomWorld world, History before, Instant now) {
    var names = AddressBook.of(world.inventory());
    var topology = Inference.infer(world.observations(), names);
    var drifts = Comparison.compare(world.inventory(), topology).drifts();
    return before.next(world.inventory(), topology, drifts, names, OtherSources.NONE, now, now);
  }

  /** A world that was healthy, then in trouble for a minute, with all that fired then. */
  private static History lived(long seed) {
    var history = cycle(RandomWorld.healthy(seed), History.starting(HYSTERESIS), START);
    for (var i = 1; i <= 12; i++) {
      history = cycle(RandomWorld.troubled(seed), history, START.plusSeconds(5L * i));
    }
    return history;
  }

  private StateDirectory open() {
    return new StateDirectory(folder.resolve("state"), () -> START);
  }

  private Path file() {
    return folder.resolve("state").resolve("state.json");
  }

  private void write(String text) throws IOException {
    Files.createDirectories(file().getParent());
    Files.writeString(file(), text);
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void only_the_owner_may_read_a_state_and_its_directory() throws IOException {
    try (var state = open()) {
      state.keepLast(lived(1));
    }

    assertThat(mode(folder.resolve("state"))).isEqualTo("rwx------");
    assertThat(mode(file())).isEqualTo("rw-------");
    assertThat(mode(file().resolveSibling("lock"))).isEqualTo("rw-------");
  }

  @Test
  void a_state_that_others_could_read_is_closed_to_them() throws IOException {
    write("{}");
    for (var name : List.of("state.json", "state.json.new", "lock")) {
      var file = Files.write(file().resolveSibling(name), new byte[0]);
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
    }

    try (var state = open()) {
      state.keepLast(lived(1));
    }

    assertThat(mode(file())).isEqualTo("rw-------");
    assertThat(mode(file().resolveSibling("lock"))).isEqualTo("rw-------");
  }

  private List<String> entries() throws IOException {
    try (var files = Files.list(folder.resolve("state"))) {
      return files.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void nothing_is_lost_over_a_restart_in_any_world() throws Exception {
    for (var seed = 0L; seed < 100; seed++) {
      var history = lived(seed);

      var kept = StateJson.read(StateJson.write(history, START), HYSTERESIS);

      assertThat(kept.roster()).as("seed %d", seed).isEqualTo(history.roster());
      assertThat(kept.changes()).as("seed %d", seed).isEqualTo(history.changes());
      assertThat(kept.tracker().resolved())
          .as("seed %d", seed)
          .hasSameSizeAs(history.tracker().resolved());
      assertThat(kept.tracker().episodes().values().stream().map(StateDirectoryTest::durable))
          .as("seed %d", seed)
          .containsExactlyElementsOf(
              history.tracker().episodes().values().stream()
                  .map(StateDirectoryTest::durable)
                  .toList());
    }
  }

  /** All but the facts, which are seen again or are gone. */
  private static List<Object> durable(Episode episode) {
    return List.of(
        episode.key(),
        episode.sources(),
        episode.since(),
        episode.lastSeen(),
        episode.firedAt(),
        episode.course());
  }

  @Test
  void an_agent_that_is_restarted_shows_the_same_drifts_and_reports_none_anew() throws Exception {
    for (var seed = 0L; seed < 100; seed++) {
      var world = RandomWorld.troubled(seed);
      var before = lived(seed);

      var after =
          cycle(
              world,
              KeptState.overARestart(before, HYSTERESIS, world.inventory()),
              START.plusSeconds(3600));

      assertThat(after.tracker().open().stream().map(StateDirectoryTest::shown))
          .as("seed %d", seed)
          .containsExactlyElementsOf(
              before.tracker().open().stream().map(StateDirectoryTest::shown).toList());
      assertThat(after.news().stream().map(Change::kind))
          .as("seed %d", seed)
          .containsExactly(Change.Kind.AGENT_STARTED);
    }
  }

  private static String shown(TrackedDrift tracked) {
    return tracked.drift().key() + " " + tracked.state() + " since " + tracked.since();
  }

  @Test
  void what_is_declared_no_more_is_dropped() throws Exception {
    var history = lived(8);
    assertThat(history.tracker().episodes()).isNotEmpty();

    var kept = KeptState.overARestart(history, HYSTERESIS, new Inventory(List.of()));

    assertThat(kept.tracker().episodes()).isEmpty();
    assertThat(kept.changes()).isEqualTo(history.changes());
  }

  @Test
  void a_directory_that_is_not_there_yet_is_made_and_holds_what_was_kept() {
    try (var state = open()) {
      assertThat(state.load(HYSTERESIS)).isEmpty();
      assertThat(state.keep(lived(8))).isTrue();
    }
    try (var state = open()) {
      assertThat(state.load(HYSTERESIS).orElseThrow().changes()).isEqualTo(lived(8).changes());
    }
  }

  @Test
  void it_is_written_only_if_something_is_new() throws IOException {
    try (var state = open()) {
      var history = lived(8);
      state.keep(history);
      Files.delete(file());

      var later = cycle(WORLD, history, START.plusSeconds(65));
      assertThat(state.keep(later)).isTrue();
      assertThat(file()).doesNotExist();

      assertThat(state.keepLast(later)).isTrue();
      assertThat(file()).exists();
    }
  }

  @Test
  void an_agent_that_is_killed_while_writing_leaves_the_old_state_whole() throws IOException {
    try (var state = open()) {
      state.keep(lived(8));
    }
    Files.writeString(file().resolveSibling("state.json.new"), "{\"format\":\"pgtopo st");

    try (var state = open()) {
      assertThat(state.load(HYSTERESIS)).isPresent();
      assertThat(state.keepLast(lived(8))).isTrue();
    }
    assertThat(entries()).containsExactly("lock", "state.json");
  }

  private void isSetAside(String text) throws IOException {
    write(text);

    try (var state = open()) {
      assertThat(state.load(HYSTERESIS)).as(text).isEmpty();
      assertThat(file()).doesNotExist();
      assertThat(file().resolveSibling("state.json.damaged-20260101T000000Z")).hasContent(text);

      assertThat(state.keep(lived(8))).isTrue();
      assertThat(file()).exists();
    }
  }

  @Test
  void an_empty_file_is_set_aside() throws IOException {
    isSetAside("");
  }

  @Test
  void the_file_of_another_program_is_set_aside() throws IOException {
    isSetAside("{\"format\":\"terraform\",\"version\":1}");
  }

  @Test
  void what_is_no_json_is_set_aside() throws IOException {
    isSetAside("#!/bin/sh\nrm -rf /\n");
  }

  @Test
  void a_state_without_its_parts_is_set_aside() throws IOException {
    isSetAside("{\"format\":\"pgtopo state\",\"version\":1,\"savedAt\":\"now\"}");
  }

  @Test
  void the_state_of_a_newer_pgtopo_is_set_aside() throws IOException {
    isSetAside("{\"format\":\"pgtopo state\",\"version\":2}");
  }

  @Test
  void a_kind_that_this_pgtopo_does_not_know_is_left_out_and_the_rest_kept() throws Exception {
    var history = lived(8);
    var kind = history.tracker().episodes().firstKey().kind().label();
    var text = new String(StateJson.write(history, START), UTF_8).replace(kind, "from_the_future");

    var kept = StateJson.read(text.getBytes(UTF_8), HYSTERESIS);

    assertThat(kept.tracker().episodes().values())
        .hasSizeLessThan(history.tracker().episodes().size());
    assertThat(kept.changes()).hasSameSizeAs(history.changes());
  }

  @Test
  void a_file_that_is_too_large_is_set_aside_unread() throws IOException {
    Files.createDirectories(file().getParent());
    try (var sparse = new RandomAccessFile(file().toFile(), "rw")) {
      sparse.setLength((256L << 20) + 1);
    }

    try (var state = open()) {
      assertThat(state.load(HYSTERESIS)).isEmpty();
    }
    assertThat(file()).doesNotExist();
  }

  @Test
  void a_link_to_a_device_without_an_end_is_set_aside_unread() throws IOException {
    Files.createDirectories(file().getParent());
    Files.createSymbolicLink(file(), Path.of("/dev/zero"));

    assertThatThrownBy(() -> StateDirectory.changes(folder.resolve("state")))
        .isInstanceOf(IOException.class)
        .hasMessage("it is no regular file");
    try (var state = open()) {
      assertThat(state.load(HYSTERESIS)).isEmpty();
    }
    assertThat(file()).doesNotExist();
  }

  @Test
  void no_damage_stops_the_agent() throws IOException {
    var whole = StateJson.write(lived(8), START);
    for (var seed = 0; seed < 500; seed++) {
      var random = new Random(seed);
      var damaged =
          Arrays.copyOf(
              whole, random.nextInt(4) == 0 ? random.nextInt(whole.length) : whole.length);
      for (var i = 0; i < 1 + random.nextInt(3) && damaged.length > 0; i++) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      readable(damaged, seed);
    }
  }

  /** It is taken over, and a cycle works with it; or it is refused. */
  private static void readable(byte[] damaged, int seed) {
    try {
      var kept = StateJson.read(damaged, HYSTERESIS).within(WORLD.inventory());
      assertThat(cycle(WORLD, kept, START.plusSeconds(100)).tracker().open())
          .as("seed %d", seed)
          .isNotEmpty();
    } catch (StateJson.UnusableException refused) {
      assertThat(refused).as("seed %d", seed).hasMessageStartingWith("it is ");
    }
  }

  @Test
  void two_agents_do_not_share_a_directory() throws IOException {
    try (var first = open();
        var second = open()) {
      assertThat(first.keep(lived(8))).isTrue();
      assertThat(second.load(HYSTERESIS)).isEmpty();
      assertThat(second.keep(lived(9))).isFalse();
    }
    try (var third = open()) {
      assertThat(third.load(HYSTERESIS).orElseThrow().changes()).isEqualTo(lived(8).changes());
    }
  }

  @Test
  void a_directory_that_cannot_be_written_is_no_reason_to_stop() throws IOException {
    Files.writeString(folder.resolve("state"), "a file where the directory should be");

    try (var state = open()) {
      assertThat(state.load(HYSTERESIS)).isEmpty();
      assertThat(state.keep(lived(8))).isFalse();
      Files.delete(folder.resolve("state"));
      assertThat(state.keep(lived(8))).as("when the trouble is over").isTrue();
    }
  }

  @Test
  void a_thread_that_was_interrupted_still_writes() {
    try (var state = open()) {
      Thread.currentThread().interrupt();

      assertThat(state.keepLast(lived(8))).isTrue();
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void what_is_remembered_is_bounded() {
    var history = History.starting(HYSTERESIS);
    for (var i = 0; i < 800; i++) {
      // On for ten cycles, off for ten: fires and is resolved again and again.
      var world = i / 10 % 2 == 0 ? WORLD : RandomWorld.healthy(8);
      history = cycle(world, history, START.plusSeconds(300L * i));
    }

    assertThat(history.changes()).hasSize(History.MOST_CHANGES);
    assertThat(history.tracker().resolved())
        .isNotEmpty()
        .hasSizeLessThanOrEqualTo(DriftTracker.MOST_RESOLVED);
  }
}
