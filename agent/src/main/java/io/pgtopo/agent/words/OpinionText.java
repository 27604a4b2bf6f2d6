package io.pgtopo.agent.words;

import io.pgtopo.agent.drift.ManagerDrift;
import io.pgtopo.agent.drift.ManagerDrift.ManagerDisagrees;
import io.pgtopo.agent.drift.ManagerDrift.ManagerDisagrees.Claim;
import io.pgtopo.agent.drift.ManagerDrift.ManagerDisagrees.Field;
import io.pgtopo.agent.drift.ManagerDrift.ManagerPaused;
import io.pgtopo.agent.observation.HaManager;
import io.pgtopo.agent.service.Managers.Being;
import io.pgtopo.agent.service.ObservedServer.Followed;
import io.pgtopo.agent.service.ObservedServer.Placed;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What an HA manager believes or does, in English. */
final class OpinionText {
  private OpinionText() {}

  static Wording of(ManagerDrift drift) {
    return switch (drift) {
      case ManagerDisagrees it ->
          new Wording(
              products(it) + " agrees with PostgreSQL", live(it), evidence(it), consequence(it));
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

  private static Stream<HaManager> managers(ManagerDisagrees disagrees) {
    return disagrees.claims().stream().map(claim -> claim.source().manager()).distinct().sorted();
  }

  private static String products(ManagerDisagrees disagrees) {
    return managers(disagrees).map(HaManager::product).collect(Collectors.joining(" and "));
  }

  private static String live(ManagerDisagrees disagrees) {
    var claims =
        disagrees.claims().stream()
            .map(OpinionText::said)
            .distinct()
            .collect(Collectors.joining(" and "));
    return "%s says %s; PostgreSQL %s"
        .formatted(
            products(disagrees),
            claims,
            being(disagrees) + upstream(disagrees) + placed(disagrees));
  }

  private static String said(Claim claim) {
    return switch (claim.field()) {
      case ROLE, STATE -> "%s, %s".formatted(claim.said().role(), claim.said().state());
      case UPSTREAM -> "follows " + claim.said().upstream().orElseThrow();
      case TIMELINE -> timeline(claim.said().timeline().orElseThrow());
    };
  }

  private static String timeline(int id) {
    return "timeline " + id;
  }

  private static String being(ManagerDisagrees disagrees) {
    return switch (disagrees.server().being()) {
      case PRIMARY -> "is in production";
      case REPLICA -> "is in recovery";
      case REFUSED -> "refuses connections";
    };
  }

  /** What it follows, if a belief about that is wrong. */
  private static String upstream(ManagerDisagrees disagrees) {
    return followed(disagrees).map(it -> ", follows " + name(it, disagrees.cluster())).orElse("");
  }

  private static Optional<Followed> followed(ManagerDisagrees disagrees) {
    return disagrees.server().followed().filter(unused -> isAbout(disagrees, Field.UPSTREAM));
  }

  /** Its timeline, if a belief about that is wrong. */
  private static String placed(ManagerDisagrees disagrees) {
    return timeline(disagrees).map(it -> ", on " + timeline(it)).orElse("");
  }

  private static Optional<Placed> timeline(ManagerDisagrees disagrees) {
    return disagrees.server().placed().filter(unused -> isAbout(disagrees, Field.TIMELINE));
  }

  private static String timeline(Placed placed) {
    var id = timeline(placed.timeline().id());
    return placed.timeline().isExact() ? id : id + " at least";
  }

  private static boolean isAbout(ManagerDisagrees disagrees, Field field) {
    return disagrees.claims().stream().anyMatch(it -> it.field() == field);
  }

  private static String name(Followed followed, Cluster cluster) {
    return cluster.instances().stream()
        .filter(it -> it.endpoint().equals(followed.upstream()))
        .map(Instance::name)
        .findFirst()
        .orElseGet(() -> followed.upstream().toString());
  }

  private static List<String> evidence(ManagerDisagrees disagrees) {
    var wrong = disagrees.claims().stream().map(claim -> wrong(claim, disagrees)).distinct();
    var right = disagrees.opposed().stream().map(OpinionText::right);
    var truth =
        "PostgreSQL at %s %s since %s"
            .formatted(
                disagrees.instance().endpoint(), being(disagrees), disagrees.server().since());
    var link =
        followed(disagrees).stream()
            .map(
                it ->
                    "it receives WAL from %s since %s"
                        .formatted(name(it, disagrees.cluster()), it.since()));
    var place =
        timeline(disagrees).stream()
            .map(it -> "it is on %s since %s".formatted(timeline(it), it.since()));
    return Stream.of(wrong, right, Stream.of(truth), link, place).flatMap(lines -> lines).toList();
  }

  private static String source(Claim claim) {
    return switch (claim.source().origin()) {
      case OWN_SERVER -> "its own Patroni";
      case CONFIGURATION_STORE -> "Patroni's configuration store, read on " + claim.source().at();
      case TABLE ->
          "the table of %s on %s"
              .formatted(claim.source().manager().product(), claim.source().at());
    };
  }

  private static String wrong(Claim claim, ManagerDisagrees disagrees) {
    var age =
        claim.since().isAfter(truth(claim, disagrees))
            ? "newer than what PostgreSQL reports"
            : "older than what PostgreSQL reports";
    return "%s has the wrong %s: %s, unchanged since %s, read at %s: it is %s"
        .formatted(
            source(claim), claim.field().label(), said(claim), claim.since(), claim.readAt(), age);
  }

  /** Since when that is true which a claim is wrong about. */
  private static Instant truth(Claim claim, ManagerDisagrees disagrees) {
    var server = disagrees.server();
    return switch (claim.field()) {
      case ROLE, STATE -> server.since();
      case UPSTREAM -> server.followed().orElseThrow().since();
      case TIMELINE -> server.placed().orElseThrow().since();
    };
  }

  private static String right(Claim claim) {
    return "%s has it right: %s, read at %s".formatted(source(claim), said(claim), claim.readAt());
  }

  private static List<String> consequence(ManagerDisagrees disagrees) {
    return managers(disagrees).flatMap(it -> consequence(it, disagrees)).toList();
  }

  private static Stream<String> consequence(HaManager manager, ManagerDisagrees disagrees) {
    return switch (manager) {
      case PATRONI -> ofPatroni(disagrees);
      case REPMGR ->
          Stream.of("repmgr and repmgrd act on their table: a failover may take the wrong server");
      case PG_AUTO_FAILOVER ->
          Stream.of("the monitor acts on its table: a failover may take the wrong server");
      case CLOUDNATIVEPG -> Stream.of();
    };
  }

  private static Stream<String> ofPatroni(ManagerDisagrees disagrees) {
    var isOnlyPlace = disagrees.claims().stream().allMatch(it -> it.field() == Field.TIMELINE);
    return Stream.concat(
        isOnlyPlace ? Stream.of() : ofPatroni(disagrees.server().being()),
        timeline(disagrees).stream()
            .map(
                unused ->
                    "Patroni may choose it to lead, or refuse it, by a timeline that it is not on"));
  }

  private static Stream<String> ofPatroni(Being being) {
    return switch (being) {
      case PRIMARY ->
          Stream.of(
              "load balancers that ask Patroni send no writes to it",
              "Patroni may demote it, and discard what was written to it");
      case REPLICA ->
          Stream.of("load balancers that ask Patroni send writes to a read-only server");
      case REFUSED -> Stream.of("Patroni promotes no other member until it notices");
    };
  }
}
