package io.pgtopo.config.settings;

import io.pgtopo.config.model.Secret;
import io.pgtopo.config.reading.Durations;
import io.pgtopo.config.reading.Located;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.Problems;
import io.pgtopo.config.reading.SourceFiles;
import io.pgtopo.config.reading.Value;
import io.pgtopo.config.reading.ValueReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Reads the web configuration file of Prometheus' exporter-toolkit. */
final class WebReader {
  private static final List<String> HEADERS =
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
  private final ValueReader reader;

  WebReader(SourceFiles sources, Problems problems) {
    this.sources = sources;
    this.problems = problems;
    this.reader = new ValueReader(problems);
  }

  WebAccess read(Path file) {
    return sources
        .yaml(file)
        .filter(root -> !(root.value() instanceof Value.Null))
        .flatMap(root -> reader.map(root, "a map of web settings"))
        .map(root -> access(root, file))
        .orElse(WebAccess.OPEN);
  }

  private WebAccess access(Located root, Path file) {
    reader.onlyKeys(
        root, "tls_server_config", "http_server_config", "basic_auth_users", "rate_limit");
    return new WebAccess(
        section(root, "tls_server_config")
            .flatMap(found -> new TlsReader(sources, problems, file).read(found)),
        section(root, "http_server_config").map(this::http).orElseGet(TreeMap::new),
        section(root, "basic_auth_users").map(this::users).orElseGet(TreeMap::new),
        section(root, "rate_limit").flatMap(this::rateLimit));
  }

  private Optional<Located> section(Located root, String key) {
    return root.find(key).flatMap(found -> reader.map(found, "a map"));
  }

  private SortedMap<String, String> http(Located section) {
    reader.onlyKeys(section, "http2", "headers");
    section.find("http2").ifPresent(reader::bool);
    return section(section, "headers").map(this::headers).orElseGet(TreeMap::new);
  }

  private SortedMap<String, String> headers(Located section) {
    reader.onlyKeys(section, HEADERS);
    var headers = new TreeMap<String, String>();
    for (var name : HEADERS) {
      section
          .find(name)
          .flatMap(
              found ->
                  reader.parsed(
                      found,
                      "a valid value of the header " + name,
                      text -> Optional.of(text).filter(it -> isAllowed(name, it))))
          .filter(text -> !text.isBlank())
          .ifPresent(text -> headers.put(name, text));
    }
    return headers;
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
    var entries = section.entries();
    if (entries.size() > MOST_USERS) {
      problems.error(
          Code.BAD_VALUE,
          section.place(),
          "at most " + MOST_USERS + " users",
          entries.size() + " users");
      return users;
    }
    entries.forEach(
        (name, found) -> {
          if (found.value() instanceof Value.Text hash && isBcrypt(hash.value())) {
            users.put(name, new Secret(hash.value()));
          } else {
            problems.error(
                Code.BAD_VALUE,
                found.place(),
                "a bcrypt hash with a cost from %d to %d".formatted(LEAST_COST, HIGHEST_COST),
                found.value().kind() + " in another form");
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
    reader.onlyKeys(section, "interval", "burst");
    var interval =
        section
            .find("interval")
            .flatMap(
                found ->
                    reader.parsed(
                        found,
                        "a duration such as 1s or 100ms",
                        text -> Durations.parse(text.equals("0") ? "0s" : text)))
            .orElse(Duration.ZERO);
    var burst =
        reader.integer(section, "burst", 0, LARGEST_BURST, "a number of requests").orElse(0);
    if (interval.isZero()) {
      return Optional.empty();
    }
    if (burst == 0) {
      problems.error(Code.BAD_VALUE, section.place(), "a burst of 1 or more", "none, or 0");
    }
    return Optional.of(new WebAccess.RateLimit(interval, Math.max(1, burst)));
  }
}
