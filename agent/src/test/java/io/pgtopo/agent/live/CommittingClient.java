package io.pgtopo.agent.live;

import io.pgtopo.agent.observation.Lsn;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/** It commits row by row until its server is gone. */
final class CommittingClient {
  final CompletableFuture<Void> ended;
  volatile int acknowledged;

  /** Where the primary had written to as the last of these was on its way. */
  volatile Lsn last = Lsn.parse("0/0");

  CommittingClient(String url) {
    // The common pool may have one thread, which others need.
    ended = CompletableFuture.runAsync(() -> write(url), Thread::startVirtualThread);
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // One thread writes.
  private void write(String url) {
    try (var connection = DriverManager.getConnection(url);
        var insert =
            connection.prepareStatement(
                "INSERT INTO acknowledged VALUES (?, repeat('x', 100))"
                    + " RETURNING pg_current_wal_insert_lsn()")) {
      while (true) {
        insert.setInt(1, acknowledged);
        try (var rows = insert.executeQuery()) {
          rows.next();
          last = Lsn.parse(Objects.requireNonNull(rows.getString(1)));
          acknowledged++;
        }
      }
    } catch (SQLException gone) {
      // The end of its work.
    }
  }
}
