package io.pgtopo.lab;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One PostgreSQL server of a lab. One thread at a time may use it. */
public final class LabInstance {
  private static final int FIRST_WITH_RELOADABLE_CONNINFO = 13;

  private final Site site;
  private final String cluster;
  private final InstancePlan plan;
  private final LabNode node;
  private final DataDirectory data;
  private final ServerProcess server;
  private final List<Session> clients = new ArrayList<>();
  private ServerParameters settings;
  private @Nullable LabInstance upstream;

  LabInstance(Site site, String cluster, InstancePlan plan) {
    this.site = site;
    this.cluster = cluster;
    this.plan = plan;
    this.node = site.addresses().next();
    var path = site.directory().resolve("data").resolve(name());
    this.data = new DataDirectory(path, site.binaries().major(), site.user());
    var log = site.directory().resolve("log").resolve(name() + ".log");
    this.server = new ServerProcess(data, log, command());
    this.settings =
        ServerParameters.NONE
            .with("cluster_name", cluster)
            .with("listen_addresses", host())
            .with("port", Integer.toString(port()))
            .with(plan.settings().values());
  }

  /** The instance's name: cluster and number, such as {@code pg-test-2}. */
  public String name() {
    return cluster + "-" + seq();
  }

  /** The instance's number in its cluster. */
  public int seq() {
    return plan.seq();
  }

  /** The address that this server alone listens on. */
  public String host() {
    return node.address();
  }

  /** The port, the same for all servers of a lab. */
  public int port() {
    return site.addresses().port();
  }

  /** The JDBC URL for the superuser. */
  public String jdbcUrl() {
    return jdbcUrl(Session.SUPERUSER);
  }

  /** The JDBC URL for {@code user}; see {@link Lab} for the roles. */
  public String jdbcUrl(String user) {
    return "jdbc:postgresql://%s:%d/postgres?user=%s".formatted(host(), port(), user);
  }

  /** The directory of the Unix-domain socket, if the plan has one. */
  public Optional<Path> socketDirectory() {
    return plan.hasSocket()
        ? Optional.of(site.directory().resolve("socket").resolve(name()))
        : Optional.empty();
  }

  public Path dataDirectory() {
    return data.path();
  }

  /** The last lines of the server's log since its last start. */
  public String lastLogLines() {
    return server.lastLines();
  }

  /** Whether the postmaster runs, frozen or not. */
  public boolean isRunning() {
    return server.isRunning();
  }

  /** Returns when the server takes connections, or as a standby without hot_standby is up. */
  public void start() {
    server.start();
  }

  /** Stops as {@code pg_ctl stop -m fast} does, unless it does not run. */
  public void stop() {
    server.stop();
  }

  public void restart() {
    stop();
    start();
  }

  /** Kills postmaster and backends with SIGKILL; {@link #start} then recovers from the crash. */
  public void kill() {
    server.kill();
  }

  /** Stops postmaster and backends with SIGSTOP: connections open, and get no answer. */
  public void freeze() {
    server.freeze();
  }

  public void thaw() {
    server.thaw();
  }

  /**
   * Cuts the instance off from all others and from this JVM; needs {@link LabNetwork#NAMESPACES}.
   */
  public void partition() {
    site.addresses().partition(node);
  }

  public void heal() {
    site.addresses().heal(node);
  }

  /** Promotes this standby; returns when it has left recovery. */
  public void promote() {
    Command.run(
        site.directory(),
        site.user()
            .command(
                site.binaries().program("pg_ctl"), "promote", "-W", "-D", data.path().toString()));
    Await.until(name() + " leaves recovery", this::isInProduction);
    upstream = null;
  }

  /**
   * Restarts this standby as a primary without promoting it, like a copy whose {@code
   * standby.signal} was deleted: it stays on its timeline, and no history records the fork.
   */
  public void startUnpromoted() {
    stop();
    data.unmarkStandby();
    upstream = null;
    start();
  }

  /**
   * Makes this standby follow another instance, of any cluster: by reload (13+) or restart. Returns
   * before it streams; {@link #awaitStreaming} waits for that. A slot stays on the old upstream,
   * and one is made on the new.
   */
  public void follow(LabInstance other) {
    pointTo(other);
    if (!isRunning()) {
      return;
    }
    createSlot();
    if (data.major() >= FIRST_WITH_RELOADABLE_CONNINFO) {
      reload();
    } else {
      restart();
    }
  }

  /**
   * Restarts this instance as a standby of another. It streams only if it has no WAL of its own
   * since the other's promotion; to be sure, stop it before that, or use {@link #rejoin}.
   */
  public void demote(LabInstance other) {
    stop();
    beginAsStandbyOf(other);
    start();
    createSlot();
  }

  /** Makes this a standby of another even if it has diverged; returns when the server is up. */
  public RejoinMethod rejoin(LabInstance other) {
    stop();
    var how = rewind(other) ? RejoinMethod.REWOUND : RejoinMethod.CLONED;
    if (how == RejoinMethod.CLONED) {
      FileTree.delete(data.path());
      copy(other, List.of(this));
    }
    beginAsStandbyOf(other);
    // A copy of a standby is ready only after WAL that it may have to stream.
    createSlot();
    start();
    return how;
  }

