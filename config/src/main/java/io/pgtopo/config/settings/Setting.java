package io.pgtopo.config.settings;

import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Network;
import io.pgtopo.config.model.Secret;
import io.pgtopo.config.pigsty.MonitorLogin;
import io.pgtopo.config.reading.Located;
import io.pgtopo.config.settings.Connection.SslMode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * One setting. Every setting is one row here; the table of docs/configuration.md is written from
 * these rows.
 *
 * @param path its keys in the file, joined by dots
 * @param meaning for the documentation, in Markdown
 */
public record Setting<T>(String path, Type<T> type, Default fallback, String meaning) {
  static final String PREFIX = "PGTOPO_";

  /** Filled while this class is initialised, and never changed after that. */
  private static final List<Setting<?>> ROWS = new ArrayList<>();

  private static final Type<Duration> DURATION = new Type<>("duration", SettingParser::duration);
  private static final Type<Duration> PERIOD =
      new Type<>("duration", (parser, found) -> parser.duration(found, Duration.ofMillis(100)));
  private static final Type<Boolean> FLAG = new Type<>("true or false", SettingParser::bool);
  private static final Type<Path> DIRECTORY =
      new Type<>("directory", (parser, found) -> parser.path(found, "a directory"));
  private static final Type<Path> FILE =
      new Type<>("file", (parser, found) -> parser.path(found, "a file"));
  private static final Type<Path> CLIENT_FILE = new Type<>("file", SettingParser::clientFile);
  private static final Type<String> TEXT = new Type<>("text", SettingParser::text);
  private static final Type<String> AUTHENTICATION =
      new Type<>("libpq's require_auth", SettingParser::authentication);

  private static final String URGENT = " Shorter for [what is urgent](#what-is-urgent).";

