package io.pgtopo.agent.words;

import io.pgtopo.agent.advice.Advice;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.ServerState;
import io.pgtopo.agent.topology.AddressBook;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Advice in English: what to do, with the command, and what not to do. */
final class AdviceText {
  private final AddressBook names;

  AdviceText(AddressBook names) {
    this.names = names;
  }

  /** One or two sentences in lower case, without a full stop. */
  String of(Advice advice) {
    return switch (advice) {
      case Advice.FindOut(var instance, var failure) -> findOut(instance.name(), failure);
      case Advice.RepairWay(var instance, var heardBy) ->
          "%s runs (%s receives from it): repair the network between this agent and it; do not restart it, promote nothing"
              .formatted(instance.name(), names(heardBy));
      case Advice.Start(var instance) ->
          "start %s, after its log shows why it stopped".formatted(instance.name());
      case Advice.StartAsStandby(var instance, var leader, var mayHaveLed) ->
          leader
              .filter(it -> mayHaveLed)
              .map(it -> formerPrimary(instance, it))
              .orElseGet(() -> standby(instance, leader));
      case Advice.FindPrimaryFirst(var cluster, var silent) ->
          "find the primary of %s first: %s; start a replica only with standby.signal in its data directory"
              .formatted(cluster.name(), silent(silent));
      case Advice.RestoreOrReplace(var instance, var candidate) ->
          restoreOrReplace(instance, candidate);
      case Advice.Promote(var cluster, var candidate) -> promote(cluster.name(), candidate);
      case Advice.DeclareUpstream(var leader, var upstream) ->
          "%s receives WAL from %s: if the cluster is meant to follow that one, declare it as pg_upstream of %s; promote nothing"
              .formatted(leader.name(), names.nameOf(upstream), leader.name());
      case Advice.DeclareRole(var instance, var live, var leader) ->
          declareRole(instance, live, leader);
      case Advice.KeepUpstream(var instance, var upstream, var declared) ->
          "keep %s on %s and declare that: %s, which is declared, has no WAL to give now; do not point %s at it"
              .formatted(
                  instance.name(), names.nameOf(upstream), names.nameOf(declared), instance.name());
      case Advice.FollowLeader(var instance, var leader, var beyond) ->
          follow(instance.name(), leader, beyond);
      case Advice.Wait(var kind) ->
          "wait until the next polls confirm %s; change nothing until then".formatted(kind.label());
      case Advice.SettleFirst(var cluster, var first) ->
          "settle %s of %s first, and change nothing until then"
              .formatted(first.label(), cluster.name());
      case Advice.ChoosePrimary(var cluster, var sides) -> choose(sides);
    };
  }

  private static String findOut(String name, Failure.Kind failure) {
    return switch (failure) {
      case AUTHENTICATION ->
          "%s runs and refuses the login: set user, password or database of pgtopo, or pg_hba.conf of the server; pgtopo grants prints what is needed"
              .formatted(name);
      case PERMISSION -> "%s runs: run there the SQL that pgtopo grants prints".formatted(name);
      case TOO_MANY_CONNECTIONS ->
          "%s runs: find out who holds its connections (pg_stat_activity); do not restart it for this"
              .formatted(name);
      case CANNOT_CONNECT_NOW ->
          "a server answers at %s: read what it says and its log. If it starts or recovers, wait; if it shuts down, find out who stopped it; a standby with hot_standby = off takes no queries"
              .formatted(name);
      case TLS ->
          "something answers at the address of %s: check sslmode and the certificates"
              .formatted(name);
      case HUNG ->
          "something accepts the connection at %s and does not answer: look at load, disks and memory of its node, and whether the process is suspended"
              .formatted(name);
      case DNS -> "make the host name of %s resolve, or declare its address".formatted(name);
      default -> "read what %s answered; pgtopo does not know it".formatted(name);
    };
  }

  private String formerPrimary(Instance instance, LiveInstance leader) {
    return ("%s is primary now: do not start %s as it is, or there are two. Keep it stopped, copy its data directory, since it may"
            + " have commits that are nowhere else, then pg_rewind it from %s, or rebuild it, and start it with standby.signal."
            + " Under Patroni, let Patroni start it")
        .formatted(position(leader), instance.name(), name(leader));
  }

  private String standby(Instance instance, Optional<LiveInstance> leader) {
    return "%sstart %s only with standby.signal in its data directory and the right primary_conninfo. Under Patroni, let Patroni start it"
        .formatted(
            leader.map(it -> "%s is primary: ".formatted(name(it))).orElse(""), instance.name());
  }

