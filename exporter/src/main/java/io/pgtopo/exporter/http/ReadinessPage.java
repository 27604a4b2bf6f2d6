package io.pgtopo.exporter.http;

import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.pgtopo.config.reading.Problem;
import io.pgtopo.exporter.json.Json;
import io.pgtopo.exporter.runtime.LatestSnapshot;
import io.pgtopo.exporter.runtime.Reload;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Whether pgtopo knows anything of now. It is about pgtopo, not about PostgreSQL. */
final class ReadinessPage {
  /** The reasons. */
  record ReadinessReport(
      boolean ready,
      String reason,
      Instant declarationReadAt,
      Optional<Instant> reloadFailedAt,
      List<String> reloadProblems,
      Optional<Instant> lastCycleEndedAt) {}

  private ReadinessPage() {}

  static void show(Context ctx, LatestSnapshot.Look look, Reload.Outcome reload) {
    var isReady = look instanceof LatestSnapshot.Fresh;
    ctx.status(isReady ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE);
    if (ctx.queryParam("verbose") == null) {
      ctx.result(isReady ? "ok\n" : reason(look) + "\n");
      return;
    }
    ctx.contentType("application/json");
    ctx.result(
        Json.text(
            new ReadinessReport(
                isReady,
                reason(look),
                reload.succeededAt(),
                reload.failedAt(),
                reload.problems().stream().map(Problem::toString).toList(),
                look.snapshot().map(it -> it.window().to()))));
  }

  /** Why it is ready, or why not. */
  static String reason(LatestSnapshot.Look look) {
    return switch (look) {
      case LatestSnapshot.Nothing nothing -> "no cycle has ended yet";
      case LatestSnapshot.Stale stale ->
          "the last cycle ended %d seconds ago, at %s"
              .formatted(stale.age().toSeconds(), stale.endedAt());
      case LatestSnapshot.Fresh fresh -> "the last cycle ended at " + fresh.last().window().to();
    };
  }
}
