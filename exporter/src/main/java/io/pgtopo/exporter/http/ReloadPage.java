package io.pgtopo.exporter.http;

import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.pgtopo.exporter.json.JsonObject;
import io.pgtopo.exporter.runtime.Reload;

/** Reads the declaration anew, for whoever may change something. */
final class ReloadPage {
  private final Reload reload;

  ReloadPage(Reload reload) {
    this.reload = reload;
  }

  void ask(Context ctx) {
    Query.only(ctx);
    reload.ask();
    ctx.status(HttpStatus.ACCEPTED);
    ctx.contentType("application/json");
    ctx.result(
        new JsonObject()
            .with("asked", true)
            .with("declarationReadAt", reload.last().succeededAt().toString())
            .text());
  }
}