  static final Setting<List<String>> INVENTORY =
      optional(
          "inventory",
          new Type<>("list of files or patterns", SettingParser::inventories),
          "Inventories to read. In the environment, separated by commas or colons.");
  static final Setting<PollScope> SCOPE =
      row(
          "scope",
          new Type<>(
              "local, cluster or fleet",
              (parser, found) -> parser.oneOf(found, PollScope.values())),
          "fleet",
          "Which declared instances are polled, see [below](#an-agent-on-each-node).");
  static final Setting<String> NODE =
      optional(
          "node",
          new Type<>("address or name", SettingParser::text),
          "of the machine",
          "Address or name of this machine in the inventory.");
  static final Setting<Duration> INTERVAL =
      row(
          "interval",
          PERIOD,
          "5s",
          "Time from the end of one cycle to the start of the next. 100ms to 1d." + URGENT);
  static final Setting<Duration> DEADLINE =
      row(
          "deadline",
          PERIOD,
          "2s",
          "Longest time that one server may take to answer. 100ms to 1d.");
  static final Setting<Duration> HYSTERESIS =
      row(
          "hysteresis",
          DURATION,
          "15s",
          "How long a drift must last before it fires. Two consecutive cycles must also"
              + " have seen it, unless this is 0s."
              + URGENT);
  static final Setting<Duration> GRACE =
      row(
          "grace",
          DURATION,
          "30s",
          "How long drift that a switchover can cause stays pending: after a start of pgtopo, or a"
              + " restart or role change in its cluster.");
  static final Setting<Path> STATE_DIRECTORY =
      optional(
          "state_directory",
          DIRECTORY,
          "Where pgtopo keeps `since`, resolved drifts and recent changes over a restart. Without"
              + " it they are lost.");
  static final Setting<Boolean> SERVICES_DIAL =
      row(
          "services.dial",
          FLAG,
          "false",
          "Whether to connect to the addresses of declared services as a client does, each at most"
              + " once per cycle, see [below](#services).");
  static final Setting<Boolean> SERVICES_HAPROXY =
      row(
          "services.haproxy",
          FLAG,
          "false",
          "Whether to read what the HAProxy of each node of a service has loaded, and what it does,"
              + " once per cycle, see [below](#services).");
  static final Setting<Integer> SERVICES_HAPROXY_PORT =
      row(
          "services.haproxy_port",
          new Type<>("port", (parser, found) -> parser.integer(found, 1, 65_535)),
          "9101",
          "Port of its exporter (`/metrics`, without a login) and of its statistics.");
  static final Setting<String> SERVICES_HAPROXY_PATH =
      row(
          "services.haproxy_path",
          TEXT,
          "/haproxy/{instance}/",
          "Path of its statistics; `{instance}` is the instance on the node.");
  static final Setting<String> SERVICES_HAPROXY_USER =
      row("services.haproxy_user", TEXT, "haproxy", "User for its statistics.");
  static final Setting<Secret> SERVICES_HAPROXY_PASSWORD =
      optional(
          "services.haproxy_password",
          new Type<>("secret", SettingParser::secret),
          "Password of this user. Without one the statistics are not read. Prefer a file.");
  static final Setting<Secret> SERVICES_HAPROXY_PASSWORD_FILE =
      optional(
          "services.haproxy_password_file",
          new Type<>("file", SettingParser::secretOfFile),
          "File that holds only this password. It wins over `services.haproxy_password`.");
  static final Setting<Boolean> PATRONI_ENABLED =
      row(
          "patroni.enabled",
          FLAG,
          "false",
          "Whether to read what the Patroni of each declared instance believes, by two requests to"
              + " its REST API per cycle, see [below](#patroni).");
  static final Setting<Boolean> REPMGR_ENABLED =
      row(
          "repmgr.enabled",
          FLAG,
          "false",
          "Whether to read `repmgr.nodes` of each declared instance that has it, once a minute, see"
              + " [below](#repmgr-and-pg_auto_failover).");
  static final Setting<Boolean> AUTO_FAILOVER_ENABLED =
      row(
          "pg_auto_failover.enabled",
          FLAG,
          "false",
          "Whether to read `pgautofailover.node` of each declared instance that is a monitor, once a"
              + " minute, see [below](#repmgr-and-pg_auto_failover).");
  static final Setting<LogFormat> LOG_FORMAT =
      row(
          "log_format",
          new Type<>("text or json", (parser, found) -> parser.oneOf(found, LogFormat.values())),
          "text",
          "Format of the log of `pgtopo run` on standard error. The option `--log-format` wins.");
  static final Setting<Endpoint> LISTEN =
      row(
          "listen",
          new Type<>("host:port", SettingParser::endpoint),
          "127.0.0.1:8432",
          "Address of the HTTP server; `:8432` is every address. One other than loopback needs"
              + " `web_config` or `insecure`.");
  static final Setting<WebAccess> WEB_CONFIG =
      optional(
          "web_config",
          new Type<>("file", SettingParser::webAccess),
          "TLS, users, headers and a rate limit, in the format of Prometheus' exporter-toolkit, see"
              + " [security.md](security.md).");
  static final Setting<Boolean> INSECURE =
      row(
          "insecure",
          FLAG,
          "false",
          "Whether to listen without TLS and a login on an address other than loopback.");
  static final Setting<List<String>> HOST_NAMES =
      optional(
          "host_names",
          new Type<>("list of names", SettingParser::names),
          "Host names that requests may use. On loopback only these, `localhost`, `127.0.0.1` and"
              + " `[::1]` are allowed.");
  static final Setting<String> INSTANCE =
      optional(
          "instance",
          new Type<>("name", SettingParser::text),
          "by address",
          "The declared instance on this machine, for `/primary` and the like. Default: the only"
              + " one with an address of it.");
  static final Setting<Boolean> CRAWL_ENABLED =
      row(
          "crawl.enabled",
          FLAG,
          "true",
          "Whether to poll undeclared servers that replication leads to, see"
              + " [below](#undeclared-servers).");
  static final Setting<List<Network>> CRAWL_NETWORKS =
      optional(
          "crawl.networks",
          new Type<>("list of networks", SettingParser::networks),
          "around the declared",
          "The only networks to poll undeclared servers in. In the environment, separated by"
              + " commas.");
  static final Setting<Integer> CRAWL_MAX_INSTANCES =
      row(
          "crawl.max_instances",
          new Type<>("number", (parser, found) -> parser.integer(found, 1, 10_000)),
          "64",
          "How many undeclared servers are polled, at most. 1 to 10000.");
  static final Setting<String> CRAWL_REQUIRE_AUTH =
      row(
          "crawl.require_auth",
          AUTHENTICATION,
          ServerTrust.SCRAM_OR_NONE,
          "What an undeclared server may ask for, as `connection.require_auth`: by default it never"
              + " receives the password.");
  static final Setting<Boolean> INSPECT_DATABASES =
      row(
          "inspect_databases",
          FLAG,
          "true",
          "Whether to compare schemas and extensions, by a connection to each database with any,"
              + " every 60 polls.");
  static final Setting<String> CONNECTION_USER =
      row(
          "connection.user",
          TEXT,
          MonitorLogin.DEFAULT_USER,
          "User to log in as. Without it, the inventory's `pg_monitor_username`, then the"
              + " default.");
  static final Setting<String> CONNECTION_DATABASE =
      row("connection.database", TEXT, "postgres", "Database to connect to.");
  static final Setting<Secret> CONNECTION_PASSWORD =
      optional(
          "connection.password",
          new Type<>("secret", SettingParser::secret),
          "Password of this user. Prefer a file.");
  static final Setting<Secret> CONNECTION_PASSWORD_FILE =
      optional(
          "connection.password_file",
          new Type<>("file", SettingParser::secretOfFile),
          "File that holds only the password. It wins over `connection.password`.");
  static final Setting<SslMode> CONNECTION_SSLMODE =
      row(
          "connection.sslmode",
          new Type<>("libpq's sslmode", (parser, found) -> parser.oneOf(found, SslMode.values())),
          "prefer",
          "`disable`, `allow`, `prefer`, `require`, `verify-ca` or `verify-full`.");
  static final Setting<String> CONNECTION_REQUIRE_AUTH =
      optional(
          "connection.require_auth",
          AUTHENTICATION,
          "any",
          "What a declared server may ask for: `password`, `md5`, `scram-sha-256`, `none`, separated"
              + " by commas; or all but those with `!`.");
  static final Setting<ServerTrust.ChannelBinding> CONNECTION_CHANNEL_BINDING =
      row(
          "connection.channel_binding",
          new Type<>(
              "libpq's channel_binding",
              (parser, found) -> parser.oneOf(found, ServerTrust.ChannelBinding.values())),
          "prefer",
          "`require`: SCRAM over TLS, bound to the server's certificate; `prefer` or `disable`.");
  static final Setting<Path> CONNECTION_SSLROOTCERT =
      optional(
          "connection.sslrootcert",
          CLIENT_FILE,
          "Certificates that verify the server's certificate. The driver's default is"
              + " `~/.postgresql/root.crt`.");
  static final Setting<Path> CONNECTION_SSLCERT =
      optional("connection.sslcert", CLIENT_FILE, "Client certificate.");
  static final Setting<Path> CONNECTION_SSLKEY =
      optional(
          "connection.sslkey",
          CLIENT_FILE,
          "Key of the client certificate, in a format that the JDBC driver reads.");
  static final Setting<String> CONNECTION_SOCKET_DIRECTORY =
      optional(
          "connection.socket_directory",
          new Type<>("directory", SettingParser::text),
          "Directory of the Unix sockets. They are tried first for the servers of this machine.");
  static final Setting<String> CONNECTION_SOCKET_USER =
      row("connection.socket_user", TEXT, "pgtopo", "User to log in as through them.");
  static final Setting<Located> POLICY_ROLES =
      row(
          "policy.roles",
          new Type<>("initial or strict", SettingParser::asGiven),
          "initial",
          "What a declared role means, see [policy](#policy).");
  static final Setting<Located> POLICY_SEVERITY =
      optional(
          "policy.severity",
          new Type<>("map of kinds", SettingParser::asGiven),
          "Severity of kinds of drift.");
  static final Setting<Located> POLICY_MAX_LAG =
      optional(
          "policy.max_lag",
          new Type<>("amount of WAL", SettingParser::asGiven),
          "How far a replica may lag behind its primary, such as `16MB`.");
  static final Setting<Located> POLICY_MAX_PAUSE =
      optional(
          "policy.max_pause",
          new Type<>("duration", SettingParser::asGiven),
          "1h",
          "How long an HA manager may be paused, see `patroni.enabled`.");
  static final Setting<Located> POLICY_CLUSTERS =
      optional(
          "policy.clusters",
          new Type<>("map of clusters", SettingParser::asGiven),
          "`roles`, `severity`, `max_lag` and `max_pause` of single clusters. They win over those for all.");
  static final Setting<Located> POLICY_IGNORE =
      optional(
          "policy.ignore",
          new Type<>("list of rules", SettingParser::asGiven),
          "Drift that is known and accepted: until when, why and by whom.");
  static final Setting<Located> MAINTENANCE =
      optional(
          "maintenance",
          new Type<>("list", SettingParser::asGiven),
          "Clusters and instances under maintenance: until when, why and by whom.");
  static final Setting<Path> MAINTENANCE_FILE =
      optional(
          "maintenance_file",
          FILE,
          "File with more entries, written by `pgtopo maintenance`. It may be missing.");

