package io.pgtopo.agent.drift;

import io.pgtopo.agent.topology.LiveInstance;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A setting that a standby has lower than the server that it follows, or would follow. These are
 * written into WAL: a standby that reads there that it has too little pauses replay (14+), and
 * shuts down where it goes on.
 *
 * @param needed that of the other server
 */
public record LowParameter(String name, long value, long needed) {
  private static final List<String> NAMES =
      List.of(
          "max_connections",
          "max_worker_processes",
          "max_wal_senders",
          "max_prepared_transactions",
          "max_locks_per_transaction");

  /** Those that both servers show, in the order of PostgreSQL's documentation. */
  public static List<LowParameter> of(LiveInstance standby, LiveInstance followed) {
    return NAMES.stream().flatMap(name -> of(name, standby, followed)).toList();
  }

  private static Stream<LowParameter> of(String name, LiveInstance standby, LiveInstance followed) {
    var has = number(standby, name);
    var needs = number(followed, name);
    return has.isPresent() && needs.isPresent() && has.get() < needs.get()
        ? Stream.of(new LowParameter(name, has.get(), needs.get()))
        : Stream.empty();
  }

  /** Whether a server shows all of them. */
  public static boolean areShown(LiveInstance server) {
    return NAMES.stream().allMatch(name -> number(server, name).isPresent());
  }

  private static Optional<Long> number(LiveInstance server, String name) {
    return server.facts().survey().ifSeen().flatMap(survey -> survey.number(name));
  }
}
