package io.pgtopo.agent.words;

import io.pgtopo.agent.advice.Advice;
import io.pgtopo.agent.advice.Keeping;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.observation.Sessions;
import io.pgtopo.agent.topology.AddressBook;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.config.model.Endpoint;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Which of several primaries to keep, in English: the evidence, and what it is in favour of. */
final class ChoiceText {
  private final AddressBook names;

  ChoiceText(AddressBook names) {
    this.names = names;
  }

  String of(Advice.ChoosePrimary advice) {
    var sides = advice.sides();
    return "keep clients away from %s. What decides which one stays: %s. %s. %s, copy the data directory of each, %s, %s, and %s. Until then rewind, reinit or promote none; afterwards do not start a stopped one as it is"
        .formatted(
            avoided(advice),
            sides.stream().map(side -> side(side, sides)).collect(Collectors.joining("; ")),
            favoured(advice),
            capitalized(ManagerText.pause(advice.manager())),
            stop(advice),
            rebuild(advice),
            ManagerText.resume(advice.manager()));
  }

  private static String capitalized(String text) {
    return Character.toUpperCase(text.charAt(0)) + text.substring(1);
  }

  /** What to do, in this order. */
  List<String> steps(Advice.ChoosePrimary advice) {
    return List.of(
        "keep clients away from " + avoided(advice),
        ManagerText.pause(advice.manager()),
        "copy the data directory of each",
        stop(advice),
        rebuild(advice),
        ManagerText.resume(advice.manager()));
  }

  private String avoided(Advice.ChoosePrimary advice) {
    return advice.favoured().isPresent() ? others(advice) : "all of them";
  }

  private String stop(Advice.ChoosePrimary advice) {
    return advice.favoured().isPresent() ? "stop " + others(advice) : "stop all but one";
  }

  private String rebuild(Advice.ChoosePrimary advice) {
    return advice
        .favoured()
        .map(kept -> "rebuild %s from %s as a replica".formatted(others(advice), name(kept)))
        .orElse("rebuild them as its replicas");
  }

  /** The sides that the evidence is against. */
  private String others(Advice.ChoosePrimary advice) {
    return advice.sides().stream()
        .map(Advice.Side::primary)
        .filter(primary -> advice.favoured().filter(primary::equals).isEmpty())
        .map(this::name)
        .collect(Collectors.joining(" and "));
  }

  static List<String> avoid() {
    return List.of(
        "do not rewind, reinit or promote any of them before the data directory of each is copied",
        "do not start a stopped one again as it is: it would be a second primary again");
  }

  private String favoured(Advice.ChoosePrimary advice) {
    var reasons = advice.reasons();
    if (advice.favoured().isPresent()) {
      return "All evidence is in favour of %s: %s; verify that your applications write there"
          .formatted(
              name(advice.favoured().get()),
              reasons.stream().map(it -> reason(it.reason())).collect(Collectors.joining(", ")));
    }
    return "The evidence does not decide%s: find out which one your applications write to"
        .formatted(
            reasons.isEmpty()
                ? ""
                : reasons.stream()
                    .map(it -> "%s %s".formatted(name(it.primary()), reason(it.reason())))
                    .collect(Collectors.joining(", ", " (", ")")));
  }

  private static String reason(Keeping.Advantage reason) {
    return switch (reason) {
      case CLIENTS -> "alone has client sessions";
      case LAST_COMMIT -> "has the newest commit";
      case STANDBYS -> "has the most standbys";
      case NOTHING_LOST -> "has all that the others wrote";
    };
  }

  private String side(Advice.Side side, List<Advice.Side> all) {
    var wrote =
        side.rivalry()
            .map(
                rivalry ->
                    switch (rivalry.relation()) {
                      case DIVERGED ->
                          "wrote %d bytes that %s has not"
                              .formatted(rivalry.bytesBeyond(), name(rivalry.newest()));
                      case ZOMBIE ->
                          "wrote nothing since %s was promoted".formatted(name(rivalry.newest()));
                      case TWIN -> "writes the same timeline as " + name(rivalry.newest());
                      case UNDETERMINED -> "may have writes of its own";
                    })
            .orElseGet(
                () ->
                    side.bytesAlone(all)
                        .map(
                            "wrote %d bytes since its promotion that the others have not"
                                ::formatted)
                        .orElse("may have writes of its own"));
    var standbys =
        side.standbys().isEmpty() ? "no standby" : "followed by " + names(side.standbys());
    return "%s (timeline %d, %s) %s, %s, %s, %s"
        .formatted(
            name(side.primary()),
            side.primary().facts().timeline().id(),
            AdviceText.lsn(side.primary()),
            wrote,
            standbys,
            sessions(side.primary()),
            lastCommit(side.primary()));
  }

  private static String sessions(LiveInstance primary) {
    return switch (primary.facts().replication().sessions()) {
      case Reading.Denied<Sessions> hidden -> "client sessions unknown";
      case Reading.Seen<Sessions>(var seen) ->
          switch (seen.clients()) {
            case 0 -> "no client session";
            case 1 -> "1 client session";
            default -> seen.clients() + " client sessions";
          };
    };
  }

  private static String lastCommit(LiveInstance primary) {
    if (!(primary.facts().state() instanceof ServerState.InProduction production)) {
      return "no commit";
    }
    return switch (production.lastCommit()) {
      case Reading.Denied<Optional<Instant>>(var reason) ->
          "last commit unknown (%s)".formatted(reason);
      case Reading.Seen<Optional<Instant>>(var at) ->
          at.map(Instant::getEpochSecond)
              .map(it -> "last commit %s by its clock".formatted(Instant.ofEpochSecond(it)))
              .orElse("no commit since its start");
    };
  }

  private String name(LiveInstance instance) {
    return names.nameOf(instance.endpoint());
  }

  private String names(List<Endpoint> endpoints) {
    return endpoints.stream().map(names::nameOf).collect(Collectors.joining(", "));
  }
}
