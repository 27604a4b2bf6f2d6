package io.pgtopo.agent.campaign;

import io.pgtopo.agent.campaign.Arena.Line;
import io.pgtopo.agent.drift.DriftKind;
import java.util.List;
import java.util.Optional;

/** All incidents, in the order in which a seed picks from them. */
final class Incidents {
  static final List<Incident> ALL =
      List.of(
          new Incident(
              "kill",
              it ->
                  it.any()
                      .map(server -> it.act("kill -9 of all of " + server, server.instance::kill))),
          new Incident(
              "stop_fast",
              it ->
                  it.any().map(server -> it.act("fast stop of " + server, server.instance::stop))),
          new Incident(
              "stop_immediate",
              it ->
                  it.any()
                      .map(
                          server ->
                              it.act(
                                  "immediate stop of " + server,
                                  () -> it.signal(server, "QUIT", process -> true, 1)))),
          new Incident(
              "restart",
              it ->
                  it.any().map(server -> it.act("restart of " + server, server.instance::restart))),
          new Incident(
              "restart_loop", it -> it.any().filter(it::isReady).map(it::restartAgainAndAgain)),
          new Incident(
              "freeze",
              it ->
                  it.any()
                      .map(
                          server ->
                              it.act("SIGSTOP of all of " + server, server.instance::freeze))),
          new Incident(
              "freeze_postmaster",
              it ->
                  it.any()
                      .map(
                          server ->
                              it.act(
                                  "SIGSTOP of the postmaster of " + server,
                                  () -> it.signal(server, "STOP", process -> true, 1)))),
          new Incident(
              "freeze_walreceiver",
              it ->
                  it.replica()
                      .map(
                          server ->
                              it.act(
                                  "SIGSTOP of the walreceiver of " + server,
                                  () ->
                                      it.signal(
                                          server,
                                          "STOP",
                                          Measuring.ServerProcessEntry::isReceiver,
                                          1)))),
          new Incident(
              "freeze_walsender",
              it ->
                  it.any()
                      .filter(server -> !it.measured(server).senders().isEmpty())
                      .map(
                          server ->
                              it.act(
                                  "SIGSTOP of a walsender of " + server,
                                  () ->
                                      it.signal(
                                          server,
                                          "STOP",
                                          Measuring.ServerProcessEntry::isSender,
                                          1)))),
          new Incident(
              "freeze_startup",
              it ->
                  it.replica()
                      .map(
                          server ->
                              it.act(
                                  "SIGSTOP of the startup process of " + server,
                                  () ->
                                      it.signal(
                                          server,
                                          "STOP",
                                          Measuring.ServerProcessEntry::isStartup,
                                          1)))),
          new Incident(
              "freeze_checkpointer",
              it ->
                  it.any()
                      .map(
                          server ->
                              it.act(
                                  "SIGSTOP of the checkpointer of " + server,
                                  () ->
                                      it.signal(
                                          server,
                                          "STOP",
                                          Measuring.ServerProcessEntry::isCheckpointer,
                                          1)))),
          new Incident(
              "end_walreceiver",
              it ->
                  it.replica()
                      .map(
                          server ->
                              it.act(
                                  "SIGTERM of the walreceiver of " + server,
                                  () ->
                                      it.signal(
                                          server,
                                          "TERM",
                                          Measuring.ServerProcessEntry::isReceiver,
                                          1)))),
          new Incident(
              "crash",
              it ->
                  it.any()
                      .map(
                          server ->
                              it.act(
                                  "kill -9 of the checkpointer of " + server,
                                  () ->
                                      it.signal(
                                          server,
                                          "KILL",
                                          Measuring.ServerProcessEntry::isCheckpointer,
                                          1)))),
          new Incident(
              "promote",
              it ->
                  it.replica()
                      .map(
                          server ->
                              it.act(
                                  "promotion of " + server + " by hand",
                                  () -> {
                                    it.arena().parted(true);
                                    server.instance.promote();
                                  }))),
          new Incident(
              "failover",
              it ->
                  it.leader()
                      .flatMap(
                          old ->
                              it.replica()
                                  .map(
                                      next ->
                                          it.act(
                                              "kill -9 of " + old + " and promotion of " + next,
                                              () -> {
                                                it.arena().parted(true);
                                                old.instance.kill();
                                                next.instance.promote();
                                              })))),
          new Incident(
              "switchover",
              it ->
                  it.leader()
                      .flatMap(
                          old ->
                              it.replica()
                                  .map(
                                      next ->
                                          it.act(
                                              "switchover from " + old + " to " + next,
                                              () -> {
                                                it.arena().parted(true);
                                                old.instance.stop();
                                                next.instance.promote();
                                                old.instance.demote(next.instance);
                                              })))),
          new Incident(
              "demote",
              it ->
                  it.leader()
                      .flatMap(
                          old ->
                              it.replica()
                                  .map(
                                      other ->
                                          it.act(
                                              "restart of " + old + " as a standby of " + other,
                                              () -> {
                                                it.arena().parted(true);
                                                old.instance.demote(other.instance);
                                              })))),
          new Incident(
              "unpromoted",
              it ->
                  it.replica()
                      .map(
                          server ->
                              it.act(
                                  "start of " + server + " without standby.signal",
                                  () -> {
                                    it.arena().parted(true);
                                    server.instance.startUnpromoted();
                                  }))),
          new Incident(
              "pause",
              it ->
                  it.replica()
                      .filter(it::isReady)
                      .map(
                          server ->
                              it.act(
                                  "pause of replay on " + server,
                                  () ->
                                      server.stage(
                                          DriftKind.REPLAY_PAUSED,
                                          Truths.SOON,
                                          server.instance::pauseReplay)))),
          new Incident(
              "read_only",
              it ->
                  it.any()
                      .map(
                          server ->
                              it.set(
                                  server,
                                  DriftKind.PRIMARY_READ_ONLY,
                                  "default_transaction_read_only",
                                  "on"))),
          new Incident(
              "delay",
              it ->
                  it.replica()
                      .filter(server -> it.arena().traits.major() >= 12)
                      .filter(server -> it.arena().line(server.name()).delay().isEmpty())
                      .map(
                          server ->
                              it.set(
                                  server,
                                  DriftKind.DELAY_MISMATCH,
                                  "recovery_min_apply_delay",
                                  "1h"))),
          new Incident(
              "archive_fails",
              it ->
                  it.leader()
                      .filter(server -> it.arena().traits.archives())
                      .filter(server -> server == it.arena().servers.getFirst())
                      .map(it::failArchiving)),
          new Incident("slot_left", it -> it.leader().filter(it::isReady).map(it::leaveSlot)),
          new Incident(
              "repoint",
              it ->
                  it.replica()
                      .flatMap(
                          server ->
                              it.other(server)
                                  .map(
                                      upstream ->
                                          it.act(
                                              server + " follows " + upstream,
                                              () -> server.instance.follow(upstream.instance))))),
          new Incident(
              "wrong_port",
              it ->
                  it.replica()
                      .map(
                          server ->
                              it.act(
                                  server + " follows a port on which nothing listens",
                                  () -> it.dialWrongPort(server)))),
          new Incident("full", it -> it.any().filter(it::isReady).map(it::fill)),
          new Incident(
              "undeclared", it -> it.leader().filter(it::isReady).flatMap(it::addStranger)),
          new Incident(
              "partition",
              it ->
                  it.any()
                      .filter(server -> it.arena().traits.hasNamespaces())
                      .map(
                          server ->
                              it.act(
                                  "partition of " + server,
                                  () -> {
                                    server.cut(true);
                                    server.instance.partition();
                                  }))),
          new Incident(
              "swapped_addresses",
              it ->
                  it.arena().declared().size() < 2
                      ? Optional.empty()
                      : Optional.of(
                          it.act(
                              "the addresses of two members are exchanged in the inventory",
                              () -> it.arena().declare(swapped(it.arena().declared()))))),
          new Incident(
              "stop_smart",
              it ->
                  it.any()
                      .filter(it::isReady)
                      .map(
                          server ->
                              it.act(
                                  "smart stop of " + server + ", which waits for a client",
                                  () -> {
                                    server.instance.connectClient();
                                    it.signal(server, "TERM", process -> true, 1);
                                  }))),
          new Incident("raise_max_connections", it -> it.leader().map(it::raiseMaxConnections)),
          new Incident(
              "drop_slot",
              it ->
                  it.replica()
                      .filter(it::isReady)
                      .filter(server -> it.hasSlot(server))
                      .flatMap(it::dropSlot)),
          cut("cut_link", Firewall.Way.BOTH),
          new Incident(
              "freeze_poll",
              it ->
                  it.any()
                      .filter(it::isReady)
                      .map(
                          server ->
                              it.act(
                                  "SIGSTOP of the sessions of the agent on " + server,
                                  () ->
                                      it.signal(
                                          server,
                                          "STOP",
                                          process ->
                                              process
                                                  .title()
                                                  .contains(" " + it.arena().traits.login() + " "),
                                          9)))),
          new Incident(
              "follow_lagging", it -> it.replica().filter(it::isReady).flatMap(it::followLagging)),
          new Incident("initialise_again", it -> it.any().flatMap(it::initialiseAgain)),
          new Incident(
              "end_poll",
              it ->
                  it.any()
                      .filter(it::isReady)
                      .map(
                          server ->
                              it.act(
                                  "end of the sessions of the agent on " + server,
                                  () ->
                                      server.instance.execute(
                                          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '"
                                              + it.arena().traits.login()
                                              + "' AND pid <> pg_backend_pid()")))),
          new Incident(
              "hot_standby_off",
              it ->
                  it.replica()
                      .map(
                          server ->
                              it.act(
                                  "restart of " + server + " with hot_standby = off",
                                  () -> {
                                    it.setQuietly(server, "hot_standby", "off");
                                    server.instance.restart();
                                  }))),
          cut("cut_in", Firewall.Way.IN),
          cut("cut_out", Firewall.Way.OUT));

  private Incidents() {}

  private static Incident cut(String label, Firewall.Way way) {
    return new Incident(
        label,
        it ->
            it.replica()
                .filter(server -> it.arena().traits.hasNamespaces())
                .filter(it::isReady)
                .flatMap(server -> it.cutLink(server, way)));
  }

  /** Those of a list of labels with commas; all where it is empty. */
  static List<Incident> only(String labels) {
    return labels.isEmpty()
        ? ALL
        : ALL.stream().filter(it -> List.of(labels.split(",")).contains(it.label())).toList();
  }

  private static List<Line> swapped(List<Line> lines) {
    var first = lines.getFirst();
    var last = lines.getLast();
    return lines.stream()
        .map(it -> it.equals(first) ? it.at(last) : it.equals(last) ? it.at(first) : it)
        .toList();
  }
}
