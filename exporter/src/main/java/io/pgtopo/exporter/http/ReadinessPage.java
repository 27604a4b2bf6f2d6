package io.pgtopo.exporter.http;

import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.pgtopo.agent.Snapshot;
import io.pgtopo.config.reading.Problem;
import io.pgtopo.exporter.json.Json;
import io.pgtopo.exporter.runtime.LatestSnapshot;
import io.pgtopo.exporter.runtime.Reload;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The readiness probe: whether there is a fresh snapshot, whatever it says of PostgreSQL, of an
 * agent that was not too slow to poll anything.
 */
final class ReadinessPage {
  /** The reasons. */
  record ReadinessReport(
      boolean ready,
      String reason,
      Instant declarationReadAt,
      Optional<Instant> reloadFailedAt,
      List<String> reloadProblems,
      List<String> notWatched,
      Optional<Instant> lastCycleEndedAt) {}

  private ReadinessPage() {}

  /**
   * Of an agent that was too slow to poll any server, nothing is known that is worth asking for.
   */
  private static boolean hasPolled(Snapshot last) {
    return last.missed() == 0 || last.missed() < last.observations().size();
  }

  static void show(Context ctx, LatestSnapshot.Current current, Reload.Outcome reload) {
    var isReady = current.fresh().filter(ReadinessPage::hasPolled).isPresent();
    ctx.status(isReady ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE);
    if (!Query.has(ctx, "verbose")) {
      ctx.result(isReady ? "ok\n" : current.status() + "\n");
      return;
    }
    ctx.contentType("application/json");
    ctx.result(
        Json.text(
            new ReadinessReport(
                isReady,
                current.status(),
                reload.succeededAt(),
                reload.failedAt(),
                reload.problems().stream().map(Problem::toString).toList(),
                reload.notWatched(),
                current.last().map(it -> it.window().to()))));
  }
}
