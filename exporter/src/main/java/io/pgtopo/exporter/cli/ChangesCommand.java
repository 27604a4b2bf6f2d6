package io.pgtopo.exporter.cli;

import io.pgtopo.agent.state.StateDirectory;
import io.pgtopo.config.Config;
import io.pgtopo.config.reading.Durations;
import io.pgtopo.config.reading.Times;
import io.pgtopo.exporter.platform.CommandFailed;
import io.pgtopo.exporter.platform.LogLevel;
import io.pgtopo.exporter.text.ChangesText;
import io.pgtopo.exporter.view.ChangesReport;
import io.pgtopo.exporter.view.Plural;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code pgtopo changes}. */
@Command(
    name = "changes",
    description =
        "Print recent changes, oldest first: the journal of an agent, from its state directory or"
            + " from the agent.",
    exitCodeList = {"0:printed, even if nothing changed", "2:there is no journal, or bad input"})
final class ChangesCommand extends Subcommand {
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

  @Mixin private AgentOptions remote = new AgentOptions();
  @Mixin private SettingsOptions input = new SettingsOptions();
  @Mixin private ClusterOptions asked = new ClusterOptions();
  @Mixin private OutputOptions output = new OutputOptions();

  @Override
  public Integer call() throws InterruptedException {
    input.log(LogLevel.QUIET);
    var from = since.map(this::moment).orElse(Instant.MIN);
    var agent = remote.agent(context(), err());
    var all = agent.isPresent() ? agent.get().changes() : journal();
    if (agent.isPresent()) {
      asked.check(agent.get().inventory().names());
    }
    var shown = all.only(asked::isAsked, from);
    print(output.of(style -> ChangesText.render(shown, style), () -> shown));
    var count = Plural.of(shown.changes().size(), "change");
    err()
        .println(
            shown.changes().size() < all.changes().size()
                ? count + " of " + all.changes().size()
                : count);
    return 0;
  }

  private ChangesReport journal() {
    var state =
        directory
            .or(
                () ->
                    Config.settings(input.settingsFile(), context().environment())
                        .tracking()
                        .stateDirectory())
            .orElseThrow(
                () ->
                    new CommandFailed(
                        "there is no journal: wanted --agent URL, --state DIRECTORY or the setting"
                            + " state_directory. Found: none of them"));
    try {
      return ChangesReport.of(StateDirectory.changes(state));
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
    return Durations.parse(text)
        .map(age -> context().clock().instant().minus(age))
        .or(() -> Times.parse(text))
        .orElseThrow(
            () ->
                usageError(
                    "wanted a time such as 2026-12-31T08:00:00Z or an age such as 90m for --since."
                        + " Found: "
                        + text));
  }
}
