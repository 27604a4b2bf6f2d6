package io.pgtopo.agent.words;

import io.pgtopo.agent.advice.Advice;
import java.util.Optional;

/** Advice that goes through the manager of a cluster, in English. */
final class ManagerAdvice {
  private static final String GIVEN_UP = "; or give up its guarantee of no loss: ";

  private ManagerAdvice() {}

  static String of(Advice.Configure advice) {
    var subject = advice.subject().toString();
    var settings = String.join(", ", advice.settings());
    var how = ManagerText.configuration(advice);
    return switch (advice.kind()) {
      case COMMITS_BLOCKED ->
          "bring a synchronous standby of %s back".formatted(subject) + GIVEN_UP + how;
      case SYNC_STANDBY_MISSING ->
          "bring the missing standby of %s back".formatted(subject) + GIVEN_UP + how;
      case UPSTREAM_MISMATCH ->
          "to keep it, declare the upstream that %s has as its pg_upstream; otherwise change it: %s"
              .formatted(subject, how);
      case ORPHANED_REPLICA ->
          "repair the standby that %s is cut off with; to give it another upstream meanwhile: %s"
              .formatted(subject, how);
      case REPLICATION_LOOP -> "find the primary first; then let these standbys follow it: " + how;
      case DELAY_MISMATCH ->
          "declare the pg_delay that %s has, or change %s: %s".formatted(subject, settings, how);
      case TIMELINE_BEHIND ->
          "set %s of %s to latest, and restart it: %s".formatted(settings, subject, how);
      case PRIMARY_READ_ONLY ->
          "find out why %s is set on %s; only if it is no longer needed, reset it: %s"
              .formatted(settings, subject, how);
      case PARAMETERS_TOO_LOW ->
          "raise %s of %s to that of its primary, and restart it: %s"
              .formatted(settings, subject, how);
      case STANDBY_SLOT_MISSING ->
          "correct %s, or declare the slot that its standby uses: %s".formatted(settings, how);
      default ->
          "set %s of %s, whose log says what is missing, perhaps a dbname in primary_conninfo: %s"
              .formatted(settings, subject, how);
    };
  }

  /**
   * @param leader by its name
   */
  static String of(Advice.Renew advice, String leader) {
    var name = advice.instance().name();
    var how = ManagerText.rebuild(Optional.of(advice.manager()), name, leader);
    return switch (advice.kind()) {
      case TIMELINE_FORK ->
          "copy the data directory of %s, since its WAL past the fork is nowhere else; then %s"
              .formatted(name, how);
      case DIVERGED ->
          "take %s out of read traffic and copy its data directory; decide whose WAL is right; only if it is that of %s: %s"
              .formatted(name, leader, how);
      default ->
          "check the address of %s; declare a cluster of its own so; after an upgrade rebuild its replicas instead; only if its data are not needed: %s"
              .formatted(name, how);
    };
  }
}
