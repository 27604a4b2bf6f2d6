package io.pgtopo.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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

/**
 * Loading an inventory of clusters of ten. docs/performance.md has the command and what it gave.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class LoadBenchmark {
  private static final int MEMBERS = 10;

  /** How many instances the inventory declares. */
  @Param({"1000", "3000", "10000"})
  public int instances;

  private Path file = Path.of("");

  /** Writes the inventory. */
  @Setup
  public void write() throws IOException {
    file = Files.createTempFile("inventory", ".yml");
    Files.writeString(file, inventory(instances));
  }

  /** Removes it. */
  @TearDown
  public void remove() throws IOException {
    Files.deleteIfExists(file);
  }

  /** One load, from the file to the records. */
  @Benchmark
  public Config load() {
    return Config.load(Optional.empty(), List.of(file.toString()), Map.of());
  }

  @Test
  void run() throws RunnerException {
    new Runner(
            new OptionsBuilder()
                .include(LoadBenchmark.class.getName())
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

  static String inventory(int instances) {
    var text = new StringBuilder("all:\n  vars: { pg_version: 17, pg_port: 5432 }\n  children:\n");
    for (var cluster = 0; cluster < instances / MEMBERS; cluster++) {
      text.append("    pg-%d:\n      hosts:\n".formatted(cluster));
      for (var seq = 1; seq <= MEMBERS; seq++) {
        var number = cluster * MEMBERS + seq;
        text.append(
            "        10.%d.%d.%d: { pg_seq: %d, pg_role: %s }\n"
                .formatted(number >> 16, number >> 8 & 255, number & 255, seq, role(seq)));
      }
      text.append(
          """
                vars:
                  pg_cluster: pg-%1$d
                  pg_users:
                    - { name: app_%1$d, password: secret, pgbouncer: true, roles: [dbrole_admin] }
                    - { name: view_%1$d, password: secret, roles: [dbrole_readonly], comment: viewer }
                  pg_databases:
                    - { name: app_%1$d, owner: app_%1$d, schemas: [app], extensions: [{ name: vector }] }
          """
              .formatted(cluster));
    }
    return text.toString();
  }

  private static String role(int seq) {
    return switch (seq) {
      case 1 -> "primary";
      case MEMBERS -> "offline";
      default -> "replica";
    };
  }
}
