package io.pgtopo.exporter.cli;

import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.config.Config;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.Instance;
import io.pgtopo.config.settings.ServerArgument;
import io.pgtopo.config.settings.Settings;
import io.pgtopo.exporter.platform.LogLevel;
import io.pgtopo.exporter.platform.ProgressLine;
import io.pgtopo.exporter.text.GrantsText;
import io.pgtopo.exporter.view.Grants;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pgtopo grants}. */
@Command(
    name = "grants",
    description =
        "Print the SQL that creates the monitoring user; for given servers, the missing privileges"
            + " and what they hide.",
    exitCodeList = {
      "0:nothing is missing, as far as the servers show",
      "1:a privilege is missing",
      "2:a server did not answer, or bad input"
    })
final class GrantsCommand extends Subcommand {
  private static final int OLDEST = 10;

  @Parameters(
      arity = "0..*",
      paramLabel = "SERVER",
      description =
          "HOST, HOST:PORT or postgresql://user@host:port/database; default: the servers of"
              + " --inventory, or the SQL alone.")
  private List<String> servers = new ArrayList<>();

  @Option(names = "--user", paramLabel = "NAME", description = "The monitoring user.")
  private Optional<String> user = Optional.empty();

  @Option(
      names = "--postgres",
      paramLabel = "MAJOR",
      defaultValue = "18",
      description = "Major version that the SQL is for; default: ${DEFAULT-VALUE}.")
  private int major = 18;

  @Mixin private InputOptions input = new InputOptions();
  @Mixin private StyleOptions style = new StyleOptions();

  @Override
  public Integer call() {
    if (major < OLDEST) {
      throw usageError("--postgres is 10 or newer. Found: " + major);
    }
    if (servers.isEmpty() && input.inventories().isEmpty()) {
      var settings = Config.settings(input.settingsFile(), environment());
      print(GrantsText.sql(settings.connection().user(), major));
      return 0;
    }
    input.log(LogLevel.QUIET);
    var progress = ProgressLine.start(context().screen(), err(), "polling the servers");
    try {
      return servers.isEmpty() ? declared(progress) : named(progress);
    } finally {
      progress.end();
    }
  }

  private Map<String, String> environment() {
    var environment = new HashMap<>(context().environment());
    user.ifPresent(name -> environment.put("PGTOPO_CONNECTION_USER", name));
    return environment;
  }

  private int declared(ProgressLine progress) {
    var config =
        Config.load(
            input.settingsFile(), input.inventories(), environment(), DriftKind.vocabulary());
    var servers = config.inventory().instances().map(Instance::endpoint).distinct().toList();
    return poll(servers, config.settings(), progress);
  }

  private int named(ProgressLine progress) {
    var worst = 0;
    for (var server : servers) {
      var argument = ServerArgument.of(server, environment());
      var settings = Config.settings(input.settingsFile(), argument.environment());
      worst = Math.max(worst, poll(List.of(argument.endpoint()), settings, progress));
    }
    return worst;
  }

  private int poll(List<Endpoint> servers, Settings settings, ProgressLine progress) {
    try (var probe = context().probes().apply(settings.declaring(servers))) {
      var observations = servers.stream().map(probe.probe()::observe).toList();
      progress.end();
      return print(observations, settings.connection().user());
    }
  }

  private int print(List<Observation> observations, String login) {
    observations.forEach(it -> print(GrantsText.server(it, login, style.style())));
    var worst = observations.stream().mapToInt(GrantsCommand::status).max().orElse(0);
    if (worst == 1) {
      var lines =
          Stream.concat(
              Stream.of("", "On the primary, as a superuser:"),
              GrantsText.repair(grants(observations), login).stream().map("  "::concat));
      print(String.join("\n", lines.toList()) + "\n");
    } else if (observations.stream().anyMatch(GrantsCommand::isRefusedLogin)) {
      print("\nIf the login does not exist: on the primary, as a superuser:\n");
      print(GrantsText.sql(login, major).indent(2));
    }
    return worst;
  }

  private static boolean isRefusedLogin(Observation observation) {
    return observation instanceof Observation.Unreachable silent
        && silent.failure().kind() == Failure.Kind.AUTHENTICATION;
  }

  private static List<Grants> grants(List<Observation> observations) {
    return observations.stream()
        .filter(Observation.Reachable.class::isInstance)
        .map(Observation.Reachable.class::cast)
        .map(server -> Grants.of(server.facts()))
        .toList();
  }

  private static int status(Observation observation) {
    return switch (observation) {
      case Observation.Unreachable silent -> FAILED;
      case Observation.Reachable(var endpoint, var window, var facts, var refusal) ->
          Grants.of(facts).isWhole() ? 0 : 1;
    };
  }
}