  /**
   * How values are written.
   *
   * @param parser reads a value; reports what is wrong with it, and then returns empty
   */
  public record Type<T>(String name, BiFunction<SettingParser, Located, Optional<T>> parser) {}

  /** What applies to a setting that is not given. */
  public sealed interface Default {

    /** A value, as one would write it. */
    record Text(String text) implements Default {}

    /** No value. The description says what that means. */
    record None(String description) implements Default {}
  }

  /** The environment variable that wins over the file. */
  public String variable() {
    return PREFIX + path.toUpperCase(Locale.ROOT).replace('.', '_');
  }

  /** Its row in the table of docs/configuration.md. */
  public String documentation() {
    var shown =
        switch (fallback) {
          case Default.Text(var text) -> "`" + text + "`";
          case Default.None(var description) -> description;
        };
    return "| `%s` | %s | %s | %s |".formatted(path, type.name, shown, meaning);
  }

  private static <T> Setting<T> row(String path, Type<T> type, String defaultText, String meaning) {
    return add(new Setting<>(path, type, new Default.Text(defaultText), meaning));
  }

  private static <T> Setting<T> optional(String path, Type<T> type, String meaning) {
    return optional(path, type, "none", meaning);
  }

  private static <T> Setting<T> optional(
      String path, Type<T> type, String without, String meaning) {
    return add(new Setting<>(path, type, new Default.None(without), meaning));
  }

  private static <T> Setting<T> add(Setting<T> row) {
    ROWS.add(row);
    return row;
  }

  /** In the order of the documentation. */
  public static List<Setting<?>> rows() {
    return Collections.unmodifiableList(ROWS);
  }

  static List<String> paths() {
    return ROWS.stream().<String>map(Setting::path).toList();
  }

  static List<String> variables() {
    return ROWS.stream().<String>map(Setting::variable).toList();
  }
}
