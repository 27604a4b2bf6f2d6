package io.pgtopo.exporter.http;

import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.pgtopo.exporter.json.Json;
import io.pgtopo.exporter.runtime.Reload;
import java.time.Instant;

/** Reads the declaration anew, for whoever may change something. */
final class ReloadPage {
  /** That a reload is requested, and when settings and inventory were last read. */
  record ReloadReport(boolean requested, Instant declarationReadAt) {}

  private final Reload reload;

  ReloadPage(Reload reload) {
    this.reload = reload;
  }

  void ask(Context ctx) {
    Query.only(ctx);
    reload.ask();
    ctx.status(HttpStatus.ACCEPTED);
    ctx.contentType("application/json");
    ctx.result(Json.text(new ReloadReport(true, reload.last().succeededAt())));
  }
}
