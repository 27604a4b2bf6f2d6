package io.pgtopo.agent.observation;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A fact that every role may read by default, and that a server can refuse: its privilege was
 * revoked from PUBLIC. It alone is then unknown.
 */
public enum RefusableFact {
  SYSTEM_IDENTIFIER(
      "which servers are copies of one cluster, where no link has proved it since they started",
      "pg_control_system()"),
  CHECKPOINT_TIMELINE("the timeline of a standby that does not stream", "pg_control_checkpoint()"),
  RECOVERY_TIMELINE("the same after a promotion", "pg_control_recovery()"),
  ARCHIVER("whether archiving fails", "pg_stat_archiver", "pg_stat_get_archiver()"),
  LAST_COMMIT("the last commit of each of several primaries", "pg_last_committed_xact()"),
  ACTIVITY(
      "commits that wait for a standby, what replay waits for, crashes, client sessions and the HA manager",
      "pg_stat_activity",
      "pg_stat_get_activity(integer)"),
  WAL_RECEIVER(
      "the downstream end of each link", "pg_stat_wal_receiver", "pg_stat_get_wal_receiver()"),
  WAL_SENDERS(
      "the upstream end of each link, and whether a synchronous standby is missing",
      "pg_stat_replication",
      "pg_stat_get_wal_senders()",
      "pg_stat_get_activity(integer)"),
  SLOTS("all drift of slots", "pg_replication_slots", "pg_get_replication_slots()"),
  SETTINGS(
      "settings, and all drift that depends on them",
      "pg_settings",
      "pg_show_all_settings()",
      "pg_db_role_setting"),
  DATABASES("databases, their contents, and all drift of them", "pg_database"),
  ROLES("roles, and all drift of them", "pg_roles", "pg_auth_members"),
  // Never the table itself, of which every role may read most columns: a privilege for all of it
  // would show the passwords in subconninfo.
  SUBSCRIPTIONS(
      "subscriptions, and all drift of them",
      "pg_stat_subscription",
      "pg_stat_get_subscription(oid)");

  private static final String HIDDEN = "hidden by a REVOKE: ";
  private static final String ROLE = "the monitoring role";

  private final String lost;

  @SuppressWarnings("ImmutableEnumChecker") // A list that was copied.
  private final List<String> objects;

  RefusableFact(String lost, String... objects) {
    this.lost = lost;
    this.objects = List.of(objects);
  }

  /** What is unknown without it. */
  public String lost() {
    return lost;
  }

  /** The views and functions that it is read from, each with a privilege of its own. */
  public List<String> objects() {
    return objects;
  }

  /**
   * The fact, unless it is refused.
   *
   * @param refused why each fact is hidden that is
   */
  public <T> Reading<T> read(Map<RefusableFact, String> refused, Supplier<T> value) {
    var reason = refused.get(this);
    return reason == null ? Reading.seen(value.get()) : Reading.denied(reason);
  }

  /** What is unknown without a view or a function. */
  public static String lostWithout(String object) {
    return Stream.of(values())
        .filter(fact -> fact.objects.contains(object))
        .map(RefusableFact::lost)
        .collect(Collectors.joining("; "));
  }

  /** The privilege for a view or a function. */
  public static String privilege(String object) {
    return (object.contains("(") ? "EXECUTE ON FUNCTION " : "SELECT ON ") + object;
  }

  /** Why it is hidden, if these objects are refused. */
  public static String reason(List<String> refused) {
    return refused.stream()
        .map(object -> grant(object, ROLE))
        .collect(Collectors.joining("; ", HIDDEN, ""));
  }

  /** The objects that are refused; none for another reason. */
  public static List<String> refused(String reason) {
    return Stream.of(values())
        .flatMap(fact -> fact.objects.stream())
        .distinct()
        .filter(object -> reason.startsWith(HIDDEN) && reason.contains(grant(object, ROLE)))
        .toList();
  }

  /** The statement that ends a refusal. */
  public static String grant(String object, String role) {
    return "GRANT %s TO %s".formatted(privilege(object), role);
  }
}
