package io.pgtopo.agent.postgres;

import io.pgtopo.agent.observation.HostPort;
import io.pgtopo.agent.observation.Reading;
import io.pgtopo.config.model.Endpoint;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a libpq connection string that hold no secret, in its keyword or its URI form. All
 * others, passwords first, are dropped while parsing.
 */
record Conninfo(Map<String, String> values) {
  private static final Set<String> WITHOUT_SECRET =
      Set.of("host", "hostaddr", "port", "dbname", "application_name", "fallback_application_name");
  private static final Pattern KEYWORD =
      Pattern.compile("(\\w+)\\s*=\\s*(?:'((?:[^'\\\\]|\\\\.)*)'|((?:[^\\s'\\\\]|\\\\.)*))");

  /** The walreceiver sets the one, and the other has a default. */
  private static final List<String> ALL_OPTIONS =
      List.of(" fallback_application_name=", " target_session_attrs=");

  private static final Pattern UNQUOTED =
      Pattern.compile("(\\w+)=(.*?)(?= \\w+=|$)", Pattern.DOTALL);
  private static final Pattern ESCAPED = Pattern.compile("\\\\(.)");
  private static final Pattern URI =
      Pattern.compile("postgres(?:ql)?://(?:[^@/]*@)?([^/?]*)(?:/([^?]*))?(?:\\?(.*))?");

  /** A list of hosts, in keywords or in a URI. */
  private static final Pattern HOSTS =
      Pattern.compile("\\bhost(addr)?\\s*=\\s*('[^']*,|[^\\s',]*,)|://[^/?]*,");

  /**
   * Where a standby with this {@code primary_conninfo} connects to: empty if it is unset, denied if
   * it is set and does not say.
   */
  static Reading<Optional<HostPort>> upstream(String text) {
    if (text.isBlank()) {
      return Reading.seen(Optional.empty());
    }
    if (HOSTS.matcher(text).find()) {
      return Reading.denied("primary_conninfo names several hosts, and not which one is in use");
    }
    var conninfo = parse(text);
    return conninfo
        .address()
        .map(address -> Reading.seen(Optional.of(address)))
        .orElseGet(
            () ->
                Reading.denied(
                    conninfo.values.containsKey("host")
                        ? "primary_conninfo names a Unix socket, and no address"
                        : "primary_conninfo names no host: defaults of libpq or a service decide"));
  }

  static Conninfo parse(String text) {
    var uri = URI.matcher(text.strip());
    return new Conninfo(
        uri.matches() ? ofUri(uri.group(1), uri.group(2), uri.group(3)) : ofKeywords(text));
  }

  /**
   * As {@code pg_stat_wal_receiver} has it: all options of libpq with nothing quoted, or, when the
   * walreceiver went on with another timeline, {@code primary_conninfo} as it is set.
   */
  static Conninfo ofWalReceiver(String text) {
    return ALL_OPTIONS.stream().allMatch(text::contains) ? unquoted(text) : parse(text);
  }

  private static Conninfo unquoted(String text) {
    var values = new HashMap<String, String>();
    var matcher = UNQUOTED.matcher(text);
    while (matcher.find()) {
      put(values, matcher.group(1), matcher.group(2));
    }
    return new Conninfo(values);
  }

  private static Map<String, String> ofKeywords(String text) {
    var values = new HashMap<String, String>();
    var matcher = KEYWORD.matcher(text);
    while (matcher.find()) {
      var value = matcher.group(2) == null ? matcher.group(3) : matcher.group(2);
      put(values, matcher.group(1), ESCAPED.matcher(value).replaceAll("$1"));
    }
    return values;
  }

  private static Map<String, String> ofUri(
      String authority, @Nullable String database, @Nullable String query) {
    var values = new HashMap<String, String>();
    put(values, "dbname", database == null ? "" : database);
    var first = authority.split(",", 2)[0];
    var colon = first.lastIndexOf(':');
    var hasPort = colon >= 0 && first.indexOf(']') < colon;
    put(
        values,
        "host",
        decoded((hasPort ? first.substring(0, colon) : first).replaceAll("[\\[\\]]", "")));
    if (hasPort) {
      put(values, "port", first.substring(colon + 1));
    }
    if (query != null) {
      for (var parameter : query.split("&", -1)) {
        var parts = parameter.split("=", 2);
        if (parts.length == 2) {
          put(values, parts[0], decoded(parts[1]));
        }
      }
    }
    return values;
  }

  /** Without the escapes of a URI, of which a plus is none; as it is if they are none. */
  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException malformed) {
      return text;
    }
  }

  private static void put(Map<String, String> values, String key, String value) {
    if (WITHOUT_SECRET.contains(key) && !value.isEmpty()) {
      values.put(key, value);
    }
  }

  /** The first host of the list and its port; empty if there is none, or it is a Unix socket. */
  Optional<HostPort> address() {
    return first("hostaddr")
        .or(() -> first("host"))
        .filter(host -> !host.startsWith("/") && !host.startsWith("@"))
        .map(host -> new HostPort(host, port()));
  }

  /** Whether it names a database. */
  boolean namesDatabase() {
    return values.containsKey("dbname");
  }

  /** The application name that the server shows; empty if none is set. */
  String applicationName() {
    return values.getOrDefault(
        "application_name", values.getOrDefault("fallback_application_name", ""));
  }

  private Optional<String> first(String key) {
    return Optional.ofNullable(values.get(key)).map(list -> list.split(",", 2)[0]);
  }

  private int port() {
    return first("port")
        .filter(text -> text.matches("\\d{1,5}"))
        .map(Integer::parseInt)
        .orElse(Endpoint.DEFAULT_PORT);
  }
}
