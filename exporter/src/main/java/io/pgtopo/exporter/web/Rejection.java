package io.pgtopo.exporter.web;

import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Why a request is not answered.
 *
 * @param detail for whoever asked; it repeats nothing of the request
 * @param headers of the answer
 */
public record Rejection(Reason reason, String detail, SortedMap<String, String> headers) {

  /** The reasons, each with the status that goes with it. Their labels are metric labels. */
  public enum Reason {
    /** A name that it is not called by: maybe DNS rebinding. */
    HOST(421),
    /** Another method than that of the request, by a header. */
    METHOD(405),
    /** A body where none is expected, or one that is too large. */
    BODY(413),
    /** A change that nobody may ask for here, or not from there. */
    FORBIDDEN(403),
    /** A change that is asked for in another form than JSON. */
    MEDIA_TYPE(415),
    /** More requests than the rate limit allows. */
    RATE_LIMIT(429),
    /** No user, or not with this password. */
    UNAUTHORIZED(401),
    /** More logins or renderings at once than it takes. */
    BUSY(503);

    private final int status;

    Reason(int status) {
      this.status = status;
    }

    /** Of HTTP. */
    public int status() {
      return status;
    }

    /** Lower case, stable. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Rejection {
    headers = Collections.unmodifiableSortedMap(new TreeMap<>(headers));
  }

  static Rejection of(Reason reason, String detail) {
    return new Rejection(reason, detail, Collections.emptySortedMap());
  }

  static Rejection of(Reason reason, String detail, String header, String value) {
    return new Rejection(reason, detail, new TreeMap<>(Map.of(header, value)));
  }

  /** Too much at once; the same question may be answered soon. */
  public static Rejection busy() {
    return of(Reason.BUSY, "too many ask at once; try again", "Retry-After", "1");
  }
}
