package io.pgtopo.agent.story;

import static io.pgtopo.agent.story.Story.list;
import static io.pgtopo.agent.story.Story.map;
import static io.pgtopo.agent.story.Story.only;
import static io.pgtopo.agent.story.Story.text;

import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.ManagerReport;
import io.pgtopo.agent.observation.ManagerReport.Flag;
import io.pgtopo.agent.observation.ManagerReport.ManagedServer;
import io.pgtopo.agent.observation.ManagerReport.Word;
import io.pgtopo.agent.observation.Window;
import io.pgtopo.agent.service.Managers;
import io.pgtopo.config.model.Endpoint;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/** What Patroni reports in a phase. */
final class StoryManagers {
  static final int PORT = 8008;

  private StoryManagers() {}

  /** After a phase; those that it leaves out are not read in it. */
  static Managers next(Managers before, Story.Phase phase, Cast cast, Instant now) {
    var reports = new ArrayList<ManagerReport>();
    phase
        .managers()
        .forEach(
            (name, given) ->
                reports.add(
                    new ManagerReport(
                        new Endpoint(cast.endpoint(name).host(), PORT),
                        new Window(now, now),
                        word(given, cast))));
    return reports.isEmpty() ? before : before.next(reports, now);
  }

  private static Word word(Object given, Cast cast) {
    if (!(given instanceof Map)) {
      var kind = Failure.Kind.valueOf(text(given).toUpperCase(Locale.ROOT));
      return new Word.Mute(Failure.of(kind, "given by the story"));
    }
    var word = map(given);
    only(word, "scope", "own", "members", "flags");
    var members =
        map(word.get("members")).entrySet().stream()
            .map(
                it ->
                    server(
                        it.getValue(),
                        Optional.of(it.getKey()),
                        Optional.of(cast.endpoint(it.getKey()))))
            .toList();
    return new Word.Spoken(
        Optional.ofNullable(word.get("scope")).map(Story::text),
        server(Objects.requireNonNull(word.get("own")), Optional.empty(), Optional.empty()),
        list(word.get("flags")).stream()
            .map(it -> Flag.valueOf(text(it).toUpperCase(Locale.ROOT)))
            .collect(Collectors.toSet()),
        members,
        members.isEmpty()
            ? Optional.of(Failure.of(Failure.Kind.CONNECTION_LOST, "given by the story"))
            : Optional.empty());
  }

  private static ManagedServer server(
      Object given, Optional<String> name, Optional<Endpoint> endpoint) {
    var words = List.of(text(given).split(" ", 2));
    return new ManagedServer(name, words.getFirst(), words.getLast(), endpoint, Optional.empty());
  }
}