  private static String silent(List<Instance> silent) {
    return silent.isEmpty()
        ? "no member reports to be it"
        : silent.stream().map(Instance::name).collect(Collectors.joining(", "))
            + (silent.size() == 1 ? " is not seen" : " are not seen");
  }

  private String restoreOrReplace(Instance instance, Optional<LiveInstance> candidate) {
    var replaced =
        candidate
            .map(it -> "or fence it for good and promote " + position(it))
            .orElse("or fence it for good, and only then promote the replica with the most WAL");
    return "%s may still be primary where the agent does not see it: bring it back, %s; never both. Under Patroni, leave the choice to it"
        .formatted(instance.name(), replaced);
  }

  private String promote(String cluster, Optional<LiveInstance> candidate) {
    var safe =
        "make sure that no other server of %s runs as primary anywhere, and that its HA manager promotes none"
            .formatted(cluster);
    return candidate
        .map(
            it ->
                "%s; then promote %s, which has the most WAL, and no other: SELECT pg_promote() there (12+; Patroni: patronictl failover %s)"
                    .formatted(safe, position(it), cluster))
        .orElse(
            safe
                + "; what the members report does not show which of them has the WAL that is wanted: find that out before one is promoted");
  }

  private String declareRole(Instance instance, LiveRole live, LiveInstance leader) {
    var kept = "to keep it, declare pg_role: %s for %s".formatted(live.label(), instance.name());
    return live == LiveRole.PRIMARY
        ? kept
            + "; otherwise switch over with what manages the cluster (Patroni: patronictl switchover %s), never by a second promotion"
                .formatted(instance.cluster())
        : "%s, and primary for %s; otherwise switch over with what manages the cluster (Patroni: patronictl switchover %s); do not promote %s while %s is primary"
            .formatted(kept, name(leader), instance.cluster(), instance.name(), name(leader));
  }

  private String follow(String name, LiveInstance leader, Optional<Long> beyond) {
    var how =
        "set its primary_conninfo to %s, which is primary now, and reload it (restart before 13); under Patroni, let Patroni do it"
            .formatted(position(leader));
    if (beyond.isEmpty()) {
      return "let %s follow: %s. Whether it can is not seen: if its log says that its WAL is not a part of the new timeline, copy its data directory and pg_rewind or rebuild it"
          .formatted(name, how);
    }
    return beyond.get() == 0
        ? "let %s follow: %s".formatted(name, how)
        : "%s has %d bytes of WAL that %s has not: copy its data directory, then pg_rewind it from %s, or rebuild it (Patroni: patronictl reinit)"
            .formatted(name, beyond.get(), name(leader), name(leader));
  }

  private String choose(List<Advice.Side> sides) {
    return "keep clients away from all of them. Copy the data directory of each before it is stopped for good, rewound or rebuilt. What decides: "
        + sides.stream().map(this::side).collect(Collectors.joining("; "))
        + ". Then stop all but one, and rebuild them as its replicas; do not rewind the one whose writes are wanted";
  }

  private String side(Advice.Side side) {
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
            .orElseGet(() -> newest(side.primary()));
    var standbys =
        side.standbys().isEmpty() ? "no standby" : "followed by " + names(side.standbys());
    return "%s %s, %s".formatted(position(side.primary()), wrote, standbys);
  }

  private static String newest(LiveInstance primary) {
    return primary.facts().state() instanceof ServerState.InProduction production
            && production.promotedAt().isPresent()
        ? "wrote %d bytes since its promotion"
            .formatted(production.written().bytesAfter(production.promotedAt().get()))
        : "has writes of its own";
  }

  private String name(LiveInstance instance) {
    return names.nameOf(instance.endpoint());
  }

  private String position(LiveInstance instance) {
    return "%s (timeline %d, %s)"
        .formatted(name(instance), instance.facts().timeline().id(), lsn(instance));
  }

  private static String lsn(LiveInstance instance) {
    return switch (instance.facts().state()) {
      case ServerState.InProduction production -> production.written().toString();
      case ServerState.InRecovery recovery ->
          recovery.replayed().map(lsn -> "replayed " + lsn).orElse("nothing replayed");
    };
  }

  private String names(List<Endpoint> endpoints) {
    return endpoints.stream().map(names::nameOf).collect(Collectors.joining(", "));
  }
}
