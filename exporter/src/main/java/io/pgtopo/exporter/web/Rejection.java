package io.pgtopo.exporter.web;

import io.javalin.http.HttpResponseException;
import java.util.Locale;
import java.util.Map;

/** Why a request is rejected. Its message is sent, and repeats nothing of the request. */
public final class Rejection extends HttpResponseException {
  private static final long serialVersionUID = 1;

  /** The reasons, each with its HTTP status. Their labels are metric labels. */
  public enum Reason {
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

    Reason(int status) {
      this.status = status;
    }

    /** Lower case, stable. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Reason reason;

  Rejection(Reason reason, String message) {
    this(reason, message, Map.of());
  }

  Rejection(Reason reason, String message, String header, String value) {
    this(reason, message, Map.of(header, value));
  }

  private Rejection(Reason reason, String message, Map<String, String> headers) {
    super(reason.status, message, headers);
    this.reason = reason;
  }

  /** The same request may succeed soon. */
  public static Rejection busy() {
    return new Rejection(Reason.BUSY, "too many requests at once; try again", "Retry-After", "1");
  }

  public Reason reason() {
    return reason;
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
