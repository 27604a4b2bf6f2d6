package io.pgtopo.config.settings;

import io.pgtopo.config.model.Crawl;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Secret;
import io.pgtopo.config.pigsty.MonitorLogin;
import io.pgtopo.config.reading.Addresses;
import io.pgtopo.config.reading.Durations;
import io.pgtopo.config.reading.Expected;
import io.pgtopo.config.reading.Located;
import io.pgtopo.config.reading.Place;
import io.pgtopo.config.reading.Problem.Code;
import io.pgtopo.config.reading.Problems;
import io.pgtopo.config.reading.SourceFiles;
import io.pgtopo.config.reading.Value;
import io.pgtopo.config.reading.ValueKind;
import io.pgtopo.config.settings.Connection.SslMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The settings before the inventory has said how its servers are logged in to. */
public record SettingsDraft(
    Timing timing,
    Crawl crawl,
    WebDraft web,
    Optional<String> user,
    String database,
    Optional<Secret> password,
    SslMode sslMode,
    ClientFiles files,
    boolean looksInside,
    Given given,
    Vicinity vicinity) {

  static final String PASSWORD_VARIABLE = "PGTOPO_PASSWORD";

  /**
   * What is read further when it is known who is declared.
   *
   * @param policy the values that {@link PolicyReader} reads, and others
   */
  public record Given(
      List<String> inventories, Map<SettingKey, Located> policy, Optional<Path> maintenanceFile) {}

  /** Durations of a cycle, and what is made of cycles. */
  record Timing(Duration interval, Duration deadline, Tracking tracking) {}

  /**
   * What is looked at, and how, from the node that the agent runs on.
   *
   * @param place where the scope is given
   * @param node by which the inventory knows this node; empty to find out
   * @param socketDirectory empty to use TCP only
   */
  public record Vicinity(
      Scope scope,
      Place place,
      Optional<String> node,
      Optional<String> socketDirectory,
      String socketUser) {

    /** Without need of one, a node of no name. */
    public ThisNode thisNode() {
      return scope == Scope.FLEET && socketDirectory.isEmpty()
          ? ThisNode.called(List.of())
          : node.map(name -> ThisNode.called(List.of(name))).orElseGet(ThisNode::real);
    }

    Optional<LocalSocket> socket(SortedSet<Endpoint> own) {
      return socketDirectory.map(directory -> new LocalSocket(directory, socketUser, own));
    }
  }

  /**
   * Settings with the inventory's login where none is set.
   *
   * @param own endpoints on the agent's own node
   * @param interiors databases of which the inventory declares what is in them
   */
  public Settings complete(
      MonitorLogin login,
      SortedSet<Endpoint> own,
      SortedMap<Endpoint, SortedSet<String>> interiors,
      Web completeWeb) {
    var effectiveUser = user.or(login::user).orElse(MonitorLogin.DEFAULT_USER);
    var isMonitor = effectiveUser.equals(login.user().orElse(MonitorLogin.DEFAULT_USER));
    var effectivePassword =
        password.or(() -> isMonitor ? login.password() : Optional.<Secret>empty());
    return new Settings(
        timing.interval,
        timing.deadline,
        timing.tracking,
        crawl,
        new Connection(
            effectiveUser,
            database,
            effectivePassword,
            sslMode,
            files,
            vicinity.socket(own),
            looksInside ? interiors : new TreeMap<>()),
        web.listen(),
        completeWeb);
  }

  /** Turns the values that were given into settings. */
  static final class Reader {
    private static final Duration LONGEST = Duration.ofDays(1);

    private final SourceFiles sources;
    private final Problems problems;
    private final Map<SettingKey, Located> values;
    private final Expected expected;

    Reader(SourceFiles sources, Problems problems, Map<SettingKey, Located> values) {
      this.sources = sources;
      this.problems = problems;
      this.values = values;
      this.expected = new Expected(problems);
    }

    /**
     * The draft.
     *
     * @param directory of the settings file, which relative paths in it start from
     */
    SettingsDraft read(
        Optional<Path> directory, Map<String, String> environment, ClientEnvironment client) {
      var smallest = Duration.ofMillis(100);
      return new SettingsDraft(
          new Timing(
              duration(SettingKey.INTERVAL, smallest),
              duration(SettingKey.DEADLINE, smallest),
              tracking(directory)),
          new CrawlReader(problems, values).read(),
          web(directory),
          text(SettingKey.CONNECTION_USER),
          text(SettingKey.CONNECTION_DATABASE).orElse(SettingKey.CONNECTION_DATABASE.defaultText()),
          password(directory, environment, client),
          sslMode(),
          files(directory, client),
          Optional.ofNullable(values.get(SettingKey.LOOK_INTO_DATABASES))
              .flatMap(expected::bool)
              .orElse(true),
          new Given(inventories(directory), values, maintenanceFile(directory)),
          vicinity());
    }

    private Duration duration(SettingKey key, Duration smallest) {
      var otherwise = Durations.parse(key.defaultText()).orElseThrow();
      var found = values.get(key);
      if (found == null) {
        return otherwise;
      }
      var duration =
          found.value() instanceof Value.Text text
              ? Durations.parse(text.value())
              : Optional.<Duration>empty();
      if (duration.isPresent()
          && duration.get().compareTo(smallest) >= 0
          && duration.get().compareTo(LONGEST) <= 0) {
        return duration.get();
      }
      var wanted =
          "a duration such as 5s, 500ms or 2m, from %s to %s"
              .formatted(Durations.print(smallest), Durations.print(LONGEST));
      refuse(found, wanted);
      return otherwise;
    }

    private Tracking tracking(Optional<Path> directory) {
      return new Tracking(
          duration(SettingKey.HYSTERESIS, Duration.ZERO),
          duration(SettingKey.GRACE, Duration.ZERO),
          stateDirectory(directory));
    }

    private Optional<Path> stateDirectory(Optional<Path> directory) {
      return Optional.ofNullable(values.get(SettingKey.STATE_DIRECTORY))
          .flatMap(
              found ->
                  expected
                      .text(found, "a directory")
                      .filter(text -> !text.isBlank())
                      .flatMap(name -> path(found, name, directory)));
    }

    private WebDraft web(Optional<Path> directory) {
      var key = SettingKey.LISTEN;
      var listen = values.getOrDefault(key, SettingsReader.located("", key.defaultText()));
      return WebDraft.read(
          listen(listen),
          listen.place(),
          new WebDraft.Given(
              Optional.ofNullable(values.get(SettingKey.INSTANCE)),
              hostNames(),
              Optional.ofNullable(values.get(SettingKey.WEB_CONFIG))
                  .flatMap(
                      found ->
                          expected
                              .text(found, "a file")
                              .flatMap(name -> path(found, name, directory))),
              Optional.ofNullable(values.get(SettingKey.INSECURE))
                  .flatMap(expected::bool)
                  .orElse(false)),
          sources,
          problems);
    }

    private List<String> hostNames() {
      return Optional.ofNullable(values.get(SettingKey.HOST_NAMES)).stream()
          .flatMap(
              found ->
                  expected.texts(found, "a host name").stream()
                      .flatMap(text -> Arrays.stream(text.split(",", -1))))
          .map(String::strip)
          .filter(name -> !name.isEmpty())
          .toList();
    }

    private Endpoint listen(Located found) {
      var key = SettingKey.LISTEN;
      var endpoint = expected.text(found, "host:port").flatMap(text -> Addresses.parse(text));
      if (endpoint.isEmpty()) {
        refuse(found, "an address such as " + key.defaultText());
      }
      return endpoint.orElseGet(() -> Addresses.parse(key.defaultText()).orElseThrow());
    }

    private void refuse(Located found, String wanted) {
      problems.error(
          Code.BAD_VALUE,
          found.place(),
          "wanted " + wanted + ". Found: " + found.value().description());
    }

    private Optional<String> text(SettingKey key) {
      return Optional.ofNullable(values.get(key))
          .flatMap(found -> expected.text(found, key.type()))
          .filter(text -> !text.isEmpty());
    }

    private SslMode sslMode() {
      var found = values.get(SettingKey.CONNECTION_SSLMODE);
      if (found == null) {
        return SslMode.PREFER;
      }
      var mode =
          expected
              .text(found, "an sslmode")
              .flatMap(
                  text ->
                      Arrays.stream(SslMode.values())
                          .filter(candidate -> candidate.label().equals(text))
                          .findFirst());
      if (mode.isEmpty()) {
        var words =
            Arrays.stream(SslMode.values()).map(SslMode::label).collect(Collectors.joining(", "));
        refuse(found, "one of " + words);
      }
      return mode.orElse(SslMode.PREFER);
    }

    private Vicinity vicinity() {
      var found =
          values.getOrDefault(
              SettingKey.SCOPE, SettingsReader.located("", SettingKey.SCOPE.defaultText()));
      var scope =
          expected
              .text(found, SettingKey.SCOPE.type())
              .flatMap(
                  text ->
                      Arrays.stream(Scope.values())
                          .filter(candidate -> candidate.label().equals(text))
                          .findFirst());
      if (scope.isEmpty()) {
        refuse(found, SettingKey.SCOPE.type());
      }
      return new Vicinity(
          scope.orElse(Scope.FLEET),
          found.place(),
          text(SettingKey.NODE),
          text(SettingKey.CONNECTION_SOCKET_DIRECTORY),
          text(SettingKey.CONNECTION_SOCKET_USER)
              .orElse(SettingKey.CONNECTION_SOCKET_USER.defaultText()));
    }

    private ClientFiles files(Optional<Path> directory, ClientEnvironment client) {
      return new ClientFiles(
          client.passwordFile(),
          file(SettingKey.CONNECTION_SSLROOTCERT, directory),
          file(SettingKey.CONNECTION_SSLCERT, directory),
          file(SettingKey.CONNECTION_SSLKEY, directory));
    }

    private Optional<String> file(SettingKey key, Optional<Path> directory) {
      return Optional.ofNullable(values.get(key))
          .flatMap(
              found -> expected.text(found, "a file").flatMap(name -> path(found, name, directory)))
          .map(Path::toString);
    }

    private Optional<Secret> password(
        Optional<Path> directory, Map<String, String> environment, ClientEnvironment client) {
      var file = values.get(SettingKey.CONNECTION_PASSWORD_FILE);
      if (file != null) {
        return expected
            .text(file, "a file")
            .flatMap(name -> path(file, name, directory))
            .flatMap(sources::bytes)
            .map(bytes -> new Secret(new String(bytes, StandardCharsets.UTF_8).stripTrailing()));
      }
      var set = values.get(SettingKey.CONNECTION_PASSWORD);
      if (set != null) {
        return secret(set);
      }
      return Optional.ofNullable(environment.get(PASSWORD_VARIABLE))
          .filter(text -> !text.isEmpty())
          .map(Secret::new)
          .or(client::password);
    }

    private Optional<Secret> secret(Located found) {
      if (found.value() instanceof Value.Items || found.value() instanceof Value.Fields) {
        problems.error(
            Code.STRUCTURE,
            found.place(),
            "wanted a password. Found: " + ValueKind.of(found.value()));
        return Optional.empty();
      }
      return found.value() instanceof Value.Text text
          ? Optional.of(new Secret(text.value()))
          : expected.text(found, "a password").map(Secret::new);
    }

    private Optional<Path> path(Located found, String name, Optional<Path> directory) {
      try {
        return Optional.of(resolve(found, name, directory));
      } catch (InvalidPathException e) {
        refuse(found, "the path of a file");
        return Optional.empty();
      }
    }

    private static Path resolve(Located found, String name, Optional<Path> directory) {
      var isFromFile = found.place().line() > 0;
      return isFromFile && directory.isPresent() ? directory.get().resolve(name) : Path.of(name);
    }

    private Optional<Path> maintenanceFile(Optional<Path> directory) {
      return Optional.ofNullable(values.get(SettingKey.MAINTENANCE_FILE))
          .flatMap(
              found ->
                  expected
                      .text(found, "a file")
                      .filter(name -> !name.isBlank())
                      .flatMap(name -> path(found, name, directory)));
    }

    private List<String> inventories(Optional<Path> directory) {
      var found = values.get(SettingKey.INVENTORY);
      var inventories = new ArrayList<String>();
      if (found == null) {
        return inventories;
      }
      for (var name : expected.texts(found, "a file or a pattern of files")) {
        if (found.place().line() > 0) {
          path(found, name, directory).ifPresent(path -> inventories.add(path.toString()));
        } else {
          inventories.addAll(Arrays.asList(name.split("[,:]")));
        }
      }
      inventories.removeIf(String::isBlank);
      return inventories;
    }
  }
}
