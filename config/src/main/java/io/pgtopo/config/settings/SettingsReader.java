package io.pgtopo.config.settings;

import io.pgtopo.config.model.Crawl;
import io.pgtopo.config.model.DriftVocabulary;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.model.Inventory;
import io.pgtopo.config.model.IpAddress;
import io.pgtopo.config.model.Policy;
import io.pgtopo.config.model.Secret;
import io.pgtopo.config.pigsty.MonitorLogin;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.Problems;
import io.pgtopo.config.reading.SourceFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** Makes the settings from the values that are given, and from what the inventory declares. */
public final class SettingsReader {
  private final SourceFiles sources;
  private final Problems problems;
  private final ClientEnvironment client;
  private final SettingValues values;
  private final ThisNode node;

  public SettingsReader(
      Optional<Path> file,
      Map<String, String> environment,
      SourceFiles sources,
      Problems problems) {
    this.sources = sources;
    this.problems = problems;
    this.client = new ClientEnvironment(sources, problems, environment);
    this.values = new SettingValues(file, environment, client, sources, problems);
    this.node = node();
  }

  /** The node that the agent runs on; one without a name if no setting needs it. */
  private ThisNode node() {
    if (values.get(Setting.SCOPE) == PollScope.FLEET
        && values.find(Setting.CONNECTION_SOCKET_DIRECTORY).isEmpty()) {
      return ThisNode.named(List.of());
    }
    return values
        .find(Setting.NODE)
        .map(name -> ThisNode.named(List.of(name)))
        .orElseGet(ThisNode::real);
  }

  /** The inventories to read. */
  public List<String> inventories() {
    return values.find(Setting.INVENTORY).orElse(List.of());
  }

  /**
   * The settings.
   *
   * @param login of the inventory, where the settings name no user
   */
  public Settings settings(Inventory declared, MonitorLogin login) {
    var crawl =
        new Crawl(
            values.find(Setting.CRAWL_NETWORKS).orElse(List.of()),
            values.get(Setting.CRAWL_MAX_INSTANCES));
    return new Settings(
        values.get(Setting.INTERVAL),
        values.get(Setting.DEADLINE),
        new Tracking(
            values.get(Setting.HYSTERESIS),
            values.get(Setting.GRACE),
            values.find(Setting.STATE_DIRECTORY)),
        values.get(Setting.CRAWL_ENABLED) ? crawl : Crawl.OFF,
        services(declared),
        connection(declared, login),
        web(),
        values.get(Setting.LOG_FORMAT));
  }

  private ServiceSources services(Inventory declared) {
    var haproxy =
        new ServiceSources.Haproxy(values.get(Setting.SERVICES_HAPROXY_PORT), statistics(declared));
    return new ServiceSources(
        use(Setting.SERVICES_DIAL),
        values.get(Setting.SERVICES_HAPROXY) ? Optional.of(haproxy) : Optional.empty(),
        use(Setting.PATRONI_ENABLED),
        use(Setting.REPMGR_ENABLED),
        use(Setting.AUTO_FAILOVER_ENABLED));
  }

  private ServiceSources.Use use(Setting<Boolean> setting) {
    return values.get(setting) ? ServiceSources.Use.ON : ServiceSources.Use.OFF;
  }

  private Optional<ServiceSources.Statistics> statistics(Inventory declared) {
    var instances = new TreeMap<String, String>();
    declared.instances().forEach(it -> instances.putIfAbsent(it.endpoint().host(), it.name()));
    return values
        .find(Setting.SERVICES_HAPROXY_PASSWORD_FILE)
        .or(() -> values.find(Setting.SERVICES_HAPROXY_PASSWORD))
        .map(
            password ->
                new ServiceSources.Statistics(
                    values.get(Setting.SERVICES_HAPROXY_PATH),
                    instances,
                    values.get(Setting.SERVICES_HAPROXY_USER),
                    password));
  }

