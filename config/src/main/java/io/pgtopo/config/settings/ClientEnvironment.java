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
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The login of libpq's environment, in libpq's order: the service that {@code PGSERVICE} names,
 * then the variables. It applies where the settings give nothing.
 */
final class ClientEnvironment {
  private static final String SERVICE = "PGSERVICE";

  private static final Set<PosixFilePermission> OWNERS_OWN =
      EnumSet.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE);

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

  /** The settings that it gives. */
  Map<Setting<?>, Located> values() {
    var values = new HashMap<Setting<?>, Located>();
    for (var parameter : LibpqParameter.ALL) {
      parameter(parameter.word(), parameter.variable())
          .ifPresent(found -> values.put(parameter.setting(), found));
    }
    return values;
  }

  private Optional<Located> parameter(String word, String variable) {
    return Optional.ofNullable(service.get(word))
        .map(text -> SettingValues.located(SERVICE + " " + word, text))
        .or(() -> variable(variable).map(text -> SettingValues.located(variable, text)));
  }

  Optional<Secret> password() {
    return variable(SettingValues.PASSWORD_VARIABLE)
        .or(() -> text("password", "PGPASSWORD"))
        .map(Secret::new);
  }

  private Optional<String> text(String word, String variable) {
    return Optional.ofNullable(service.get(word)).or(() -> variable(variable));
  }

  /** The password file, unless libpq would ignore it. */
  Optional<String> passwordFile() {
    return text("passfile", "PGPASSFILE").or(() -> home(".pgpass")).filter(this::isUsable);
  }

  Optional<String> host() {
    return text("host", "PGHOST");
  }

  Optional<String> port() {
    return text("port", "PGPORT");
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
    var fault = ClientFiles.fault(file);
    if (fault.isPresent()) {
      return ignored(name, "a plain file of at most 1 MiB", fault.get());
    }
    try {
      return OWNERS_OWN.containsAll(Files.getPosixFilePermissions(file))
          || ignored(
              name,
              "permissions u=rw (0600) or less",
              "a file that its group or others may access");
    } catch (IOException | UnsupportedOperationException unknown) {
      return true;
    }
  }

  private boolean ignored(String file, String wanted, String found) {
    problems.warn(Code.UNREADABLE, Place.wholeFile(file), wanted, found + "; it is ignored");
    return false;
  }

  private Map<String, String> service(String name) {
    var own = variable("PGSERVICEFILE").or(() -> home(".pg_service.conf")).orElse("");
    var shared = variable("PGSYSCONFDIR").orElse("/etc/postgresql-common") + "/pg_service.conf";
    for (var file : List.of(own, shared)) {
      var found =
          Files.isRegularFile(Path.of(file)) ? section(file, name) : Map.<String, String>of();
      if (!found.isEmpty()) {
        return found;
      }
    }
    problems.error(
        Code.BAD_VALUE,
        new Place(SettingValues.ENVIRONMENT, SERVICE, 0),
        "a service of %s or %s".formatted(own, shared),
        "none of that name");
    return Map.of();
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
