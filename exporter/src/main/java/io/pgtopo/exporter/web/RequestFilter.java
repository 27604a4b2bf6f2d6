package io.pgtopo.exporter.web;

import io.javalin.http.Context;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.IpAddress;
import io.pgtopo.config.settings.Web;
import io.pgtopo.config.settings.WebAccess;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
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
import java.util.regex.Pattern;

/** Admits or rejects each request before it is answered. Any thread may call it. */
public final class RequestFilter {
  private static final long LARGEST_BODY = 1024;
  private static final Pattern CHARSET =
      Pattern.compile("[^;]*; *charset=([^;\"' ]+)", Pattern.CASE_INSENSITIVE);
  private static final String CHALLENGE = "Basic realm=\"pgtopo\", charset=\"UTF-8\"";

  private final Endpoint listen;
  private final InstantSource clock;
  private volatile Rules rules;

  /** Those of one configuration. */
  private record Rules(
      WebAccess access, Set<String> hosts, Optional<TokenBucket> bucket, Optional<Logins> logins) {}

  public RequestFilter(Endpoint listen, Web web, InstantSource clock) {
    this.listen = listen;
    this.clock = clock;
    this.rules = rules(web);
  }

  /** Uses another configuration from now on; clients have to log in again. */
  public void use(Web web) {
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

  /** Host headers that are allowed; empty for all. */
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

  /**
   * Admits a request that changes something.
   *
   * @throws Rejection if this client may not do it, or not in this form
   */
  public void admitChange(Context ctx, Body expected) {
    if (!rules.access.isAuthenticated()) {
      throw new Rejection(
          Rejection.Kind.FORBIDDEN,
          "only authenticated clients may change something, and web_config has no users; use the"
              + " command line");
    }
    // A browser adds a remembered password to whatever another site makes it send.
    if (ctx.header("Origin") != null || "cross-site".equals(ctx.header("Sec-Fetch-Site"))) {
      throw new Rejection(Rejection.Kind.FORBIDDEN, "requests from a browser are not allowed");
    }
    // A form of a web page cannot have this type either.
    var type = Optional.ofNullable(ctx.header("Content-Type"));
    if (!type.map(RequestFilter::isJson).orElse(expected == Body.NONE)) {
      throw new Rejection(Rejection.Kind.MEDIA_TYPE, "Content-Type must be application/json");
    }
  }

  private static boolean isJson(String type) {
    return type.split(";", 2)[0].strip().equalsIgnoreCase("application/json") && isText(type);
  }

  /**
   * Whether the framework can read the text of a request of a Content-Type: with a charset that it
   * does not know it takes the query for none.
   */
  public static boolean isText(String type) {
    if (!type.toLowerCase(Locale.ROOT).contains("charset")) {
      return true;
    }
    var named = CHARSET.matcher(type);
    try {
      return named.matches() && Charset.isSupported(named.group(1));
    } catch (IllegalCharsetNameException damaged) {
      return false;
    }
  }

  /** The user who has logged in, if by name. */
  public Optional<String> user(Context ctx) {
    return rules.logins.isEmpty()
        ? Optional.empty()
        : Optional.ofNullable(ctx.header("Authorization"))
            .flatMap(Logins::basic)
            .map(credentials -> credentials.substring(0, credentials.indexOf(':')));
  }

  /** Of every response. */
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
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:;"
                    + " connect-src 'self'; frame-ancestors 'none'; base-uri 'none';"
                    + " form-action 'none'; require-trusted-types-for 'script';"
                    + " trusted-types 'none'"));
    headers.putAll(rules.access.headers());
    return headers;
  }

  /**
   * Admits a request.
   *
   * @throws Rejection if it is not answered
   */
  public void admit(Context ctx) {
    var current = rules;
    var host = ctx.header("Host");
    // Load balancers that check by HTTP/1.0 send none; no browser does that.
    if (host != null && !current.hosts.isEmpty() && !current.hosts.contains(withoutPort(host))) {
      throw new Rejection(
          Rejection.Kind.HOST, "Host header not allowed; add the name to the setting host_names");
    }
    if (ctx.header("X-HTTP-Method-Override") != null) {
      // The framework would accept it, and GET would change something.
      throw new Rejection(Rejection.Kind.METHOD, "X-HTTP-Method-Override is not allowed");
    }
    if (ctx.header("Transfer-Encoding") != null
        || ctx.req().getContentLengthLong() > LARGEST_BODY) {
      throw new Rejection(
          Rejection.Kind.BODY,
          "the body must be at most %d bytes, with a Content-Length".formatted(LARGEST_BODY),
          "Connection",
          "close");
    }
    if (current.bucket.isPresent() && !current.bucket.get().take(clock.instant())) {
      throw new Rejection(Rejection.Kind.RATE_LIMIT, "rate limit exceeded", "Retry-After", "1");
    }
    current.logins.ifPresent(logins -> login(logins, ctx));
  }

  private static String withoutPort(String host) {
    var colon = host.lastIndexOf(':');
    var isPort = colon > 0 && host.indexOf(']', colon) < 0;
    return (isPort ? host.substring(0, colon) : host).strip().toLowerCase(Locale.ROOT);
  }

  private static void login(Logins logins, Context ctx) {
    var credentials = Optional.ofNullable(ctx.header("Authorization")).flatMap(Logins::basic);
    if (credentials.isEmpty()) {
      throw unauthorized("user and password required");
    }
    try {
      switch (logins.check(credentials.get())) {
        case ACCEPTED -> {}
        case REFUSED -> throw unauthorized("wrong user or password");
        case BUSY -> throw Rejection.busy();
      }
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      throw Rejection.busy();
    }
  }

  private static Rejection unauthorized(String message) {
    return new Rejection(Rejection.Kind.UNAUTHORIZED, message, "WWW-Authenticate", CHALLENGE);
  }
}
