package io.pgtopo.config.settings;

import io.pgtopo.config.model.Secret;
import io.pgtopo.config.reading.Located;
import io.pgtopo.config.reading.Place;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.Problems;
import io.pgtopo.config.reading.SourceFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What libpq's environment says of a login, in libpq's order: the service that {@code PGSERVICE}
 * names, then the variables. It fills what the settings leave open.
 */
final class ClientEnvironment {
  private static final String ENVIRONMENT = "environment";
  private static final String SERVICE = "PGSERVICE";
  private static final String PASSWORD_FILE = "PGPASSFILE";

  private static final Set<PosixFilePermission> OWNERS_OWN =
      EnumSet.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE);

  /** libpq's name of each setting, and its variable. */
  private enum Parameter {
    USER("user", "PGUSER", SettingKey.CONNECTION_USER),
    DATABASE("dbname", "PGDATABASE", SettingKey.CONNECTION_DATABASE),
    SSLMODE("sslmode", "PGSSLMODE", SettingKey.CONNECTION_SSLMODE),
    SSLROOTCERT("sslrootcert", "PGSSLROOTCERT", SettingKey.CONNECTION_SSLROOTCERT),
    SSLCERT("sslcert", "PGSSLCERT", SettingKey.CONNECTION_SSLCERT),
    SSLKEY("sslkey", "PGSSLKEY", SettingKey.CONNECTION_SSLKEY);

    private final String word;
    private final String variable;
    private final SettingKey key;

    Parameter(String word, String variable, SettingKey key) {
      this.word = word;
      this.variable = variable;
      this.key = key;
    }
  }

  private final SourceFiles sources;
  private final Problems problems;
  private final Map<String, String> environment;
  private final Map<String, String> service;

  ClientEnvironment(SourceFiles sources, Problems problems, Map<String, String> environment) {
    this.sources = sources;
    this.problems = problems;
    this.environment = environment;
    this.service = variable(SERVICE).map(this::service).orElse(Map.of());
  }

  /** Puts what is said here where nothing else is. */
  void fill(Map<SettingKey, Located> values) {
    for (var parameter : Parameter.values()) {
      Optional.ofNullable(service.get(parameter.word))
          .map(text -> SettingsReader.located(SERVICE + " " + parameter.word, text))
          .or(
              () ->
                  variable(parameter.variable)
                      .map(text -> SettingsReader.located(parameter.variable, text)))
          .ifPresent(found -> values.putIfAbsent(parameter.key, found));
    }
  }

  /** A password: of the service, else of the environment. */
  Optional<Secret> password() {
    return Optional.ofNullable(service.get("password"))
        .or(() -> variable("PGPASSWORD"))
        .map(Secret::new);
  }

  /** The file of passwords, unless it is one that libpq would not use either. */
  Optional<String> passwordFile() {
    var named = Optional.ofNullable(service.get("passfile")).or(() -> variable(PASSWORD_FILE));
    return named.or(() -> home(".pgpass")).filter(this::isUsable);
  }

  /** Where to connect to unless told otherwise. */
  Optional<String> host() {
    return Optional.ofNullable(service.get("host")).or(() -> variable("PGHOST"));
  }

  Optional<String> port() {
    return Optional.ofNullable(service.get("port")).or(() -> variable("PGPORT"));
  }

  private Optional<String> variable(String name) {
    return Optional.ofNullable(environment.get(name)).filter(text -> !text.isEmpty());
  }

  private Optional<String> home(String file) {
    return Optional.ofNullable(environment.get("HOME"))
        .or(() -> Optional.ofNullable(System.getProperty("user.home")))
        .map(home -> Path.of(home, file).toString());
  }

  private boolean isUsable(String name) {
    var file = Path.of(name);
    if (!Files.exists(file)) {
      return false;
    }
    if (!Files.isRegularFile(file)) {
      ignore(name, "wanted a plain file. Found: something else, which is ignored as libpq does");
      return false;
    }
    try {
      if (!OWNERS_OWN.containsAll(Files.getPosixFilePermissions(file))) {
        ignore(
            name,
            "wanted permissions u=rw (0600) or less. Found: a file that its group or others may"
                + " use, which is ignored as libpq does");
        return false;
      }
    } catch (IOException | UnsupportedOperationException unknown) {
      return true;
    }
    return true;
  }

  private void ignore(String file, String message) {
    problems.warn(Code.UNREADABLE, Place.wholeFile(file), message);
  }

  private Map<String, String> service(String name) {
    var files = variable("PGSERVICEFILE").or(() -> home(".pg_service.conf")).stream().toList();
    for (var file : files) {
      var found = Files.exists(Path.of(file)) ? section(file, name) : Map.<String, String>of();
      if (!found.isEmpty()) {
        return found;
      }
    }
    var shared = variable("PGSYSCONFDIR").orElse("/etc/postgresql-common") + "/pg_service.conf";
    var found = Files.exists(Path.of(shared)) ? section(shared, name) : Map.<String, String>of();
    if (found.isEmpty()) {
      problems.error(
          Code.BAD_VALUE,
          new Place(ENVIRONMENT, SERVICE, 0),
          "wanted a service of %s or %s. Found: none of that name"
              .formatted(String.join(", ", files), shared));
    }
    return found;
  }

  private Map<String, String> section(String file, String name) {
    var found = new LinkedHashMap<String, String>();
    var text =
        sources
            .bytes(Path.of(file))
            .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
            .orElse("");
    var isWithin = false;
    for (var line : text.lines().map(String::strip).toList()) {
      if (line.startsWith("[")) {
        isWithin = line.equals("[" + name + "]");
      } else if (isWithin && !line.startsWith("#") && line.contains("=")) {
        var equals = line.indexOf('=');
        found.putIfAbsent(line.substring(0, equals).strip(), line.substring(equals + 1).strip());
      }
    }
    return found;
  }
}
