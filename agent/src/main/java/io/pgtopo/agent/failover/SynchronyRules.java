package io.pgtopo.agent.failover;

import io.pgtopo.agent.observation.CommitOverride;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.agent.observation.Survey;
import io.pgtopo.agent.observation.SynchronousStandbys;
import io.pgtopo.agent.observation.WalSender;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.ReplicationClient;
import io.pgtopo.agent.topology.ReplicationLink;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Whether each commit that the primary acknowledged is on the candidate: by {@code
 * synchronous_standby_names}, {@code synchronous_commit} and the standby's state at this moment. A
 * session that sets {@code synchronous_commit} lower has chosen to lose its own commits.
 */
final class SynchronyRules {
  private static final Set<String> WAITING = Set.of("on", "remote_apply", "remote_write");

  private SynchronyRules() {}

  /**
   * What keeps it from being certain; empty if it is.
   *
   * @param lost empty if the positions are unknown
   */
  static Optional<Finding> check(
      Scene scene, LiveInstance candidate, Optional<ReplicationLink> link, Optional<LostWal> lost) {
    var primary = scene.primary();
    var names = Scene.setting(primary, "synchronous_standby_names");
    var commit = Scene.setting(primary, "synchronous_commit");
    if (names.isEmpty() || commit.isEmpty()) {
      return unknown(primary, names.isEmpty() ? "synchronous_standby_names" : "synchronous_commit");
    }
    if (names.get().isBlank()) {
      return unsafe(new Concern.Asynchronous(primary, candidate));
    }
    var standbys = SynchronousStandbys.parse(names.get());
    if (standbys.isEmpty()) {
      return unknown(primary, "synchronous_standby_names, which is not understood");
    }
    if (waivedBy(primary).isPresent()) {
      return unsafe(new Concern.CommitsDoNotWait(primary, commit.get()));
    }
    var row = link.flatMap(ReplicationLink::sender);
    if (row.isEmpty()) {
      return primary.facts().replication().senders() instanceof Reading.Seen
          ? unsafe(new Concern.Asynchronous(primary, candidate))
          : unknown(primary, "pg_stat_replication");
    }
    return switch (row.get().stream()) {
      case Reading.Denied<WalSender.Stream> denied -> unknown(primary, "pg_stat_replication");
      case Reading.Seen<WalSender.Stream>(var stream) ->
          check(scene, candidate, row.get(), stream, standbys.get(), lost);
    };
  }

  /**
   * The {@code synchronous_commit} of a server by which commits wait for no standby, but for those
   * of sessions that set another one; empty if they wait, or it is not shown.
   */
  static Optional<String> waivedBy(LiveInstance server) {
    return Scene.setting(server, "synchronous_commit").filter(it -> !WAITING.contains(it));
  }

  private static Optional<Finding> check(
      Scene scene,
      LiveInstance candidate,
      WalSender row,
      WalSender.Stream stream,
      SynchronousStandbys standbys,
      Optional<LostWal> lost) {
    var primary = scene.primary();
    if (stream.state() != WalSender.State.STREAMING) {
      return unsafe(new Concern.Asynchronous(primary, candidate));
    }
    return switch (stream.syncState()) {
      case ASYNC, POTENTIAL -> unsafe(new Concern.Asynchronous(primary, candidate));
      case OTHER -> unknown(primary, "the sync_state of " + row.applicationName());
      case QUORUM -> {
        var hasEarlier = hasAll(lost) || hasEarlier(scene, row, lost);
        if (standbys.needed() < listed(primary, standbys)) {
          yield Optional.of(
              Finding.failover(
                  Safety.UNKNOWN,
                  new Concern.QuorumOfOthers(
                      primary, standbys, listed(primary, standbys), hasEarlier)));
        }
        yield settled(primary, candidate, hasEarlier);
      }
      case SYNC ->
          settled(
              primary,
              candidate,
              hasAll(lost)
                  || (isAmongFirst(primary, row, standbys) && hasEarlier(scene, row, lost)));
    };
  }

  /** How many standbys are listed; for any, how many there are. */
  private static int listed(LiveInstance primary, SynchronousStandbys standbys) {
    return standbys.names().contains("*") ? (int) standbys(primary) : standbys.names().size();
  }

  private static long standbys(LiveInstance primary) {
    return ReplicationClient.of(primary.facts().replication()).stream()
        .filter(client -> client.kind() != ReplicationClient.Kind.LOGICAL)
        .count();
  }

  /** Whether it has what was acknowledged before commits waited for it. */
  private static Optional<Finding> settled(
      LiveInstance primary, LiveInstance candidate, boolean hasEarlier) {
    return hasEarlier
        ? Optional.empty()
        : Optional.of(
            Finding.failover(Safety.UNKNOWN, new Concern.RecentlySynchronous(primary, candidate)));
  }

  private static boolean hasAll(Optional<LostWal> lost) {
    return lost.filter(it -> it.least() == 0).isPresent();
  }

  /**
   * Whether it has all that was written when a poll first showed that commits wait for it. Another
   * one of a list may have been in its place since; none can be in that of the first of them.
   */
  private static boolean hasEarlier(Scene scene, WalSender row, Optional<LostWal> lost) {
    var mark = scene.written().synchronous().of(scene.primary(), row);
    return mark.isPresent() && lost.filter(it -> it.hasUpTo(mark.get())).isPresent();
  }

  private static boolean isAmongFirst(
      LiveInstance primary, WalSender row, SynchronousStandbys standbys) {
    if (standbys.names().contains("*")) {
      return standbys(primary) <= standbys.needed();
    }
    return standbys.needed() >= standbys.names().size()
        || standbys.names().stream()
            .limit(standbys.needed())
            .anyMatch(row.applicationName()::equalsIgnoreCase);
  }

  /**
   * Roles and databases whose sessions do not wait, although the server does; empty if there are
   * none.
   */
  static Optional<Finding> overrides(LiveInstance primary) {
    return switch (primary.facts().survey()) {
      case Reading.Denied<Survey> denied -> unknown(primary, "pg_db_role_setting");
      case Reading.Seen<Survey>(var survey) ->
          switch (survey.commitOverrides()) {
            case Reading.Denied<List<CommitOverride>> denied ->
                unknown(primary, "pg_db_role_setting");
            case Reading.Seen<List<CommitOverride>>(var found) ->
                found.isEmpty()
                    ? Optional.empty()
                    : unsafe(new Concern.SomeCommitsDoNotWait(primary, found));
          };
    };
  }

  private static Optional<Finding> unsafe(Concern concern) {
    return Optional.of(Finding.failover(Safety.NO, concern));
  }

  private static Optional<Finding> unknown(LiveInstance server, String fact) {
    return Optional.of(Scene.hidden(Safety.UNKNOWN, Safety.YES, server, fact));
  }
}
