package io.pgtopo.exporter.web;

import io.javalin.http.Context;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.IpAddress;
import io.pgtopo.config.settings.Web;
import io.pgtopo.config.settings.WebAccess;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Judges every request before it is answered. Any thread may ask. */
public final class RequestFilter {
  private static final long LARGEST_BODY = 1024;
  private static final String CHALLENGE = "Basic realm=\"pgtopo\", charset=\"UTF-8\"";

  private final Endpoint listen;
  private final InstantSource clock;
  private volatile Rules rules;

  /** What one configuration makes of requests. */
  private record Rules(
      WebAccess access, Set<String> hosts, Optional<TokenBucket> bucket, Optional<Logins> logins) {}

  /** A door of what listens there. */
  public RequestFilter(Endpoint listen, Web web, InstantSource clock) {
    this.listen = listen;
    this.clock = clock;
    this.rules = rules(web);
  }

  /** Another configuration is in force from now on; whoever was logged in is asked again. */
  public void take(Web web) {
    rules = rules(web);
  }

  private Rules rules(Web web) {
    var access = web.access();
    return new Rules(
        access,
        hosts(web.hostNames()),
        access.rateLimit().map(limit -> new TokenBucket(limit, clock.instant())),
        access.users().isEmpty()
            ? Optional.<Logins>empty()
            : Optional.of(new Logins(access.users())));
  }

  /** What it may be called; empty for anything. */
  private Set<String> hosts(List<String> names) {
    if (!IpAddress.isLoopback(listen.host()) && names.isEmpty()) {
      return Collections.emptySet();
    }
    var hosts = new TreeSet<>(names);
    hosts.addAll(List.of("localhost", "127.0.0.1", "[::1]"));
    hosts.add(listen.host().toLowerCase(Locale.ROOT));
    return hosts;
  }

  /** What the body of a request that changes something has to be. */
  public enum Body {
    NONE,
    JSON
  }

  /** Why a request that was let in may not change anything; empty if it may. */
  public Optional<Rejection> judgeChange(Context ctx, Body wanted) {
    if (!rules.access.isAuthenticated()) {
      return Optional.of(
          Rejection.of(
              Rejection.Reason.FORBIDDEN,
              "only whoever has logged in may ask for this, and web_config has no users; the command"
                  + " line can do the same"));
    }
    // A browser sends a remembered password along with whatever another site makes it send.
    if (ctx.header("Origin") != null || "cross-site".equals(ctx.header("Sec-Fetch-Site"))) {
      return Optional.of(
          Rejection.of(Rejection.Reason.FORBIDDEN, "no page of a browser may ask for this"));
    }
    // Neither can a form of a page be of this type.
    var type = Optional.ofNullable(ctx.header("Content-Type"));
    var isJson = type.map(RequestFilter::isJson).orElse(wanted == Body.NONE);
    return isJson
        ? Optional.empty()
        : Optional.of(
            Rejection.of(Rejection.Reason.MEDIA_TYPE, "Content-Type: application/json is wanted"));
  }

  private static boolean isJson(String type) {
    return type.split(";", 2)[0].strip().equalsIgnoreCase("application/json");
  }

  /** Who has logged in, if it was by a name. */
  public Optional<String> user(Context ctx) {
    return rules.logins.isEmpty()
        ? Optional.empty()
        : Optional.ofNullable(ctx.header("Authorization"))
            .flatMap(Logins::basic)
            .map(credentials -> credentials.substring(0, credentials.indexOf(':')));
  }

  /** What every answer carries. */
  public SortedMap<String, String> headers() {
    var headers = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
    headers.putAll(
        Map.of(
            "Cache-Control", "no-store",
            "X-Content-Type-Options", "nosniff",
            "X-Frame-Options", "deny",
            "Referrer-Policy", "no-referrer",
            "Cross-Origin-Resource-Policy", "same-origin",
            "Content-Security-Policy",
                "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none';"
                    + " base-uri 'none'; form-action 'none'"));
    headers.putAll(rules.access.headers());
    return headers;
  }

  /** Why a request is not answered; empty if it is. */
  public Optional<Rejection> judge(Context ctx) {
    var current = rules;
    if (!isCalledSo(current.hosts, ctx.header("Host"))) {
      return Optional.of(
          Rejection.of(
              Rejection.Reason.HOST,
              "pgtopo is not called so here; the setting host_names may allow it"));
    }
    if (ctx.header("X-HTTP-Method-Override") != null) {
      // The framework would believe it, and GET would change something.
      return Optional.of(
          Rejection.of(Rejection.Reason.METHOD, "the method of a request is in its first line"));
    }
    if (ctx.header("Transfer-Encoding") != null || contentLength(ctx) > LARGEST_BODY) {
      return Optional.of(
          Rejection.of(
              Rejection.Reason.BODY, "no body is wanted, or a short one", "Connection", "close"));
    }
    if (current.bucket.isPresent() && !current.bucket.get().take(clock.instant())) {
      return Optional.of(
          Rejection.of(
              Rejection.Reason.RATE_LIMIT, "the rate limit is reached", "Retry-After", "1"));
    }
    return current.logins.flatMap(logins -> login(logins, ctx));
  }

  private static boolean isCalledSo(
      Set<String> hosts, @org.jspecify.annotations.Nullable String header) {
    // Load balancers that check by HTTP/1.0 send none; no browser does that.
    return hosts.isEmpty() || header == null || hosts.contains(withoutPort(header));
  }

  private static String withoutPort(String host) {
    var colon = host.lastIndexOf(':');
    var isPort = colon > 0 && host.indexOf(']', colon) < 0;
    return (isPort ? host.substring(0, colon) : host).strip().toLowerCase(Locale.ROOT);
  }

  private static long contentLength(Context ctx) {
    return ctx.req().getContentLengthLong();
  }

  private static Optional<Rejection> login(Logins logins, Context ctx) {
    var outcome =
        Optional.ofNullable(ctx.header("Authorization"))
            .flatMap(Logins::basic)
            .map(credentials -> check(logins, credentials));
    if (outcome.isEmpty()) {
      return Optional.of(
          Rejection.of(
              Rejection.Reason.UNAUTHORIZED,
              "a user and a password are wanted",
              "WWW-Authenticate",
              CHALLENGE));
    }
    return switch (outcome.get()) {
      case ACCEPTED -> Optional.empty();
      case BUSY -> Optional.of(Rejection.busy());
      case REFUSED ->
          Optional.of(
              Rejection.of(
                  Rejection.Reason.UNAUTHORIZED,
                  "no user has this name and this password",
                  "WWW-Authenticate",
                  CHALLENGE));
    };
  }

  private static Logins.Outcome check(Logins logins, String credentials) {
    try {
      return logins.check(credentials);
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      return Logins.Outcome.BUSY;
    }
  }
}
