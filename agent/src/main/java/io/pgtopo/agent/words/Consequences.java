package io.pgtopo.agent.words;

import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.RoleSwapped;
import io.pgtopo.agent.drift.Routing;
import java.util.List;
import java.util.stream.Stream;

/** What a drift breaks, in sentences. */
public final class Consequences {
  private Consequences() {}

  /** Empty where none is known. */
  public static List<String> of(Drift drift) {
    return drift instanceof RoleSwapped swap ? ofSwap(swap) : List.of();
  }

  /** Who goes on by the declared role: Pigsty's playbooks and templates. */
  private static List<String> ofSwap(RoleSwapped swap) {
    var old = swap.demoted().instance().name();
    var dns =
        swap.cluster().traits().vip().isPresent()
            ? Stream.<String>empty()
            : Stream.of("a DNS name that Pigsty made of the cluster leads to " + old);
    return Stream.of(
            Stream.of(
                "users and databases are created on "
                    + old
                    + ", which is read-only, and fail; backups, restores and removal take it for"
                    + " the primary",
                "HBA rules for a role are those of the declared one"),
            dns,
            swap.routings().stream().map(Consequences::of))
        .flatMap(lines -> lines)
        .toList();
  }

  private static String of(Routing routing) {
    return switch (routing.effect()) {
      case WRONG_ROLE ->
          "service %s reaches only %s, the primary, until its servers are rendered anew"
              .formatted(routing.service(), routing.server());
      case NOWHERE ->
          "service %s reaches no server, until its servers are rendered anew"
              .formatted(routing.service());
      case MIXED ->
          "service %s reaches %s, the primary, beside replicas"
              .formatted(routing.service(), routing.server());
      case UNKNOWN ->
          "where service %s leads is not known: its check is %s"
              .formatted(routing.service(), routing.check());
    };
  }
}
