package io.pgtopo.exporter.testing;

import io.pgtopo.agent.observation.Failure;
import io.pgtopo.agent.observation.Observation;
import io.pgtopo.agent.observation.Probe;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.exporter.cli.Cli;
import io.pgtopo.exporter.platform.CliContext;
import io.pgtopo.exporter.platform.CliContext.OpenProbe;
import io.pgtopo.exporter.platform.Screen;
import io.pgtopo.exporter.text.Style;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Commands run in this process, before servers that answer as a test says. */
public final class Shell {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final Map<String, String> environment;
  private final Probe probe;

  /** Without a terminal. */
  public Shell() {
    this(List.of());
  }

  /** Without a terminal, in an environment. */
  public Shell(Map<String, String> environment) {
    this(endpoint -> null, environment);
  }

  /** Before servers that always answer the same. */
  public Shell(List<Observation> observations) {
    this(
        observations.stream().collect(Collectors.toMap(Observation::endpoint, Function.identity()))
            ::get,
        Map.of());
  }

  public Shell(Function<Endpoint, @Nullable Observation> answers, Map<String, String> environment) {
    this.environment = environment;
    this.probe =
        endpoint -> {
          var answer = answers.apply(endpoint);
          return answer == null
              ? new Observation.Unreachable(
                  endpoint,
                  World.CYCLE,
                  Failure.of(Failure.Kind.OTHER, "no server was to be polled"))
              : answer;
        };
  }

  /** The clock goes on by a second at each reading. */
  private static InstantSource steps() {
    var now = new AtomicReference<Instant>(World.START);
    return () -> now.getAndUpdate(instant -> instant.plus(Duration.ofSeconds(1)));
  }

  public int run(String... arguments) {
    var context =
        new CliContext(
            settings -> new OpenProbe(probe, () -> {}, registry -> {}),
            steps()::instant,
            environment,
            List.of(Path.of("no", "pgtopo.yml")),
            Style.PLAIN,
            Screen.NONE);
    return Cli.create(context)
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  public String out() {
    return out.toString();
  }

  public String err() {
    return err.toString();
  }
}
