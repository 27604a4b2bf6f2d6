package io.pgtopo.exporter;

import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.pgtopo.exporter.web.Door;

/** Reads the declaration anew, for whoever has proved who it is. */
final class ReloadPage {
  private final Reload reload;
  private final Door door;

  ReloadPage(Reload reload, Door door) {
    this.reload = reload;
    this.door = door;
  }

  void ask(Context ctx) {
    Query.only(ctx);
    if (!door.isGuarded()) {
      HttpProblem.show(
          ctx,
          HttpStatus.FORBIDDEN,
          "only whoever has logged in may ask for this, and web_config has no users; SIGHUP does the"
              + " same");
      return;
    }
    // A browser sends a remembered password along with whatever another site makes it send.
    if (ctx.header("Origin") != null || "cross-site".equals(ctx.header("Sec-Fetch-Site"))) {
      HttpProblem.show(ctx, HttpStatus.FORBIDDEN, "no page of a browser may ask for this");
      return;
    }
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
