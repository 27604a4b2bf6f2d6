package io.pgtopo.exporter.cli;

import io.pgtopo.config.Config;
import io.pgtopo.config.model.Cluster;
import io.pgtopo.exporter.client.AgentClient;
import io.pgtopo.exporter.daemon.OneShot;
import io.pgtopo.exporter.platform.LogLevel;
import io.pgtopo.exporter.view.SafetyQuestion;
import io.pgtopo.exporter.view.SafetyReport;
import io.pgtopo.exporter.view.SnapshotReport;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;

/** A command that shows cycles: of the servers, or of a running agent. */
abstract class CycleCommand extends Subcommand {
  @Mixin private AgentOptions remote = new AgentOptions();
  @Mixin private InputOptions input = new InputOptions();
  @Mixin private ClusterOptions asked = new ClusterOptions();

  /** An open source. */
  interface Open extends AutoCloseable {
    /** The clusters that the command is about, in a new cycle or the agent's last one. */
    SnapshotReport poll() throws InterruptedException;

    /**
     * Whether the primaries of these clusters can be replaced.
     *
     * @param mistake what to throw for a name that is not declared, before any server is polled
     */
    SafetyReport safety(SafetyQuestion question, Function<String, ParameterException> mistake)
        throws InterruptedException;

    /** Prints to standard error what keeps a report from being complete. */
    void explain(SnapshotReport report);

    /** The setting {@code interval}; empty for an agent. */
    Optional<Duration> interval();

    @Override
    void close();
  }

  final Open open() {
    var agent = remote.agent(context(), err());
    if (agent.isPresent()) {
      return new OfAgent(agent.get(), asked);
    }
    var config = input.load();
    asked.check(config.inventory().clusters().stream().map(Cluster::name).toList());
    input.log(LogLevel.QUIET);
    return new OfServers(new OneShot(config, context(), err()), config, input, asked);
  }

  private record OfAgent(AgentClient agent, ClusterOptions asked) implements Open {
    @Override
    public SnapshotReport poll() throws InterruptedException {
      var report = agent.snapshot();
      asked.check(report.clusters());
      return report.only(asked::isAsked);
    }

    @Override
    public SafetyReport safety(
        SafetyQuestion question, Function<String, ParameterException> mistake)
        throws InterruptedException {
      return agent.safety(question, asked.names());
    }

    @Override
    public void explain(SnapshotReport report) {}

    @Override
    public Optional<Duration> interval() {
      return Optional.empty();
    }

    @Override
    public void close() {}
  }

  private record OfServers(OneShot cycles, Config config, InputOptions input, ClusterOptions asked)
      implements Open {
    @Override
    public SnapshotReport poll() throws InterruptedException {
      return SnapshotReport.of(cycles.poll()).only(asked::isAsked);
    }

    @Override
    public SafetyReport safety(
        SafetyQuestion question, Function<String, ParameterException> mistake)
        throws InterruptedException {
      var wrong = question.mistake(config.inventory());
      if (wrong.isPresent()) {
        throw mistake.apply(wrong.get());
      }
      var snapshot = cycles.poll(SafetyReport::needsAnotherPoll);
      explain(SnapshotReport.of(snapshot).only(asked::isAsked));
      return SafetyReport.of(snapshot, asked::isAsked, question, Duration.ZERO);
    }

    @Override
    public void explain(SnapshotReport report) {
      if (input.isVerbose()) {
        cycles.printPolls();
      }
      cycles.printWarnings(report);
    }

    @Override
    public Optional<Duration> interval() {
      return Optional.of(config.settings().interval());
    }

    @Override
    public void close() {
      cycles.close();
    }
  }
}
