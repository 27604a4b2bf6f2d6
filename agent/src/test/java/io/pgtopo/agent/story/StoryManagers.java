package io.pgtopo.agent.story;

import static io.pgtopo.agent.story.Story.list;
import static io.pgtopo.agent.story.Story.map;
import static io.pgtopo.agent.story.Story.only;
import static io.pgtopo.agent.story.Story.text;

import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.HaManager;
import io.pgtopo.agent.observation.ManagerReport;
import io.pgtopo.agent.observation.ManagerReport.Candidacy;
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
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What Patroni reports in a phase, and what the tables of other managers have. */
final class StoryManagers {
  /** The tag of Patroni that keeps a server from being promoted. */
  private static final String NO_FAILOVER = " nofailover";

  static final int PORT = 8008;

  private StoryManagers() {}

  /** After a phase; those that it leaves out are not read in it. */
  static Managers next(Managers before, Story.Phase phase, Cast cast, Instant now) {
    var reports = new ArrayList<ManagerReport>();
    phase
        .managers()
        .forEach(
            (name, given) ->
                reports.add(report(cast.endpoint(name), given, new Window(now, now), cast)));
    return reports.isEmpty() ? before : before.next(reports, now);
  }

  /** With the key table it is of that server, otherwise of Patroni on its node. */
  private static ManagerReport report(Endpoint server, Object given, Window window, Cast cast) {
    var manager =
        given instanceof Map ? Optional.ofNullable(map(given).get("table")) : Optional.empty();
    var isUnknown = "absent".equals(given) || "no server".equals(given);
    return manager.isPresent() || isUnknown
        ? new ManagerReport(
            server,
            manager.map(it -> HaManager.valueOf(text(it).toUpperCase(Locale.ROOT))),
            window,
            word(given, cast))
        : new ManagerReport(
            new Endpoint(server.host(), PORT),
            Optional.of(HaManager.PATRONI),
            window,
            word(given, cast));
  }

  private static Word word(Object given, Cast cast) {
    if ("absent".equals(given)) {
      return new Word.Absent();
    }
    if ("no server".equals(given)) {
      return new Word.Mute(Failure.of(Failure.Kind.REFUSED, "given by the story"));
    }
    if (!(given instanceof Map)) {
      var kind = Failure.Kind.valueOf(text(given).toUpperCase(Locale.ROOT));
      return new Word.Mute(Failure.of(kind, "given by the story"));
    }
    var word = map(given);
    only(word, "scope", "own", "members", "flags", "table", "denied", "checks");
    if (word.containsKey("denied")) {
      return new Word.Mute(Failure.of(Failure.Kind.PERMISSION, "given by the story"));
    }
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
        Optional.ofNullable(word.get("own"))
            .map(own -> server(own, Optional.empty(), Optional.empty())),
        list(word.get("flags")).stream()
            .map(it -> Flag.valueOf(text(it).toUpperCase(Locale.ROOT)))
            .collect(Collectors.toSet()),
        members,
        members.isEmpty()
            ? Optional.of(Failure.of(Failure.Kind.CONNECTION_LOST, "given by the story"))
            : Optional.empty(),
        map(word.get("checks")).entrySet().stream()
            .collect(
                Collectors.toMap(
                    Map.Entry::getKey,
                    it -> Integer.valueOf(text(it.getValue())),
                    (one, other) -> one,
                    TreeMap::new)));
  }

  private static ManagedServer server(
      Object given, Optional<String> name, Optional<Endpoint> endpoint) {
    var isExcluded = text(given).endsWith(NO_FAILOVER);
    var words = List.of(text(given).replace(NO_FAILOVER, "").split(" follows ", 2));
    var placed = List.of(words.getFirst().split(" tl ", 2));
    var said = List.of(placed.getFirst().split(" ", 2));
    return new ManagedServer(
        name,
        said.getFirst(),
        said.getLast(),
        endpoint,
        placed.size() == 2 ? Optional.of(Integer.valueOf(placed.getLast())) : Optional.empty(),
        words.size() == 2 ? Optional.of(words.getLast()) : Optional.empty(),
        isExcluded ? Candidacy.EXCLUDED : Candidacy.NOT_EXCLUDED);
  }
}
