package io.pgtopo.exporter.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.pgtopo.agent.state.StateDirectory;
import io.pgtopo.config.Config;
import io.pgtopo.config.reading.Durations;
import io.pgtopo.exporter.client.ToldChanges;
import io.pgtopo.exporter.json.ChangesJson;
import io.pgtopo.exporter.platform.CliContext;
import io.pgtopo.exporter.platform.CommandFailed;
import io.pgtopo.exporter.platform.LogLevel;
import io.pgtopo.exporter.view.Summary;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code pgtopo changes}. */
@Command(
    name = "changes",
    description =
        "Print recent changes, oldest first: the journal of an agent, from its state directory or"
            + " from the agent.",
    exitCodeList = {"0:printed, even if nothing changed", "2:there is no journal, or bad input"})
final class ChangesCommand implements Callable<Integer> {
  private final CliContext context;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description =
          "Only changes since then: a time such as 2026-12-31T08:00:00Z, or an age such as 90m.")
  private Optional<String> since = Optional.empty();

  @Option(
      names = "--state",
      paramLabel = "DIRECTORY",
      description = "State directory of an agent; default: the setting state_directory.")
  private Optional<Path> directory = Optional.empty();

  @Option(
      names = "--format",
      paramLabel = "text|json",
      defaultValue = "text",
      description = "Output format.")
  private Format format = Format.TEXT;

  @Mixin private AgentOptions remote = new AgentOptions();
  @Mixin private SettingsOptions input = new SettingsOptions();
  @Mixin private ClusterOptions asked = new ClusterOptions();
  @Mixin private StyleOptions style = new StyleOptions();
  @Spec private CommandSpec command = CommandSpec.create();

  enum Format {
    TEXT,
    JSON
  }

  ChangesCommand(CliContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws InterruptedException {
    input.log(LogLevel.QUIET);
    var from = since.map(this::moment).orElse(Instant.MIN);
    var agent = remote.agent(context, command.commandLine().getErr());
    var line = command.commandLine();
    try {
      var all = ToldChanges.of(agent.isPresent() ? agent.get().changes() : kept());
      if (agent.isPresent()) {
        asked.check(agent.get().clusters());
      }
      var shown = all.within(asked::isAsked, from);
      line.getOut()
          .print(
              switch (format) {
                case TEXT -> shown.text(style.style(context));
                case JSON -> shown.json();
              });
      line.getOut().flush();
      line.getErr()
          .println(
              Summary.count(shown.count(), "change")
                  + (shown.count() < all.count() ? " of " + all.count() : ""));
      return 0;
    } catch (JsonProcessingException noJson) {
      throw new CommandFailed("the server at that URL is not a pgtopo agent", noJson);
    }
  }

  private String kept() {
    var state =
        directory
            .or(
                () ->
                    Config.settings(input.settingsFile(context), context.environment())
                        .tracking()
                        .stateDirectory())
            .orElseThrow(
                () ->
                    new CommandFailed(
                        "there is no journal: wanted --agent URL, --state DIRECTORY or the setting"
                            + " state_directory. Found: none of them"));
    try {
      return ChangesJson.render(StateDirectory.changes(state)).text();
    } catch (IOException unreadable) {
      throw new CommandFailed(
          "the journal in %s cannot be read: %s".formatted(state, reason(unreadable)), unreadable);
    }
  }

  private static String reason(IOException failure) {
    return switch (failure) {
      case NoSuchFileException none -> "it holds no state of an agent";
      case AccessDeniedException denied -> "permission denied";
      default -> String.valueOf(failure.getMessage());
    };
  }

  private Instant moment(String text) {
    var ago = Durations.parse(text);
    if (ago.isPresent()) {
      return context.clock().instant().minus(ago.get());
    }
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException wrong) {
      throw new ParameterException(
          command.commandLine(),
          "wanted a time such as 2026-12-31T08:00:00Z, or how long ago such as 90m, for --since."
              + " Found: "
              + text,
          wrong);
    }
  }
}
