package io.pgtopo.exporter.http;

import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.pgtopo.exporter.json.Json;
import io.pgtopo.exporter.view.ProblemDetail;

/** An error as RFC 9457 wants it. */
final class HttpProblem {
  static final String CONTENT_TYPE = "application/problem+json";

  private HttpProblem() {}

  static void show(Context ctx, HttpStatus status, String detail) {
    ctx.status(status);
    ctx.contentType(CONTENT_TYPE);
    ctx.result(text(status, detail));
  }

  static String text(HttpStatus status, String detail) {
    return Json.text(new ProblemDetail(status.getMessage(), status.getCode(), detail));
  }
}
