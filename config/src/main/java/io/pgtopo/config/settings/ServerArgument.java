package io.pgtopo.config.settings;

import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.reading.InvalidConfigException;
import io.pgtopo.config.reading.Place;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.Problems;
import io.pgtopo.config.reading.SourceFiles;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A server that is named as for psql: {@code HOST[:PORT]}, a connection URI, or nothing, which
 * means that of {@code PGSERVICE}, {@code PGHOST} and {@code PGPORT}.
 *
 * @param environment the user's, and over it what a URI says
 */
public record ServerArgument(Endpoint endpoint, Map<String, String> environment) {
  private static final Set<String> IGNORED = Set.of("", "application_name", "connect_timeout");

  /**
   * The server that an argument names.
   *
   * @throws InvalidConfigException if it names none
   */
  public static ServerArgument of(String text, Map<String, String> environment) {
    return text.startsWith("postgresql://") || text.startsWith("postgres://")
        ? ofUri(text, environment)
        : ofAddress(text, environment);
  }

  private static ServerArgument ofAddress(String text, Map<String, String> environment) {
    var problems = new Problems();
    var client = new ClientEnvironment(new SourceFiles(problems), problems, environment);
    problems.failOnErrors();
    var name = text.isEmpty() ? client.host().orElse("localhost") : text;
    var hasPort = name.matches("\\[.*]:\\d+|[^:]+:\\d+");
    var bracketed =
        name.contains(":") && !hasPort && !name.startsWith("[") ? "[" + name + "]" : name;
    var whole = hasPort ? name : bracketed + ":" + client.port().orElse("" + Endpoint.DEFAULT_PORT);
    return new ServerArgument(
        Endpoint.parse(whole)
            .orElseThrow(
                () -> refuse(text, "HOST, HOST:PORT or a URI, with a port up to 65535", whole)),
        environment);
  }

  private static ServerArgument ofUri(String text, Map<String, String> environment) {
    try {
      var uri = new URI(text);
      var more = new HashMap<>(environment);
      var user = Optional.ofNullable(uri.getUserInfo());
      if (user.filter(it -> it.contains(":")).isPresent() || text.matches(".*[?&]password=.*")) {
        throw refuse(
            "a URI",
            "no password in an argument, which every user of the machine can see; use PGPASSWORD or"
                + " ~/.pgpass",
            "one");
      }
      user.ifPresent(name -> more.put(Setting.CONNECTION_USER.variable(), name));
      Optional.ofNullable(uri.getPath())
          .filter(path -> path.length() > 1)
          .ifPresent(path -> more.put(Setting.CONNECTION_DATABASE.variable(), path.substring(1)));
      for (var pair : Optional.ofNullable(uri.getRawQuery()).orElse("").split("&", -1)) {
        put(pair, more);
      }
      var host = uri.getHost() == null ? "" : uri.getHost();
      return ofAddress(uri.getPort() < 0 ? host : host + ":" + uri.getPort(), Map.copyOf(more));
    } catch (URISyntaxException malformed) {
      throw refuse("a URI", "a connection URI", malformed.getReason());
    }
  }

  private static void put(String pair, Map<String, String> environment) {
    var parts = (pair + "=").split("=", -1);
    var name = parts[0].toLowerCase(Locale.ROOT);
    var value = URLDecoder.decode(parts[1], StandardCharsets.UTF_8);
    var parameter = LibpqParameter.of(name);
    if (parameter.isPresent()) {
      environment.put(parameter.get().setting().variable(), value);
    } else if (name.equals("service")) {
      environment.put("PGSERVICE", value);
    } else if (!IGNORED.contains(name)) {
      throw refuse(
          "a URI", "one of dbname, service, sslcert, sslkey, sslmode, sslrootcert, user", name);
    }
  }

  private static InvalidConfigException refuse(String what, String wanted, String found) {
    var problems = new Problems();
    problems.error(Code.BAD_VALUE, new Place("argument", what, 0), wanted, found);
    return new InvalidConfigException(problems.sorted());
  }
}