  /** Waits until this standby and its upstream report that it streams. */
  public void awaitStreaming() {
    var followed = upstream;
    if (followed == null) {
      throw new IllegalStateException(name() + " has no upstream");
    }
    var name = plan.applicationNameOr(name()).replace("'", "''");
    var sent =
        "SELECT 1 FROM pg_stat_replication WHERE state = 'streaming' AND application_name = '%s'"
            .formatted(name);
    var received = "SELECT 1 FROM pg_stat_wal_receiver WHERE status = 'streaming'";
    Await.until(
        () -> "%s streams from %s; its log:%n%s".formatted(name(), followed.name(), lastLogLines()),
        () ->
            followed.value(sent).isPresent() && (!server.isReady() || value(received).isPresent()));
  }

  public void pauseReplay() {
    execute("SELECT pg_wal_replay_pause()");
  }

  public void resumeReplay() {
    execute("SELECT pg_wal_replay_resume()");
  }

  /** Sets a configuration parameter, for the next {@link #reload} or {@link #restart}. */
  public void set(String name, String value) {
    settings = settings.with(name, value);
    data.write(settings);
  }

  /** Reloads the configuration; returns when new sessions have it. */
  public void reload() {
    if (!server.isReady()) {
      server.signal("HUP");
      return;
    }
    var before = value("SELECT pg_conf_load_time()");
    server.signal("HUP");
    Await.until(name() + " reloads", () -> !value("SELECT pg_conf_load_time()").equals(before));
  }

  public void execute(String sql) {
    try (var session = Session.open(this)) {
      session.execute(sql);
    }
  }

  /** Opens a session as an application does; it stays open. */
  public void connectClient() {
    clients.add(Session.open(this));
  }

  /** Lets each of these sessions execute a statement. */
  public void executeAsClients(String sql) {
    clients.forEach(client -> client.execute(sql));
  }

  public void disconnectClients() {
    clients.forEach(Session::close);
    clients.clear();
  }

  /** The first column of the first row of a query of the superuser as text; empty if null. */
  public Optional<String> value(String sql) {
    try (var session = Session.open(this)) {
      return session.value(sql);
    }
  }

  @Override
  public String toString() {
    return name();
  }

  InstancePlan plan() {
    return plan;
  }

  boolean isFollowing() {
    return upstream != null;
  }

  void fillFromTemplate(SystemIdentifier identifier) {
    data.fillFrom(site.template(), identifier);
    configure();
  }

  /** Fills new instances with one and the same base backup. */
  static void copy(LabInstance source, List<LabInstance> targets) {
    targets.forEach(target -> target.data.create());
    BaseBackup.copy(source, targets.stream().map(target -> target.data).toList());
    targets.forEach(LabInstance::configure);
  }

  /** The next start is as a standby. */
  void beginAsStandbyOf(LabInstance other) {
    data.markStandby();
    pointTo(other);
  }

  /** Makes this standby's slot on its upstream, if it uses one. */
  void createSlot() {
    var followed = upstream;
    if (followed == null || !plan.hasSlot()) {
      return;
    }
    var slot = slotName();
    followed.execute(
        """
        SELECT pg_create_physical_replication_slot('%s')
        WHERE NOT EXISTS (SELECT 1 FROM pg_replication_slots WHERE slot_name = '%s')\
        """
            .formatted(slot, slot));
  }

  private void configure() {
    socketDirectory().ifPresent(this::openSocketDirectory);
    data.write(settings);
  }

  private void openSocketDirectory(Path directory) {
    Io.run(() -> Files.createDirectories(directory));
    site.user().own(directory);
    settings = settings.with("unix_socket_directories", directory.toString());
  }

  private void pointTo(LabInstance other) {
    upstream = other;
    settings =
        settings.with(
            "primary_conninfo",
            "host=%s port=%d user=replicator application_name=%s"
                .formatted(other.host(), other.port(), plan.applicationNameOr(name())));
    if (plan.hasSlot()) {
      settings = settings.with("primary_slot_name", slotName());
    }
    data.write(settings);
  }

  private String slotName() {
    return name().toLowerCase(Locale.ROOT).replace('-', '_');
  }

  private boolean isInProduction() {
    return server.isReady() && value("SELECT pg_is_in_recovery()").equals(Optional.of("f"));
  }

  /** False if there is no pg_rewind of this major version, or it failed. */
  private boolean rewind(LabInstance other) {
    var program =
        Stream.of(
                site.binaries().directory(),
                Path.of("/usr/lib/postgresql/" + data.major() + "/bin"))
            .map(directory -> directory.resolve("pg_rewind"))
            .filter(Files::isExecutable)
            .findFirst();
    if (program.isEmpty()) {
      return false;
    }
    // pg_rewind reads the source's timeline from pg_control, which a promotion updates at its
    // checkpoint.
    other.execute("CHECKPOINT");
    var source =
        "--source-server=host=%s port=%d user=%s dbname=postgres"
            .formatted(other.host(), other.port(), Session.SUPERUSER);
    try {
      Command.run(
          site.directory(),
          site.user().command(program.get().toString(), "-D", data.path().toString(), source));
      return true;
    } catch (LabException failure) {
      site.progress().accept(name() + ": " + failure.getMessage());
      return false;
    }
  }

  private List<String> command() {
    var postgres = List.of(site.binaries().program("postgres"), "-D", data.path().toString());
    return Command.join(
        Command.join(node.prefix(), site.user().prefix()),
        Command.join(plan.startedBy(), Command.inOwnSession(postgres)));
  }
}
