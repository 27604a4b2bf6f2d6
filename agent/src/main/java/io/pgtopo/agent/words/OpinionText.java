package io.pgtopo.agent.words;

import io.pgtopo.agent.drift.ManagerDrift;
import io.pgtopo.agent.drift.ManagerDrift.ManagerDisagrees;
import io.pgtopo.agent.drift.ManagerDrift.ManagerDisagrees.Claim;
import io.pgtopo.agent.drift.ManagerDrift.ManagerPaused;
import io.pgtopo.agent.service.Managers.Being;
import io.pgtopo.config.model.Endpoint;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What an HA manager believes or does, in English. */
final class OpinionText {
  private OpinionText() {}

  static Wording of(ManagerDrift drift) {
    return switch (drift) {
      case ManagerDisagrees it ->
          new Wording("Patroni agrees with PostgreSQL", live(it), evidence(it), consequence(it));
      case ManagerPaused it ->
          new Wording(
              "%s is paused for %s at most"
                  .formatted(it.manager().product(), FactText.seconds(it.allowed())),
              "paused for %s".formatted(FactText.seconds(it.lasted())),
              Stream.of(
                      "paused since %s at the latest, when it was first read".formatted(it.since()),
                      "reported by "
                          + it.by().stream()
                              .map(Endpoint::toString)
                              .collect(Collectors.joining(", ")))
                  .toList(),
              List.of("no member is promoted if the primary fails"));
    };
  }

  private static String live(ManagerDisagrees disagrees) {
    var claims =
        disagrees.claims().stream()
            .map(claim -> "%s, %s".formatted(claim.role(), claim.state()))
            .distinct()
            .collect(Collectors.joining(" and "));
    return "Patroni says %s; PostgreSQL %s".formatted(claims, being(disagrees.server().being()));
  }

  private static String being(Being being) {
    return switch (being) {
      case PRIMARY -> "is in production";
      case REPLICA -> "is in recovery";
      case REFUSED -> "refuses connections";
    };
  }

  private static List<String> evidence(ManagerDisagrees disagrees) {
    return Stream.concat(
            disagrees.claims().stream().map(claim -> claim(claim, disagrees)).distinct(),
            Stream.of(
                "PostgreSQL at %s %s since %s"
                    .formatted(
                        disagrees.instance().endpoint(),
                        being(disagrees.server().being()),
                        disagrees.server().since())))
        .toList();
  }

  private static String claim(Claim claim, ManagerDisagrees disagrees) {
    var source =
        switch (claim.origin()) {
          case OWN_SERVER -> "its own Patroni";
          case CONFIGURATION_STORE -> "Patroni's configuration store, read on " + claim.source();
        };
    var age =
        claim.since().isAfter(disagrees.server().since())
            ? "newer than what PostgreSQL reports"
            : "older than what PostgreSQL reports";
    return "%s has the wrong %s: %s, %s, unchanged since %s, read at %s: it is %s"
        .formatted(
            source,
            claim.field().label(),
            claim.role(),
            claim.state(),
            claim.since(),
            claim.readAt(),
            age);
  }

  private static List<String> consequence(ManagerDisagrees disagrees) {
    return switch (disagrees.server().being()) {
      case PRIMARY ->
          List.of(
              "load balancers that ask Patroni send no writes to it",
              "Patroni may demote it, and discard what was written to it");
      case REPLICA -> List.of("load balancers that ask Patroni send writes to a read-only server");
      case REFUSED -> List.of("Patroni promotes no other member until it notices");
    };
  }
}
