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
  private static final String KEEP_WAL =
      "do not delete files of pg_wal: if its disk is full, add space first";

  private final AddressBook names;

  AdviceText(AddressBook names) {
    this.names = names;
  }

  /** One or two sentences in lower case, without a full stop. */
  String of(Advice advice) {
    return switch (advice) {
      case Advice.FindOut(var instance, var failure) -> findOut(instance.name(), failure);
      case Advice.RepairWay(var instance, var heardBy) when heardBy.isEmpty() ->
          "%s runs and answers at the address of another instance: repair its own address; do not restart it, promote nothing"
              .formatted(instance.name());
      case Advice.RepairWay(var instance, var heardBy) ->
          "%s runs (%s receives from it): repair the network between this agent and it; do not restart it, promote nothing"
              .formatted(instance.name(), names(heardBy));
      case Advice.Start(var instance, var manager) ->
          "find out whether %1$s runs; if it does not, start %2$s after its log shows why it stopped"
              .formatted(instance.name(), ManagerText.alone(manager, instance.name()));
      case Advice.StartAsStandby it ->
          it.leader()
              .filter(leader -> it.mayHaveLed())
              .map(leader -> formerPrimary(it.instance(), leader, it.manager()))
              .orElseGet(() -> standby(it));
      case Advice.FindPrimaryFirst(var cluster, var silent, var manager) ->
          "find the primary of %s first: %s; start a replica only %s"
              .formatted(cluster.name(), silent(silent), ManagerText.asReplica(manager));
      case Advice.RestoreOrReplace it -> restoreOrReplace(it);
      case Advice.Promote it -> promote(it);
      case Advice.RestoreStore(var scope, var without) ->
          "Patroni on %s does not reach its configuration store, and without it lets no server be primary: bring the store back first (etcdctl endpoint health); then Patroni promotes one itself, or patronictl list %s shows why not. Promote none by hand"
              .formatted(
                  without.stream().map(Instance::name).collect(Collectors.joining(", ")), scope);
      case Advice.DeclarePrimary(var cluster, var primaries) ->
          "%s is primary and no declared member of %s: promote nothing; declare it if it belongs to the cluster, otherwise find out who promoted it and which clients write to it"
              .formatted(
                  primaries.stream().map(this::name).collect(Collectors.joining(", ")),
                  cluster.name());
      case Advice.DeclareUpstream(var leader, var upstream) ->
          "%s receives WAL from %s: if the cluster is meant to follow that one, declare it as pg_upstream of %s; promote nothing"
              .formatted(leader.name(), names.nameOf(upstream), leader.name());
      case Advice.DeclareRole it -> declareRole(it);
      case Advice.ExchangeRoles(var demoted, var leader, var manager) ->
          "to keep it, exchange pg_role of %s and %s in the inventory; otherwise switch back once every replica streams: %s"
              .formatted(
                  demoted.name(),
                  name(leader),
                  ManagerText.switchover(manager, name(leader), demoted.name()));
      case Advice.KeepUpstream(var instance, var upstream, var declared) ->
          "keep %s on %s and declare that: %s, which is declared, has no WAL to give now; do not point %s at it"
              .formatted(
                  instance.name(), names.nameOf(upstream), names.nameOf(declared), instance.name());
      case Advice.KeepPaused(var instance, var target) ->
          "do not resume replay of %1$s: %2$s is set, so SELECT pg_wal_replay_resume() ends recovery and makes it a primary. Once nobody needs it as it is: reset %2$s and restart it, and it follows its primary"
              .formatted(instance.name(), target);
      case Advice.FollowLeader it -> follow(it);
      case Advice.Wait(var kind) ->
          "wait until the next polls confirm %s; change nothing until then".formatted(kind.label());
      case Advice.SettleFirst(var cluster, var first) ->
          "settle %s of %s first, and change nothing until then"
              .formatted(first.label(), cluster.name());
      case Advice.ChoosePrimary it -> new ChoiceText(names).of(it);
      case Advice.Configure it -> ManagerAdvice.of(it);
      case Advice.Renew it -> ManagerAdvice.of(it, name(it.leader()));
    };
  }

  /** What must not be done, one sentence each; empty if nothing is likely to be done wrong. */
  List<String> avoid(Advice advice) {
    return switch (advice) {
      case Advice.FindOut(var instance, var failure) ->
          failure == Failure.Kind.TOO_MANY_CONNECTIONS
              ? List.of("do not restart %s for this".formatted(instance.name()))
              : List.of();
      case Advice.RepairWay(var instance, var heardBy) ->
          List.of("do not restart %s and promote nothing: it runs".formatted(instance.name()));
      case Advice.Start it -> List.of(KEEP_WAL);
      case Advice.StartAsStandby it ->
          List.of(
              it.leader()
                  .map(
                      leader ->
                          "do not start %s as it is: %s is primary, and there would be two"
                              .formatted(it.instance().name(), name(leader)))
                  .orElse("do not start it without standby.signal"));
      case Advice.FindPrimaryFirst(var cluster, var silent, var manager) ->
          List.of(
              "do not promote a replica before it is certain that no primary of %s runs"
                  .formatted(cluster.name()),
              "do not start a server that was stopped except %s"
                  .formatted(ManagerText.asReplica(manager)));
      case Advice.RestoreOrReplace it ->
          List.of(
              KEEP_WAL,
              "do not promote another server unless %s is fenced for good: it may still accept writes"
                  .formatted(it.instance().name()),
              "do not start %s again after another server is promoted"
                  .formatted(it.instance().name()));
      case Advice.Promote it -> List.of("do not promote a second one");
      case Advice.RestoreStore it ->
          List.of(
              "do not promote a server by hand: Patroni demotes it, or promotes another one once the store is back",
              "do not stop Patroni to promote a server without it: there may be two primaries once it runs again");
      case Advice.DeclareUpstream it -> List.of("promote nothing");
      case Advice.DeclarePrimary(var cluster, var primaries) ->
          primaries.stream()
              .map(it -> "promote nothing while %s is primary".formatted(name(it)))
              .toList();
      case Advice.DeclareRole(var instance, var live, var leader, var manager) ->
          List.of(
              live == LiveRole.PRIMARY
                  ? "do not promote the declared primary while %s is primary"
                      .formatted(name(leader))
                  : "do not promote %s while %s is primary"
                      .formatted(instance.name(), name(leader)));
      case Advice.ExchangeRoles(var demoted, var leader, var manager) ->
          List.of("do not promote %s while %s is primary".formatted(demoted.name(), name(leader)));
      case Advice.KeepPaused(var instance, var target) ->
          List.of(
              "do not run SELECT pg_wal_replay_resume() on %s: it would be a primary"
                  .formatted(instance.name()));
      case Advice.KeepUpstream(var instance, var upstream, var declared) ->
          List.of("do not point %s at %s".formatted(instance.name(), names.nameOf(declared)));
      case Advice.FollowLeader it ->
          it.bytesBeyond().equals(Optional.of(0L))
              ? List.of()
              : List.of(
                  "do not rewind or rebuild %s before its data directory is copied"
                      .formatted(it.instance().name()));
      case Advice.ChoosePrimary it -> ChoiceText.avoid();
      case Advice.Wait it -> List.of();
      case Advice.SettleFirst it -> List.of();
      case Advice.Configure it -> List.of();
      case Advice.Renew(var instance, var kind, var leader, var manager) ->
          List.of(
              "do not rebuild %s before its data directory is copied".formatted(instance.name()));
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
      case AGENT_SLOW, AGENT_BUG ->
          "nothing is known about %s: look at the log and the CPU of the machine that pgtopo runs on"
              .formatted(name);
      case DNS -> "make the host name of %s resolve, or declare its address".formatted(name);
      default -> "read what %s answered; pgtopo does not know it".formatted(name);
    };
  }

  private String formerPrimary(
      Instance instance, LiveInstance leader, Optional<Advice.Manager> manager) {
    return "%s is primary now: do not start %s as it is, or there are two. Copy its data directory first, since it may have commits that are nowhere else; then %s"
        .formatted(
            position(leader),
            instance.name(),
            ManagerText.rejoin(manager, instance.name(), name(leader)));
  }

  private String standby(Advice.StartAsStandby advice) {
    return "%sstart %s only %s"
        .formatted(
            advice.leader().map(it -> "%s is primary: ".formatted(name(it))).orElse(""),
            advice.instance().name(),
            ManagerText.start(advice.manager()));
  }

  private static String silent(List<Instance> silent) {
    return silent.isEmpty()
        ? "no member reports to be it"
        : silent.stream().map(Instance::name).collect(Collectors.joining(", "))
            + (silent.size() == 1 ? " is not seen" : " are not seen");
  }

  private String restoreOrReplace(Advice.RestoreOrReplace advice) {
    var replaced =
        advice
            .candidate()
            .map(it -> "or fence it for good and promote " + position(it))
            .orElse("or fence it for good, and only then promote the replica with the most WAL");
    return "%s may still be primary where the agent does not see it: bring it back once its log shows why it stopped, %s; never both. %s"
        .formatted(advice.instance().name(), replaced, ManagerText.decides(advice.manager()));
  }

  private String promote(Advice.Promote advice) {
    var safe =
        "make sure that no other server of %s runs as primary anywhere, and that its HA manager promotes none"
            .formatted(advice.cluster().name());
    return advice
        .candidate()
        .map(
            it ->
                "%s; then promote %s, which has the most WAL, and no other: %s"
                    .formatted(
                        safe, position(it), ManagerText.promotion(advice.manager(), name(it))))
        .orElse(
            safe
                + "; what the members report does not show which of them has the WAL that is wanted: find that out before one is promoted");
  }

  private String declareRole(Advice.DeclareRole advice) {
    var name = advice.instance().name();
    var leader = name(advice.leader());
    var kept = "to keep it, declare pg_role: %s for %s".formatted(advice.live().label(), name);
    return advice.live() == LiveRole.PRIMARY
        ? kept
            + "; otherwise switch over to the declared primary once it streams, never by a second promotion"
        : "%s, and primary for %s; otherwise, once %s streams, switch over: %s; do not promote %s while %s is primary"
            .formatted(
                kept,
                leader,
                name,
                ManagerText.switchover(advice.manager(), leader, name),
                name,
                leader);
  }

  private String follow(Advice.FollowLeader advice) {
    var name = advice.instance().name();
    var leader = advice.leader();
    var how = ManagerText.follow(advice.manager(), name, position(leader));
    var beyond = advice.bytesBeyond();
    if (beyond.isEmpty()) {
      return "let %s follow %s: %s. Whether it can is not seen: if its log says that its WAL is not a part of the new timeline, copy its data directory and pg_rewind or rebuild it"
          .formatted(name, name(leader), how);
    }
    return beyond.get() == 0
        ? "let %s follow %s: %s".formatted(name, name(leader), how)
        : "%s has %d bytes of WAL that %s has not: copy its data directory and decide whose WAL is right, then %s"
            .formatted(
                name,
                beyond.get(),
                name(leader),
                ManagerText.rebuild(advice.manager(), name, name(leader)));
  }

  private String name(LiveInstance instance) {
    return names.nameOf(instance.endpoint());
  }

  private String position(LiveInstance instance) {
    return "%s (timeline %d, %s)"
        .formatted(name(instance), instance.facts().timeline().id(), lsn(instance));
  }

  static String lsn(LiveInstance instance) {
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
