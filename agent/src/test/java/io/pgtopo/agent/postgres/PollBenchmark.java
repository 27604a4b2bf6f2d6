package io.pgtopo.agent.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.agent.observation.Observation;
import io.pgtopo.config.model.Endpoint;
import io.pgtopo.lab.Lab;
import io.pgtopo.lab.LabCluster;
import io.pgtopo.lab.LabInstance;
import io.pgtopo.lab.Postgres;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** What a poll costs the agent, on a kept connection to a real server of the same machine. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@SuppressWarnings("NullAway.Init") // JMH fills the fields.
public class PollBenchmark {
  @Param({"1", "2"})
  private int instance;

  private Lab lab;
  private JdbcProbe probe;
  private Endpoint endpoint;

  @Setup
  public void startServers() {
    lab = Lab.open(Postgres.version(18), progress -> {});
    LabCluster cluster =
        lab.cluster("pg-test")
            .primary(1)
            .replica(2)
            .replica(3, three -> three.slot())
            .replica(4, four -> four.follows(2))
            .start();
    LabInstance server = cluster.instance(instance);
    endpoint = new Endpoint(server.host(), server.port());
    var login =
        new io.pgtopo.config.settings.Connection(
            "dbuser_monitor",
            "postgres",
            Optional.empty(),
            io.pgtopo.config.settings.Connection.SslMode.DISABLE);
    probe = new JdbcProbe(login, Duration.ofSeconds(2), InstantSource.system()::instant);
    assertThat(probe.observe(endpoint)).isInstanceOf(Observation.Reachable.class);
  }

  @TearDown
  public void stopServers() {
    probe.close();
    lab.close();
  }

  @Benchmark
  public Observation poll() {
    return probe.observe(endpoint);
  }

  @Test
  void run() throws RunnerException {
    new Runner(
            new OptionsBuilder()
                .include(PollBenchmark.class.getName())
                .forks(1)
                .warmupIterations(3)
                .warmupTime(TimeValue.seconds(1))
                .measurementIterations(5)
                .measurementTime(TimeValue.seconds(1))
                .addProfiler(GCProfiler.class)
                .shouldFailOnError(true)
                .build())
        .run();
  }
}
