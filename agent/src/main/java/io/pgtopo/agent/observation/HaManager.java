package io.pgtopo.agent.observation;

import io.pgtopo.config.model.Labelled;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A program that starts, promotes and redirects the servers of a cluster by itself. Its label is an
 * API value.
 */
public enum HaManager implements Labelled {
  PATRONI("Patroni", "Patroni( .*)?"),
  REPMGR("repmgr", "repmgrd?|repmgr_slot_[0-9]+"),
  PG_AUTO_FAILOVER("pg_auto_failover", "pgautofailover_standby_[0-9]+"),
  CLOUDNATIVEPG("CloudNativePG", "cnpg[-_].*|_cnpg_.*");

  private final String product;

  /** Of its sessions, of its standbys, and of the slots that it creates for these. */
  private final Pattern names;

  HaManager(String product, String names) {
    this.product = product;
    this.names = Pattern.compile(names);
  }

  /** As it calls itself. */
  public String product() {
    return product;
  }

  /** A regular expression, of PostgreSQL too, for the names of all of them. */
  public static String pattern() {
    return Stream.of(values())
        .map(it -> it.names.pattern())
        .collect(Collectors.joining("|", "^(", ")$"));
  }

  /**
   * The one that a server shows: by its sessions, or by what it calls standbys and slots. Empty if
   * nothing shows one, which does not prove that there is none.
   */
  public static Optional<HaManager> of(ReplicationView view) {
    var sessions = view.sessions().ifSeen().stream().flatMap(it -> it.managers().stream());
    var standbys = view.walSenders().stream().map(WalSender::applicationName);
    var slots = view.slots().stream().map(ReplicationSlot::name);
    return Stream.of(sessions, standbys, slots)
        .flatMap(shown -> shown)
        .flatMap(name -> Stream.of(values()).filter(it -> it.names.matcher(name).matches()))
        .findFirst();
  }
}
