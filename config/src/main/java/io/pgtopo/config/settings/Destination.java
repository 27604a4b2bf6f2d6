package io.pgtopo.config.settings;

import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.reading.Addresses;
import io.pgtopo.config.reading.InvalidConfigException;
import io.pgtopo.config.reading.Problem;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.Problems;
import io.pgtopo.config.reading.SourceFiles;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A server that the user names as psql's users do: {@code HOST[:PORT]}, a connection URI, or
 * nothing, where {@code PGSERVICE}, {@code PGHOST} and {@code PGPORT} say it.
 *
 * @param environment the user's, with what a URI says above all else
 */
public record Destination(Endpoint endpoint, Map<String, String> environment) {
  private static final String DEFAULT_PORT = "5432";
  private static final Map<String, SettingKey> URI_KEYS =
      Map.of(
          "user", SettingKey.CONNECTION_USER,
          "dbname", SettingKey.CONNECTION_DATABASE,
          "sslmode", SettingKey.CONNECTION_SSLMODE,
          "sslrootcert", SettingKey.CONNECTION_SSLROOTCERT,
          "sslcert", SettingKey.CONNECTION_SSLCERT,
          "sslkey", SettingKey.CONNECTION_SSLKEY);

  /**
   * The server that a text names.
   *
   * @throws InvalidConfigException if it names none
   */
  public static Destination of(String text, Map<String, String> environment) {
    return text.startsWith("postgresql://") || text.startsWith("postgres://")
        ? ofUri(text, environment)
        : ofAddress(text, environment);
  }

  private static Destination ofAddress(String text, Map<String, String> environment) {
    var problems = new Problems();
    var client = new ClientEnvironment(new SourceFiles(problems), problems, environment);
    failIfAny(problems);
    var name = text.isEmpty() ? client.host().orElse("localhost") : text;
    var hasPort = name.matches("\\[.*]:\\d+|[^:]+:\\d+");
    var bracketed =
        name.contains(":") && !hasPort && !name.startsWith("[") ? "[" + name + "]" : name;
    var whole = hasPort ? name : bracketed + ":" + client.port().orElse(DEFAULT_PORT);
    return new Destination(
        Addresses.parse(whole).orElseThrow(() -> refuse(text, "HOST, HOST:PORT or a URI", whole)),
        environment);
  }

  private static Destination ofUri(String text, Map<String, String> environment) {
    try {
      var uri = new URI(text);
      var more = new HashMap<>(environment);
      var user = Optional.ofNullable(uri.getUserInfo());
      if (user.filter(it -> it.contains(":")).isPresent() || text.matches(".*[?&]password=.*")) {
        throw refuse(
            "a URI",
            "no password in an argument, which every user of the machine can see; PGPASSWORD and"
                + " ~/.pgpass are for that",
            "one");
      }
      user.ifPresent(name -> more.put(SettingKey.CONNECTION_USER.variable(), name));
      Optional.ofNullable(uri.getPath())
          .filter(path -> path.length() > 1)
          .ifPresent(
              path -> more.put(SettingKey.CONNECTION_DATABASE.variable(), path.substring(1)));
      parameters(uri).forEach((key, value) -> put(key, value, more));
      var host = uri.getHost() == null ? "" : uri.getHost();
      return ofAddress(uri.getPort() < 0 ? host : host + ":" + uri.getPort(), Map.copyOf(more));
    } catch (URISyntaxException malformed) {
      throw refuse("a URI", "a connection URI", malformed.getReason());
    }
  }

  private static Map<String, String> parameters(URI uri) {
    var parameters = new HashMap<String, String>();
    for (var pair : Optional.ofNullable(uri.getRawQuery()).orElse("").split("&", -1)) {
      if (!pair.isEmpty()) {
        var parts = pair.split("=", 2);
        var value = parts.length > 1 ? parts[1] : "";
        parameters.put(
            parts[0].toLowerCase(Locale.ROOT), URLDecoder.decode(value, StandardCharsets.UTF_8));
      }
    }
    return parameters;
  }

  private static void put(String name, String value, Map<String, String> environment) {
    var key = URI_KEYS.get(name);
    if (key != null) {
      environment.put(key.variable(), value);
    } else if (name.equals("service")) {
      environment.put("PGSERVICE", value);
    } else if (!name.equals("application_name") && !name.equals("connect_timeout")) {
      throw refuse(
          "a URI", "one of dbname, service, sslcert, sslkey, sslmode, sslrootcert, user", name);
    }
  }

  private static void failIfAny(Problems problems) {
    if (problems.hasErrors()) {
      throw new InvalidConfigException(problems.sorted());
    }
  }

  private static InvalidConfigException refuse(String what, String wanted, String found) {
    return new InvalidConfigException(
        List.of(
            new Problem(
                Code.BAD_VALUE,
                Problem.Severity.ERROR,
                "argument",
                what,
                0,
                "wanted " + wanted + ". Found: " + found)));
  }
}
