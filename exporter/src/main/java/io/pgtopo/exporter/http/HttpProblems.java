package io.pgtopo.exporter.http;

import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.pgtopo.exporter.json.Json;
import io.pgtopo.exporter.view.ProblemDetail;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** Errors as RFC 9457 defines them: of handlers, and Jetty's for requests that reach none. */
final class HttpProblems extends ErrorHandler {
  private static final String CONTENT_TYPE = "application/problem+json";

  static void show(Context ctx, HttpStatus status, String detail) {
    ctx.status(status);
    ctx.contentType(CONTENT_TYPE);
    ctx.result(text(status, detail));
  }

  private static String text(HttpStatus status, String detail) {
    return Json.text(new ProblemDetail(status.getMessage(), status.getCode(), detail));
  }

  @Override
  public boolean errorPageForMethod(String method) {
    return true;
  }

  /** Does not repeat what is malformed: it may be anything. */
  @Override
  protected void generateResponse(
      Request request,
      Response response,
      int code,
      @Nullable String message,
      @Nullable Throwable cause,
      Callback callback) {
    response
        .getHeaders()
        .put("Cache-Control", "no-store")
        .put("X-Content-Type-Options", "nosniff")
        .put(HttpHeader.CONTENT_TYPE, CONTENT_TYPE);
    var text = text(HttpStatus.forStatus(code), "malformed request, or too large");
    response.write(true, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), callback);
  }
}
