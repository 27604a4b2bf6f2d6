package io.pgtopo.agent.campaign;

import io.pgtopo.agent.campaign.Arena.Line;
import io.pgtopo.agent.campaign.Measured.Role;
import io.pgtopo.agent.drift.DriftKind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One cluster at one moment: its declared members, and what was measured of their servers. */
class Measurements {
  final Arena arena;
  final List<Line> declared;
  private final Map<String, Measured> servers;

  /** By the addresses of all servers. */
  Measurements(Arena arena, Map<String, Measured> servers) {
    this.arena = arena;
    this.servers = servers;
    this.declared = arena.adopted();
  }

  final Measured at(String address) {
    return Objects.requireNonNull(servers.get(address), address);
  }

  /** The undeclared servers that were measured. */
  final List<StagedServer> strangers() {
    return arena.strangers.stream().filter(it -> servers.containsKey(it.address())).toList();
  }

  final Set<String> leaders() {
    return Stream.concat(arena.servers.stream(), strangers().stream())
        .map(StagedServer::address)
        .filter(it -> at(it).leads())
        .collect(Collectors.toSet());
  }

  final Set<String> running() {
    return declared.stream()
        .map(Line::address)
        .filter(it -> at(it).runs())
        .collect(Collectors.toSet());
  }

  final Map<String, Role> currentRoles() {
    return declared.stream()
        .filter(this::answers)
        .filter(it -> at(it).role() != Role.NEITHER)
        .collect(Collectors.toMap(Line::address, it -> at(it).role()));
  }

  final Map<String, String> upstreams() {
    return declared.stream()
        .filter(it -> answers(it) && isReplica(it) && supply(it) == Supply.FLOWS)
        .filter(it -> upstream(it).filter(this::answers).isPresent())
        .collect(Collectors.toMap(Line::address, it -> upstream(it).orElseThrow().address()));
  }

  final Measured at(Line line) {
    return at(line.address());
  }

  final Optional<StagedServer> staged(Line line) {
    return arena.at(line.address());
  }

  final boolean isCut(Line line) {
    return staged(line).filter(StagedServer::isCut).isPresent();
  }

  /** Whether a poll gets an answer. */
  final boolean answers(Line line) {
    return at(line).isReady() && !at(line).isStopped() && !isCut(line);
  }

  /** Whether it is decided that a poll gets one. */
  final boolean surelyAnswers(Line line) {
    return answers(line) && !at(line).isPostmasterStopped();
  }

  final boolean leads(Line line) {
    return at(line).leads();
  }

  final boolean isReplica(Line line) {
    return at(line).runs() && at(line).role() == Role.REPLICA;
  }

  final Line line(String name) {
    return declared.stream().filter(it -> it.name().equals(name)).findFirst().orElseThrow();
  }

  final Optional<Line> leader() {
    var leaders = declared.stream().filter(this::leads).toList();
    return leaders.size() == 1
        ? leaders.stream().filter(this::answers).findFirst()
        : Optional.empty();
  }

  /** How WAL reaches a replica. */
  enum Supply {
    FLOWS,
    CHANGING,
    NO_RECEIVER,
    SILENT
  }

  final Supply supply(Line line) {
    var receiver = at(line).receiver();
    if (receiver.isEmpty()) {
      return Supply.NO_RECEIVER;
    }
    if (receiver.get().upstream().isEmpty()) {
      return receiver.get().isStopped() || receiver.get().isStreaming()
          ? Supply.SILENT
          : Supply.CHANGING;
    }
    var upstream = receiver.get().upstream().get();
    var sender =
        Optional.ofNullable(servers.get(upstream)).flatMap(it -> it.senderTo(receiver.get()));
    var isBroken =
        receiver.get().isStopped()
            || isCut(line)
            || arena.at(upstream).filter(StagedServer::isCut).isPresent()
            || staged(line)
                .flatMap(StagedServer::linkCut)
                .filter(it -> upstream.startsWith(it.host() + ":"))
                .isPresent()
            || sender.isEmpty()
            || sender.get().isStopped();
    if (isBroken) {
      return Supply.SILENT;
    }
    return receiver.get().isStreaming() ? Supply.FLOWS : Supply.CHANGING;
  }

  /** The declared member whose server this one receives from. */
  final Optional<Line> upstream(Line line) {
    return at(line)
        .receiver()
        .flatMap(Measured.Receiver::upstream)
        .flatMap(
            address -> declared.stream().filter(it -> it.address().equals(address)).findFirst());
  }

  /** Whether it has a connection to its upstream on which nothing is stopped. */
  final boolean isConnected(Line line) {
    return supply(line) == Supply.FLOWS || supply(line) == Supply.CHANGING;
  }

  final boolean hasDelay(Line line) {
    return line.delay().isPresent()
        || staged(line).filter(it -> it.isStaged(DriftKind.DELAY_MISMATCH)).isPresent();
  }

  /** The members from one to the top of its chain; a circle ends with the one it began with. */
  final List<Line> chain(Line line) {
    var path = new ArrayList<Line>(List.of(line));
    var passed = new HashSet<String>(List.of(line.name()));
    var next = line;
    while (isReplica(next) && isConnected(next)) {
      var above = upstream(next);
      if (above.isEmpty()) {
        return path;
      }
      path.add(above.get());
      if (!passed.add(above.get().name())) {
        return path;
      }
      next = above.get();
    }
    return path;
  }
}
