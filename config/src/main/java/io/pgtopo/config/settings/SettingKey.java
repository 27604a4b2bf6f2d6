package io.pgtopo.config.settings;

import io.pgtopo.config.pigsty.MonitorLogin;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Every setting there is. The documentation is checked against this list. */
public enum SettingKey {
  INVENTORY("inventory", "list of files or patterns", "none"),
  SCOPE("scope", "local, cluster or fleet", "fleet"),
  NODE("node", "address or name", "of the machine"),
  INTERVAL("interval", "duration", "5s"),
  DEADLINE("deadline", "duration", "2s"),
  HYSTERESIS("hysteresis", "duration", "15s"),
  GRACE("grace", "duration", "30s"),
  STATE_DIRECTORY("state_directory", "directory", "none"),
  LISTEN("listen", "host:port", "127.0.0.1:8432"),
  WEB_CONFIG("web_config", "file", "none"),
  INSECURE("insecure", "true or false", "false"),
  HOST_NAMES("host_names", "list of names", "none"),
  INSTANCE("instance", "name", "by address"),
  CRAWL_ENABLED("crawl.enabled", "true or false", "true"),
  CRAWL_NETWORKS("crawl.networks", "list of networks", "around the declared"),
  CRAWL_MAX_INSTANCES("crawl.max_instances", "number", "64"),
  LOOK_INTO_DATABASES("look_into_databases", "true or false", "true"),
  CONNECTION_USER("connection.user", "text", MonitorLogin.DEFAULT_USER),
  CONNECTION_DATABASE("connection.database", "text", "postgres"),
  CONNECTION_PASSWORD("connection.password", "secret", "none"),
  CONNECTION_PASSWORD_FILE("connection.password_file", "file", "none"),
  CONNECTION_SSLMODE("connection.sslmode", "libpq's sslmode", "prefer"),
  CONNECTION_SSLROOTCERT("connection.sslrootcert", "file", "none"),
  CONNECTION_SSLCERT("connection.sslcert", "file", "none"),
  CONNECTION_SSLKEY("connection.sslkey", "file", "none"),
  CONNECTION_SOCKET_DIRECTORY("connection.socket_directory", "directory", "none"),
  CONNECTION_SOCKET_USER("connection.socket_user", "text", "pgtopo"),
  POLICY_ROLES("policy.roles", "initial or strict", "initial"),
  POLICY_SEVERITY("policy.severity", "map of kinds", "none"),
  POLICY_MAX_LAG("policy.max_lag", "amount of WAL", "none"),
  POLICY_CLUSTERS("policy.clusters", "map of clusters", "none"),
  POLICY_IGNORE("policy.ignore", "list of rules", "none"),
  MAINTENANCE("maintenance", "list", "none"),
  MAINTENANCE_FILE("maintenance_file", "file", "none");

  static final String PREFIX = "PGTOPO_";

  private final String path;
  private final String type;
  private final String defaultText;

  SettingKey(String path, String type, String defaultText) {
    this.path = path;
    this.type = type;
    this.defaultText = defaultText;
  }

  /** Its keys in the file, joined by dots. */
  public String path() {
    return path;
  }

  public String type() {
    return type;
  }

  public String defaultText() {
    return defaultText;
  }

  /** The environment variable that wins over the file. */
  public String variable() {
    return PREFIX + path.toUpperCase(Locale.ROOT).replace('.', '_');
  }

  public static List<String> paths() {
    return Arrays.stream(values()).map(SettingKey::path).toList();
  }

  static List<String> variables() {
    return Arrays.stream(values()).map(SettingKey::variable).toList();
  }

  static Optional<SettingKey> of(String path) {
    return Arrays.stream(values()).filter(key -> key.path.equals(path)).findFirst();
  }
}
