package io.pgtopo.exporter;

import io.javalin.http.Context;
import io.javalin.http.HttpStatus;

/** An error as RFC 9457 wants it. */
final class HttpProblem {
  private HttpProblem() {}

  static void show(Context ctx, HttpStatus status, String detail) {
    ctx.status(status);
    ctx.contentType("application/problem+json");
    ctx.result(
        new JsonObject()
            .with("title", status.getMessage())
            .with("status", status.getCode())
            .with("detail", detail)
            .text());
  }
}
