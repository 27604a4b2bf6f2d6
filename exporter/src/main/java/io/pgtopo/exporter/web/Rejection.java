package io.pgtopo.exporter.web;

import io.javalin.http.HttpResponseException;
import io.pgtopo.config.model.Labelled;
import java.util.Map;

/** Why a request is rejected. Its message is sent, and repeats nothing of the request. */
public final class Rejection extends HttpResponseException {
  private static final long serialVersionUID = 1;

  /** The kinds, each with its HTTP status. Their labels are metric labels. */
  public enum Kind implements Labelled {
    /** A Host header that is not allowed: maybe DNS rebinding. */
    HOST(421),
    /** Another method than that of the request, by a header. */
    METHOD(405),
    /** A body where none is expected, or one that is too large. */
    BODY(413),
    /** A change that this client may not request. */
    FORBIDDEN(403),
    /** A change whose body is not JSON. */
    MEDIA_TYPE(415),
    /** More requests than the rate limit allows. */
    RATE_LIMIT(429),
    /** No user, or a wrong password. */
    UNAUTHORIZED(401),
    /** More logins or renderings at once than are processed. */
    BUSY(503);

    private final int status;

    Kind(int status) {
      this.status = status;
    }
  }

  private final Kind kind;

  Rejection(Kind kind, String message) {
    this(kind, message, Map.of());
  }

  Rejection(Kind kind, String message, String header, String value) {
    this(kind, message, Map.of(header, value));
  }

  private Rejection(Kind kind, String message, Map<String, String> headers) {
    super(kind.status, message, headers);
    this.kind = kind;
  }

  /** The same request may succeed soon. */
  public static Rejection busy() {
    return new Rejection(Kind.BUSY, "too many requests at once; try again", "Retry-After", "1");
  }

  public Kind kind() {
    return kind;
  }

  /** Of the response. */
  public Map<String, String> headers() {
    return getDetails();
  }

  /** Rejections are many and expected: none needs a stack trace. */
  @Override
  public Throwable fillInStackTrace() {
    return this;
  }
}
