package io.pgtopo.agent.story;

import static io.pgtopo.agent.story.Story.list;
import static io.pgtopo.agent.story.Story.text;

import io.pgtopo.agent.observation.Dial;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.NameReport;
import io.pgtopo.agent.observation.SystemId;
import io.pgtopo.agent.observation.Window;
import io.pgtopo.agent.service.Dials;
import io.pgtopo.agent.service.DnsNames;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.config.model.Endpoint;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Locale;
import java.util.Optional;

/** What the clients of services found in a phase. */
final class StoryDials {
  private StoryDials() {}

  /** Of earlier phases only what answered is known. */
  static Dials next(Dials earlier, Story.Phase phase, Cast cast, Topology live, Instant now) {
    var dials = new ArrayList<Dial>();
    phase
        .dials()
        .forEach(
            (name, found) -> {
              var parts = name.split(":", 2);
              var host = cast.endpoint(parts[0]).host();
              var address = new Endpoint(host, Integer.parseInt(parts[1]));
              for (var word : list(found)) {
                dials.add(new Dial(address, new Window(now, now), answer(text(word), cast, live)));
              }
            });
    return new Dials(Collections.emptySortedMap(), earlier.answered(), now).next(dials, now);
  }

  /** An instance is where it is; anything else is an address. */
  static DnsNames names(Story.Phase phase, Cast cast, Instant now) {
    return DnsNames.NONE.next(
        phase.names().entrySet().stream()
            .map(
                it ->
                    new NameReport(
                        it.getKey(),
                        new Window(now, now),
                        list(it.getValue()).stream()
                            .map(Story::text)
                            .map(
                                word ->
                                    Optional.ofNullable(cast.endpoints().get(word))
                                        .map(Endpoint::host)
                                        .orElse(word))
                            .toList()))
            .toList(),
        now);
  }

  /** The name of an instance, {@code stranger}, {@code foreigner}, or a kind of failure. */
  private static Dial.Answer answer(String word, Cast cast, Topology live) {
    return switch (word) {
      case "stranger" -> server(live.clusters().firstKey().systemId().orElseThrow(), "10.9.9.9");
      case "foreigner" -> server(new SystemId(4711), "10.9.9.8");
      default ->
          cast.endpoints().containsKey(word)
              ? server(word, cast, live)
              : new Dial.Answer.Failed(
                  Failure.of(
                      Failure.Kind.valueOf(word.toUpperCase(Locale.ROOT)), "given by the story"));
    };
  }

  private static Dial.Answer server(SystemId systemId, String host) {
    return new Dial.Answer.Server(
        Optional.of(systemId),
        Stage.START.minusSeconds(1),
        5432,
        Optional.of(new Endpoint(host, 5432)),
        Dial.Recovery.IN_RECOVERY);
  }

  private static Dial.Answer server(String name, Cast cast, Topology live) {
    var found = live.at(cast.endpoint(name)).orElseThrow();
    var identity = found.facts().identity();
    return new Dial.Answer.Server(
        identity.systemId().ifSeen(),
        identity.startedAt(),
        identity.port(),
        Optional.of(cast.endpoint(name)),
        found.role() == LiveRole.PRIMARY ? Dial.Recovery.IN_PRODUCTION : Dial.Recovery.IN_RECOVERY);
  }
}
