package io.pgtopo.exporter.http;

import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.pgtopo.exporter.json.Json;
import io.pgtopo.exporter.view.ProblemDetail;
import io.pgtopo.exporter.web.Rejection;

/** An error as RFC 9457 wants it. */
final class HttpProblem {
  static final String CONTENT_TYPE = "application/problem+json";

  private static final String SHOWN = HttpProblem.class.getName();

  private HttpProblem() {}

  static void show(Context ctx, HttpStatus status, String detail) {
    ctx.attribute(SHOWN, true);
    ctx.status(status);
    ctx.contentType(CONTENT_TYPE);
    ctx.result(text(status, detail));
  }

  /** Shows a problem that Javalin found, unless a better one is shown already. */
  static void showUnlessShown(Context ctx, HttpStatus status, String detail) {
    if (ctx.attribute(SHOWN) == null) {
      show(ctx, status, detail);
    }
  }

  static void refuse(Context ctx, Rejection refusal) {
    refusal.headers().forEach(ctx::header);
    show(ctx, HttpStatus.forStatus(refusal.reason().status()), refusal.detail());
  }

  static String text(HttpStatus status, String detail) {
    return Json.text(new ProblemDetail(status.getMessage(), status.getCode(), detail));
  }
}
