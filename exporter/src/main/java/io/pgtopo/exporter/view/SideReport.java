package io.pgtopo.exporter.view;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.pgtopo.agent.advice.Advice;
import io.pgtopo.agent.advice.Keeping;
import io.pgtopo.agent.drift.CompetingPrimary;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.observation.Sessions;
import io.pgtopo.agent.words.DriftText;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** One of several primaries, with what decides which of them stays. */
public record SideReport(
    String name,
    String address,
    int timeline,
    @JsonPropertyDescription("LSN that it has written") Optional<String> written,
    @JsonPropertyDescription(
            "LSN at which its timeline began; null unless promoted since its start")
        Optional<String> promotedAt,
    @OneOf(CompetingPrimary.Relation.class)
        @JsonPropertyDescription("to the newest one; null for that one")
        Optional<String> relation,
    @JsonPropertyDescription("WAL that no other one has; null if the answers do not show it")
        Optional<Long> bytesAlone,
    @JsonPropertyDescription("that stream from it") List<String> standbys,
    @JsonPropertyDescription("client sessions; null if hidden") Optional<Integer> clients,
    @JsonPropertyDescription("by its clock; null if unknown, or none since its start")
        Optional<Instant> lastCommit,
    @OneOf(Keeping.Advantage.class)
        @JsonPropertyDescription("what distinguishes it from all others, in favour of keeping it")
        List<String> reasons,
    @JsonPropertyDescription("whether all evidence is in favour of it, and it is enough")
        boolean favoured) {

  static List<SideReport> of(Advice.ChoosePrimary advice, DriftText words) {
    return advice.sides().stream().map(side -> of(side, advice, words)).toList();
  }

  private static SideReport of(Advice.Side side, Advice.ChoosePrimary advice, DriftText words) {
    var primary = side.primary();
    var production =
        primary.facts().state() instanceof ServerState.InProduction it
            ? Optional.of(it)
            : Optional.<ServerState.InProduction>empty();
    return new SideReport(
        words.nameOf(primary.endpoint()),
        primary.endpoint().toString(),
        primary.facts().timeline().id(),
        production.map(it -> it.written().toString()),
        production.flatMap(ServerState.InProduction::promotedAt).map(Object::toString),
        side.rivalry().map(it -> it.relation().label()),
        side.bytesAlone(advice.sides()),
        side.standbys().stream().map(words::nameOf).toList(),
        primary.facts().replication().sessions() instanceof Reading.Seen<Sessions>(var seen)
            ? Optional.of(seen.clients())
            : Optional.empty(),
        production.flatMap(it -> it.lastCommit().ifSeen()).flatMap(at -> at),
        advice.reasons().stream()
            .filter(it -> it.primary().equals(primary))
            .map(it -> it.reason().label())
            .toList(),
        advice.favoured().filter(primary::equals).isPresent());
  }
}
