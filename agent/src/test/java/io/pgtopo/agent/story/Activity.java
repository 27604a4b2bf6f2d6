package io.pgtopo.agent.story;

import static io.pgtopo.agent.story.Story.list;
import static io.pgtopo.agent.story.Story.text;

import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.observation.Sessions;
import io.pgtopo.agent.observation.WalFile;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Turns what a phase says of sessions, commits and the archiver of an instance into facts. */
final class Activity {
  private Activity() {}

  static Reading<Sessions> sessions(Map<String, Object> given) {
    var clients = given.getOrDefault("clients", 0);
    return clients.equals("hidden")
        ? Reading.denied("hidden without pg_read_all_stats")
        : Reading.seen(
            new Sessions(
                Integer.parseInt(clients.toString()),
                list(given.get("managers")).stream().map(Object::toString).toList()));
  }

  /** {@code untracked}, {@code none}, or when. */
  static Reading<Optional<Instant>> lastCommit(String given) {
    return given.equals("untracked")
        ? Reading.denied(ServerState.InProduction.UNTRACKED)
        : Reading.seen(
            Optional.of(given)
                .filter(at -> !at.equals("none"))
                .map(at -> Stage.START.plus(Story.duration(at))));
  }

  /** {@code idle}, {@code fails}, or the file that was archived last. */
  static ServerState.Archiver archiver(String given) {
    return switch (given) {
      case "idle" -> ServerState.Archiver.IDLE;
      case "fails" ->
          new ServerState.Archiver(
              Optional.of(Stage.START), Optional.of(Stage.START.plusSeconds(60)), Optional.empty());
      default ->
          new ServerState.Archiver(
              Optional.of(Stage.START),
              Optional.empty(),
              Optional.of(WalFile.parse(given, 16_777_216)));
    };
  }

  static Reading<Optional<String>> startupWait(String given) {
    return given.equals("hidden")
        ? Reading.denied("hidden without pg_read_all_stats")
        : Reading.seen(Optional.of(given).filter(event -> !event.equals("none")));
  }

  /** {@code hidden}, or how many wait and for how long: {@code 3 for 20s}. */
  static Reading<ServerState.SyncWaits> syncWaits(@Nullable Object given) {
    if (given == null) {
      return Reading.seen(ServerState.SyncWaits.NONE);
    }
    if (given.equals("hidden")) {
      return Reading.denied("hidden without pg_read_all_stats");
    }
    var words = text(given).split(" for ", 2);
    return Reading.seen(
        new ServerState.SyncWaits(Integer.parseInt(words[0]), Story.duration(words[1])));
  }
}