  private Connection connection(Inventory declared, MonitorLogin login) {
    var monitor = login.user().orElse(MonitorLogin.DEFAULT_USER);
    var user = values.find(Setting.CONNECTION_USER).orElse(monitor);
    var password = password();
    return new Connection(
        user,
        values.get(Setting.CONNECTION_DATABASE),
        user.equals(monitor) ? password.or(login::password) : password,
        new ServerTrust(
            values.get(Setting.CONNECTION_SSLMODE),
            values.get(Setting.CONNECTION_CHANNEL_BINDING),
            values.find(Setting.CONNECTION_REQUIRE_AUTH),
            values.get(Setting.CRAWL_REQUIRE_AUTH),
            new TreeSet<>()),
        new ClientFiles(
            client.passwordFile(),
            values.find(Setting.CONNECTION_SSLROOTCERT).map(Path::toString),
            values.find(Setting.CONNECTION_SSLCERT).map(Path::toString),
            values.find(Setting.CONNECTION_SSLKEY).map(Path::toString)),
        values
            .find(Setting.CONNECTION_SOCKET_DIRECTORY)
            .map(
                directory ->
                    new LocalSocket(
                        directory,
                        values.get(Setting.CONNECTION_SOCKET_USER),
                        node.endpoints(declared))),
        values.get(Setting.INSPECT_DATABASES) ? declared.interiors() : new TreeMap<>());
  }

  private Optional<Secret> password() {
    var ofFile = values.find(Setting.CONNECTION_PASSWORD_FILE);
    var given = values.find(Setting.CONNECTION_PASSWORD);
    return ofFile.or(() -> given).or(client::password);
  }

  private Web web() {
    var listen = values.get(Setting.LISTEN);
    var access = values.find(Setting.WEB_CONFIG).orElse(WebAccess.OPEN);
    var isClosed = access.tls().isPresent() && access.isAuthenticated();
    if (!IpAddress.isLoopback(listen.host()) && !isClosed && !values.get(Setting.INSECURE)) {
      problems.error(
          Code.BAD_VALUE,
          values.placeOf(Setting.LISTEN),
          "a loopback address, or a web_config with TLS and with users or verified client"
              + " certificates, or insecure: true",
          "%s with %s and %s"
              .formatted(
                  listen,
                  access.tls().isPresent() ? "TLS" : "no TLS",
                  access.isAuthenticated() ? "a login" : "no login"));
    }
    var hostNames = values.find(Setting.HOST_NAMES).orElse(List.of()).stream();
    return new Web(
        listen,
        values.find(Setting.INSTANCE),
        hostNames.map(name -> name.toLowerCase(Locale.ROOT)).toList(),
        access);
  }

  /** The part of an inventory that is polled, as {@code scope} says. */
  public Inventory inScope(Inventory declared) {
    values
        .find(Setting.INSTANCE)
        .filter(name -> declared.instances().map(Instance::name).noneMatch(name::equals))
        .ifPresent(name -> refuseInstance("\"" + name + "\""));
    var polled = values.get(Setting.SCOPE).of(declared, node::runs);
    if (polled.clusters().isEmpty() && !declared.clusters().isEmpty()) {
      problems.error(
          Code.NO_INSTANCES,
          values.placeOf(Setting.SCOPE),
          "an inventory that declares an instance on this node, or scope: fleet",
          "none on %s; set node to the address of this node in the inventory"
              .formatted(node.text()));
    }
    return polled;
  }

  private void refuseInstance(String found) {
    problems.error(
        Code.BAD_VALUE, values.placeOf(Setting.INSTANCE), "the name of a declared instance", found);
  }

  /** The file of maintenance, which may be missing. */
  public Optional<MaintenanceFile> maintenanceFile(Inventory declared) {
    var reader = new PolicyReader(problems, DriftVocabulary.EMPTY, declared);
    return values.find(Setting.MAINTENANCE_FILE).map(file -> reader.maintenance(file, sources));
  }

  public Policy policy(
      Inventory declared, DriftVocabulary words, Optional<MaintenanceFile> maintenance) {
    return new PolicyReader(problems, words, declared).read(values, maintenance);
  }
}
