package io.pgtopo.config.settings;

import io.pgtopo.config.model.Secret;
import io.pgtopo.config.reading.Durations;
import io.pgtopo.config.reading.Expected;
import io.pgtopo.config.reading.Located;
import io.pgtopo.config.reading.Place;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.Problems;
import io.pgtopo.config.reading.SourceFiles;
import io.pgtopo.config.reading.Suggestion;
import io.pgtopo.config.reading.Value;
import io.pgtopo.config.reading.ValueKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Reads the web configuration file of Prometheus' exporter-toolkit. */
final class WebReader {
  static final List<String> HEADERS =
      List.of(
          "Content-Security-Policy",
          "Strict-Transport-Security",
          "X-Content-Type-Options",
          "X-Frame-Options",
          "X-XSS-Protection");

  private static final Pattern HEADER_VALUE = Pattern.compile("[\\x20-\\x7e\\t]*");
  private static final Pattern BCRYPT =
      Pattern.compile("\\$2[aby]?\\$(?<cost>[0-9]{2})\\$[./A-Za-z0-9]{53}");
  private static final int LEAST_COST = 4;

  /** Above this, one login takes longer than a minute. */
  private static final int HIGHEST_COST = 18;

  private static final int MOST_USERS = 1000;
  private static final int LARGEST_BURST = 1_000_000;

  private final SourceFiles sources;
  private final Problems problems;
  private final Expected expected;

  WebReader(SourceFiles sources, Problems problems) {
    this.sources = sources;
    this.problems = problems;
    this.expected = new Expected(problems);
  }

  WebAccess read(Path file) {
    var root = sources.yaml(file).filter(found -> !(found.value() instanceof Value.Null));
    if (root.isEmpty() || expected.map(root.get(), "a map of web settings").isEmpty()) {
      return WebAccess.OPEN;
    }
    onlyKnown(
        root.get(),
        List.of("tls_server_config", "http_server_config", "basic_auth_users", "rate_limit"));
    return new WebAccess(
        section(root.get(), "tls_server_config")
            .flatMap(found -> new TlsReader(sources, problems, file).read(found)),
        section(root.get(), "http_server_config").map(this::http).orElseGet(TreeMap::new),
        section(root.get(), "basic_auth_users").map(this::users).orElseGet(TreeMap::new),
        section(root.get(), "rate_limit").flatMap(this::rateLimit));
  }

  private Optional<Located> section(Located root, String key) {
    return root.find(key).flatMap(found -> expected.map(found, "a map"));
  }

  private SortedMap<String, String> http(Located section) {
    onlyKnown(section, List.of("http2", "headers"));
    section.find("http2").ifPresent(expected::bool);
    return section(section, "headers").map(this::headers).orElseGet(TreeMap::new);
  }

  private SortedMap<String, String> headers(Located section) {
    onlyKnown(section, HEADERS);
    var headers = new TreeMap<String, String>();
    for (var name : HEADERS) {
      section
          .find(name)
          .flatMap(found -> header(name, found))
          .filter(text -> !text.isBlank())
          .ifPresent(text -> headers.put(name, text));
    }
    return headers;
  }

  private Optional<String> header(String name, Located found) {
    var text = expected.text(found, "the value of a header");
    if (text.isPresent() && !isAllowed(name, text.get())) {
      refuse(found, "a value that the header " + name + " may have");
      return Optional.empty();
    }
    return text;
  }

  private static boolean isAllowed(String name, String value) {
    var word = value.strip().toLowerCase(Locale.ROOT);
    return HEADER_VALUE.matcher(value).matches()
        && switch (name) {
          case "X-Content-Type-Options" -> word.isEmpty() || word.equals("nosniff");
          case "X-Frame-Options" -> List.of("", "deny", "sameorigin").contains(word);
          default -> true;
        };
  }

  private SortedMap<String, Secret> users(Located section) {
    var users = new TreeMap<String, Secret>();
    if (!(section.value() instanceof Value.Fields map)) {
      return users;
    }
    if (map.fields().size() > MOST_USERS) {
      problems.error(
          Code.BAD_VALUE,
          section.place(),
          "wanted at most " + MOST_USERS + " users. Found: " + map.fields().size());
      return users;
    }
    map.fields()
        .forEach(
            (name, field) -> {
              var place = section.place().child(name, field.line());
              if (field.value() instanceof Value.Text hash && isBcrypt(hash.value())) {
                users.put(name, new Secret(hash.value()));
              } else {
                problems.error(
                    Code.BAD_VALUE,
                    place,
                    "wanted the bcrypt hash of a password, of cost %d to %d. Found: %s that is none"
                        .formatted(LEAST_COST, HIGHEST_COST, ValueKind.of(field.value())));
              }
            });
    return users;
  }

  private static boolean isBcrypt(String hash) {
    var match = BCRYPT.matcher(hash);
    if (!match.matches()) {
      return false;
    }
    var cost = Integer.parseInt(match.group("cost"));
    return cost >= LEAST_COST && cost <= HIGHEST_COST;
  }

  private Optional<WebAccess.RateLimit> rateLimit(Located section) {
    onlyKnown(section, List.of("interval", "burst"));
    var interval = section.find("interval").map(this::interval).orElse(Duration.ZERO);
    var burst =
        section
            .find("burst")
            .flatMap(found -> expected.integer(found, 0, LARGEST_BURST, "a number of requests"))
            .orElse(0);
    if (interval.isZero()) {
      return Optional.empty();
    }
    if (burst == 0) {
      problems.error(
          Code.BAD_VALUE, section.place(), "wanted a burst of 1 or more. Found: none, or 0");
    }
    return Optional.of(new WebAccess.RateLimit(interval, Math.max(1, burst)));
  }

  private Duration interval(Located found) {
    var text = expected.text(found, "a duration").orElse("0s");
    var duration = text.equals("0") ? Optional.of(Duration.ZERO) : Durations.parse(text);
    if (duration.isEmpty()) {
      refuse(found, "a duration such as 1s or 100ms");
    }
    return duration.orElse(Duration.ZERO);
  }

  private void refuse(Located found, String wanted) {
    problems.error(
        Code.BAD_VALUE,
        found.place(),
        "wanted " + wanted + ". Found: " + found.value().description());
  }

  private void onlyKnown(Located section, List<String> keys) {
    unknown(section, keys)
        .forEach(
            (place, meant) ->
                problems.error(
                    Code.UNKNOWN_SETTING,
                    place,
                    "wanted a web setting. Found: an unknown one" + meant));
  }

  /** The keys of a section that do not exist, with what was meant. */
  static Map<Place, String> unknown(Located section, List<String> keys) {
    var unknown = new LinkedHashMap<Place, String>();
    if (section.value() instanceof Value.Fields map) {
      map.fields()
          .forEach(
              (name, field) -> {
                if (!keys.contains(name)) {
                  unknown.put(
                      section.place().child(name, field.line()),
                      Suggestion.of(name, keys, 3)
                          .map(meant -> "; did you mean " + meant + "?")
                          .orElse(""));
                }
              });
    }
    return unknown;
  }
}
